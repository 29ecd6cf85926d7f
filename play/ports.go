package play

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

// guardPort is listened on at the last address of a range: whoever holds it
// owns the range. The kernel gives it to one process and takes it back when
// that process dies.
const guardPort = 49999

// Loopback is a range of 254 loopback addresses, 127.A.B.1 to 127.A.B.254, that
// belongs to one stack: on it every port is free, and any number of stacks and
// test binaries run at once.
type Loopback struct {
	prefix netip.Prefix
	guard  net.Listener

	mu    sync.Mutex
	given map[netip.AddrPort]bool
}

// NewLoopback takes a range that nobody else on this machine holds.
func NewLoopback(ctx context.Context) (*Loopback, error) {
	var lastErr error
	for range 100 {
		// 127.0.x.x is where everybody else is.
		base := [4]byte{127, byte(1 + rand.IntN(254)), byte(rand.IntN(256)), 0} //nolint:gosec // G404, G115: a guess, checked by the guard
		l, err := takeLoopback(ctx, netip.PrefixFrom(netip.AddrFrom4(base), 24))
		if err == nil {
			return l, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, err
		}
		lastErr = err
	}
	return nil, lastErr
}

func takeLoopback(ctx context.Context, prefix netip.Prefix) (*Loopback, error) {
	l := &Loopback{prefix: prefix, given: make(map[netip.AddrPort]bool)}
	var lc net.ListenConfig
	guard, err := lc.Listen(ctx, "tcp4", netip.AddrPortFrom(l.Addr(254), guardPort).String())
	if err != nil {
		return nil, fmt.Errorf("take the loopback range %v: %w", prefix, err)
	}
	l.guard = guard
	return l, nil
}

// Addr returns address number n of the range, 1 to 254. 254 is the guard's,
// whose other ports are as free as any.
func (l *Loopback) Addr(n uint8) netip.Addr {
	base := l.prefix.Addr().As4()
	base[3] = n
	return netip.AddrFrom4(base)
}

// Prefix returns the range, for access lists.
func (l *Loopback) Prefix() netip.Prefix { return l.prefix }

// FreeTCP returns a TCP port of an address of the range that nobody listens on
// and that was not returned before.
func (l *Loopback) FreeTCP(ctx context.Context, addr netip.Addr) (uint16, error) {
	var lc net.ListenConfig
	return l.free(addr, func(address string) (net.Addr, error) {
		ln, err := lc.Listen(ctx, "tcp4", address)
		if err != nil {
			return nil, err
		}
		return ln.Addr(), ln.Close()
	})
}

// FreeUDP is FreeTCP for UDP.
func (l *Loopback) FreeUDP(ctx context.Context, addr netip.Addr) (uint16, error) {
	var lc net.ListenConfig
	return l.free(addr, func(address string) (net.Addr, error) {
		conn, err := lc.ListenPacket(ctx, "udp4", address)
		if err != nil {
			return nil, err
		}
		return conn.LocalAddr(), conn.Close()
	})
}

// free lets the kernel choose a port. Nobody else uses the range, so a port
// that is free now stays free until its user binds it.
func (l *Loopback) free(addr netip.Addr, bind func(address string) (net.Addr, error)) (uint16, error) {
	if !l.prefix.Contains(addr) {
		return 0, fmt.Errorf("free port: %v is not in %v", addr, l.prefix)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for range 100 {
		bound, err := bind(netip.AddrPortFrom(addr, 0).String())
		if err != nil {
			return 0, fmt.Errorf("free port: %w", err)
		}
		chosen, err := netip.ParseAddrPort(bound.String())
		if err != nil {
			return 0, fmt.Errorf("free port: %w", err)
		}
		if !l.given[chosen] {
			l.given[chosen] = true
			return chosen.Port(), nil
		}
	}
	return 0, fmt.Errorf("free port: %v has none left", addr)
}

// Close gives the range back.
func (l *Loopback) Close() error { return l.guard.Close() }
