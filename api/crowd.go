package api

import (
	"net"
	"net/netip"
	"sync"

	"tandem/api/access"
)

// Connections that strangers may have open. Each takes memory and a file of the
// process, of which calls need some as well.
const (
	MostConnections = 4096 // of all strangers together
	connectionsEach = 256  // of one address
)

// NewListener bounds how many connections strangers have open through l: further
// ones are closed at once. free says whose are not counted: our servers, whose end
// reports must come through, and proxies, which bring many people from one address.
func NewListener(l net.Listener, free func(netip.Addr) bool) net.Listener {
	return &listener{Listener: l, free: free, each: map[netip.Prefix]int{}}
}

type listener struct {
	net.Listener

	free func(netip.Addr) bool

	mu   sync.Mutex
	all  int
	each map[netip.Prefix]int
}

// Accept returns the next connection that may come in.
func (l *listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		address := access.AddressOf(conn.RemoteAddr().String())
		if l.free(address) {
			return conn, nil
		}
		from := access.Network(address)
		if l.enter(from) {
			return &counted{Conn: conn, leave: sync.OnceFunc(func() { l.leave(from) })}, nil
		}
		_ = conn.Close() // it was never used
	}
}

func (l *listener) enter(from netip.Prefix) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all >= MostConnections || l.each[from] >= connectionsEach {
		return false
	}
	l.all++
	l.each[from]++
	return true
}

func (l *listener) leave(from netip.Prefix) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.each[from]--; l.each[from] == 0 {
		delete(l.each, from)
	}
}

// counted is a connection that tells when it is closed.
type counted struct {
	net.Conn

	leave func()
}

func (c *counted) Close() error {
	c.leave()
	return c.Conn.Close()
}
