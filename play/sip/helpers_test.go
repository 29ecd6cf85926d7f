package sip_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"

	"tandem/play/sip"
)

// patience bounds every wait of a test; only a broken test reaches it.
const patience = 20 * time.Second

// on is a free port on an address of the loopback network.
func on(t *testing.T, ip string) netip.AddrPort {
	t.Helper()
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		t.Fatal(err)
	}
	return netip.AddrPortFrom(addr, 0)
}

// soon is a context for one test.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func startCarrier(t *testing.T, cfg sip.CarrierConfig) *sip.Carrier {
	t.Helper()
	if cfg.Name == "" {
		cfg.Name = "acme"
	}
	if !cfg.Addr.IsValid() {
		cfg.Addr = on(t, "127.30.0.1")
	}
	c := sip.NewCarrier(cfg)
	must(t, c.Start(t.Context()))
	t.Cleanup(func() { must(t, c.Close()) })
	return c
}

func startPhone(t *testing.T, server netip.AddrPort, change ...func(*sip.PhoneConfig)) *sip.Phone {
	t.Helper()
	cfg := sip.PhoneConfig{Login: "alice", Password: "wonder", Local: on(t, "127.30.1.1"), Server: server}
	for _, f := range change {
		f(&cfg)
	}
	p := sip.NewPhone(cfg)
	must(t, p.Start(t.Context()))
	t.Cleanup(func() { must(t, p.Close()) })
	return p
}

// dial places a call to a number.
func dial(t *testing.T, p *sip.Phone, to string) *sip.Call {
	t.Helper()
	call, err := p.Dial(soon(t), sip.CallSpec{To: to})
	must(t, err)
	return call
}

// talkTo places a call that must be answered.
func talkTo(t *testing.T, p *sip.Phone, to string) *sip.Call {
	t.Helper()
	call := dial(t, p, to)
	must(t, call.WaitAnswer(soon(t)))
	return call
}

// record waits for the finished record of the call.
func record(t *testing.T, c *sip.Carrier, call *sip.Call) sip.CallRecord {
	t.Helper()
	r, err := c.WaitCall(soon(t), func(r sip.CallRecord) bool { return r.Ended() && r.CallID == call.CallID() })
	must(t, err)
	return r
}

// rejected is the status the error says; 0 if it says none.
func rejected(err error) int {
	if r, ok := errors.AsType[*sip.RejectedError](err); ok {
		return r.Status
	}
	return 0
}

func mustAddr(addr string) netip.AddrPort { return netip.MustParseAddrPort(addr) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}
