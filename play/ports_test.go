package play

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"testing"
)

func TestLoopbackRangesAreDistinct(t *testing.T) {
	const stacks = 50
	ranges := make([]*Loopback, stacks)
	var wg sync.WaitGroup
	for i := range stacks {
		wg.Go(func() {
			l, err := NewLoopback(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			ranges[i] = l
		})
	}
	wg.Wait()
	seen := make(map[netip.Prefix]bool)
	for _, l := range ranges {
		if l == nil {
			continue
		}
		if seen[l.Prefix()] || !l.Prefix().Addr().IsLoopback() {
			t.Errorf("%v twice, or not loopback", l.Prefix())
		}
		seen[l.Prefix()] = true
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestLoopbackRangeIsHeldUntilClose(t *testing.T) {
	l := newLoopback(t)
	if _, err := takeLoopback(t.Context(), l.Prefix()); !errors.Is(err, syscall.EADDRINUSE) {
		t.Fatalf("taken twice: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := takeLoopback(t.Context(), l.Prefix())
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

func TestEachAddressHasItsOwn5060(t *testing.T) {
	l := newLoopback(t)
	for n := range uint8(3) {
		address := netip.AddrPortFrom(l.Addr(n+1), 5060)
		conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(address))
		if err != nil {
			t.Fatalf("is something listening on every address (a system's Asterisk)? %v", err)
		}
		defer conn.Close()
	}
}

func TestFreePortsAreNotGivenTwice(t *testing.T) {
	l := newLoopback(t)
	seen := make(map[uint16]bool)
	for range 200 {
		tcp, err := l.FreeTCP(t.Context(), l.Addr(7))
		if err != nil {
			t.Fatal(err)
		}
		udp, err := l.FreeUDP(t.Context(), l.Addr(7))
		if err != nil {
			t.Fatal(err)
		}
		if seen[tcp] || seen[udp] || tcp == udp {
			t.Fatalf("%d or %d twice", tcp, udp)
		}
		seen[tcp], seen[udp] = true, true
	}
	if _, err := l.FreeTCP(t.Context(), netip.MustParseAddr("127.0.0.1")); err == nil {
		t.Error("a port of somebody else's address")
	}
}

func newLoopback(t *testing.T) *Loopback {
	t.Helper()
	l, err := NewLoopback(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // closed already by some
	return l
}
