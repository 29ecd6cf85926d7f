package sip_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"

	"tandem/play/sip"
)

func TestRawInvite(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{})
	raw := func(spec sip.RawSpec) (sip.RawAnswer, error) {
		t.Helper()
		spec.Local, spec.Server = netip.MustParseAddr("127.30.2.1"), carrier.Addr()
		return sip.RawInvite(soon(t), spec)
	}
	at := "@" + carrier.Addr().String()

	got, err := raw(sip.RawSpec{URI: "sip:74950000404" + at})
	must(t, err)
	equal(t, "status", got.Status, 404)
	equal(t, "reason", got.Reason, "Not Found")

	got, err = raw(sip.RawSpec{
		URI:   "sip:74950000001" + at,
		From:  `"x\" <sip:y@z>;a=b" <sip:12%0aagi_x: y@127.30.2.1>`,
		Lines: []string{"X-Folded: one", " two"},
	})
	must(t, err)
	equal(t, "status", got.Status, 200)
	seen, err := carrier.WaitCall(soon(t), sip.Ended("0001"))
	must(t, err)
	equal(t, "ended by", seen.EndedBy, sip.Caller)
}

func TestRawInviteAuth(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{Logins: map[string]string{"alice": "wonder"}, AuthCalls: true})
	spec := sip.RawSpec{
		Local: netip.MustParseAddr("127.30.2.1"), Server: carrier.Addr(),
		URI: "sip:0486@" + carrier.Addr().String(), Login: "alice", Password: "wonder",
	}
	got, err := sip.RawInvite(soon(t), spec)
	must(t, err)
	equal(t, "status", got.Status, 486)
	spec.Password = "guess"
	got, err = sip.RawInvite(soon(t), spec)
	must(t, err)
	equal(t, "status", got.Status, 407)
}

// TestRawNonsense: what is no SIP at all is met with silence.
func TestRawNonsense(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := sip.RawInvite(ctx, sip.RawSpec{
		Local: netip.MustParseAddr("127.30.2.1"), Server: carrier.Addr(), URI: "sip:12\r\n34 56@host",
	})
	if !errors.Is(err, sip.ErrNoResponse) {
		t.Errorf("error %v", err)
	}
	equal(t, "offered", carrier.Counters().Invites, 0)
}
