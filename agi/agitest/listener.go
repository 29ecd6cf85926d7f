package agitest

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
)

// Listener accepts connections made in memory by [Listener.Dial]. They carry
// addresses, block as net.Pipe does, and obey the clock of a synctest bubble.
type Listener struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

// NewListener is open until Close.
func NewListener() *Listener {
	return &Listener{conns: make(chan net.Conn), done: make(chan struct{})}
}

// Dial connects from the given address, once Accept takes the connection.
func (l *Listener) Dial(ctx context.Context, from netip.AddrPort) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- &addressed{Conn: far, remote: net.TCPAddrFromAddrPort(from)}:
		return near, nil
	case <-l.done:
		return nil, fmt.Errorf("agitest: dial: %w", net.ErrClosed)
	case <-ctx.Done():
		return nil, fmt.Errorf("agitest: dial: %w", context.Cause(ctx))
	}
}

// Accept waits for the next Dial.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.done:
		return nil, fmt.Errorf("agitest: accept: %w", net.ErrClosed)
	}
}

// Close ends Accept and Dial.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr is a loopback address that nothing listens on.
func (l *Listener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4573} }

// addressed is a pipe that says where it comes from.
type addressed struct {
	net.Conn
	remote net.Addr
}

func (c *addressed) RemoteAddr() net.Addr { return c.remote }
