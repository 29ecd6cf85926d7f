package send

import (
	"context"
	"crypto/tls"
	"net"
)

// mailLine is the connection to a mail server, for one message. The library leaves it
// open when the server's first words are not to its liking: no TLS, no sign-in.
type mailLine struct {
	tls  *tls.Config // from the first byte; nil: not, or later
	made []net.Conn
}

// dial connects, as the library asks for it.
func (l *mailLine) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l.made = append(l.made, c)
	if l.tls == nil {
		return c, nil
	}
	secure := tls.Client(c, l.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return secure, nil
}

// close ends what is still open: all has been said by then.
func (l *mailLine) close() {
	for _, c := range l.made {
		_ = c.Close()
	}
}
