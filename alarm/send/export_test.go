package send

// Allowed is allowed, for tests.
var Allowed = allowed
