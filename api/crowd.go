package api

import (
	"net"
	"net/netip"
	"sync"
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
	return &listener{Listener: l, free: free, each: map[netip.Addr]int{}}
}

type listener struct {
	net.Listener

	free func(netip.Addr) bool

	mu   sync.Mutex
	all  int
	each map[netip.Addr]int
}

// Accept returns the next connection that may come in.
func (l *listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := addressOf(conn)
		if l.free(from) {
			return conn, nil
		}
		from = network(from)
		if l.enter(from) {
			return &counted{Conn: conn, leave: sync.OnceFunc(func() { l.leave(from) })}, nil
		}
		_ = conn.Close() // it was never used
	}
}

func (l *listener) enter(from netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all >= MostConnections || l.each[from] >= connectionsEach {
		return false
	}
	l.all++
	l.each[from]++
	return true
}

func (l *listener) leave(from netip.Addr) {
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

// network is whom a stranger is counted by: anybody with IPv6 has all addresses of
// a /64.
func network(from netip.Addr) netip.Addr {
	if from.Is6() {
		if p, err := from.WithZone("").Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return from
}

// addressOf is the address at the other end.
func addressOf(conn net.Conn) netip.Addr {
	from, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return from.Addr().Unmap()
}
