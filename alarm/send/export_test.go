package send

import "crypto/x509"

// Allowed is allowed, for tests.
var Allowed = allowed

// Trust takes certificates of these instead of the system's.
func (s *Mail) Trust(roots *x509.CertPool) { s.tls.RootCAs = roots }
