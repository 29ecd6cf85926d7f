package ari

import (
	"bytes"
	"time"
)

// The decoders, for fuzzing.
func DecodeChannels(b []byte) ([]Channel, error)   { return decodeChannels(b) }
func DecodeEndpoints(b []byte) ([]Endpoint, error) { return decodeEndpoints(b) }
func DecodeInfo(b []byte) (Info, error)            { return decodeInfo(b) }
func DecodeVariable(b []byte) (string, error)      { return decodeVariable(b) }
func Attempt(appData string) (key, dir string)     { return attempt(appData) }
func EndpointOf(channel string) string             { return endpointOf(channel) }

// SetSilence shortens how long AMI waits for a sign of life.
func (a *AMI) SetSilence(idle, silence time.Duration) { a.idle, a.silence = idle, silence }

// Pending is how many answers are awaited.
func (a *AMI) Pending() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.conn == nil {
		return 0
	}
	a.conn.mu.Lock()
	defer a.conn.mu.Unlock()
	return len(a.conn.pending)
}

// SetPing shortens the time between two pings of a stream.
func (s *Stream) SetPing(every time.Duration) { s.every = every }

// ReadAMI reads messages to the end of b, as AMI does, and returns the bytes
// that it keeps of each.
func ReadAMI(b []byte) (kept []int, err error) {
	r := newAMIReader(bytes.NewReader(b))
	for {
		m, err := r.message()
		if err != nil {
			return kept, err
		}
		kept = append(kept, len(m.response)+len(m.id)+len(m.message)+len(m.value)+len(m.challenge))
	}
}

// Bounds of AMI.
const (
	AMIMaxMessage = amiMaxMessage
	AMIMaxText    = amiMaxText
)
