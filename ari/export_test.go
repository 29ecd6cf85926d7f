package ari

// The decoders, for fuzzing.
func DecodeChannels(b []byte) ([]Channel, error)   { return decodeChannels(b) }
func DecodeEndpoints(b []byte) ([]Endpoint, error) { return decodeEndpoints(b) }
func DecodeInfo(b []byte) (Info, error)            { return decodeInfo(b) }
func DecodeVariable(b []byte) (string, error)      { return decodeVariable(b) }
func Attempt(appData string) (key, dir string)     { return attempt(appData) }
func EndpointOf(channel string) string             { return endpointOf(channel) }
