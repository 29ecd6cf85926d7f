package sip

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// TestWithinCall: the other side may refresh the call and ask whether we live;
// calls nobody knows are refused.
func TestWithinCall(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	carrier := NewCarrier(CarrierConfig{Name: "acme", Addr: netip.MustParseAddrPort("127.30.0.1:0")})
	phone := NewPhone(PhoneConfig{Login: "alice", Local: netip.MustParseAddrPort("127.30.1.1:0")})
	for _, start := range []func(context.Context) error{carrier.Start, phone.Start} {
		if err := start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	defer func() {
		if err := phone.Close(); err != nil {
			t.Error(err)
		}
		if err := carrier.Close(); err != nil {
			t.Error(err)
		}
	}()
	call, err := phone.Dial(ctx, CallSpec{To: "74950000001", Server: carrier.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	if err := call.WaitAnswer(ctx); err != nil {
		t.Fatal(err)
	}

	ask := func(method gosip.RequestMethod, change func(*gosip.Request)) *gosip.Response {
		t.Helper()
		call.seq++
		req := call.agent.newRequest(method, call.target, &call.dialog)
		if change != nil {
			change(req)
		}
		res, err := call.agent.transact(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	withOffer := func(req *gosip.Request) { setSDP(req, call.sdp) }
	stranger := func(req *gosip.Request) { req.To().Params.Add("tag", "nobody") }
	for _, tc := range []struct {
		method gosip.RequestMethod
		change func(*gosip.Request)
		status int
		sdp    bool
	}{
		{gosip.INVITE, withOffer, 200, true},
		{gosip.INVITE, nil, 200, true},
		{gosip.INVITE, stranger, 481, false},
		{gosip.UPDATE, withOffer, 200, true},
		{gosip.UPDATE, nil, 200, false},
		{gosip.UPDATE, stranger, 481, false},
		{gosip.BYE, stranger, 481, false},
		{gosip.OPTIONS, nil, 200, false},
		{gosip.NOTIFY, nil, 200, false},
		{gosip.INFO, nil, 200, false},
		{gosip.REFER, nil, 405, false},
		{gosip.SUBSCRIBE, nil, 405, false},
		{gosip.CANCEL, nil, 481, false},
	} {
		res := ask(tc.method, tc.change)
		if res.StatusCode != tc.status {
			t.Errorf("%s: %d, want %d", tc.method, res.StatusCode, tc.status)
		}
		if has := strings.Contains(string(res.Body()), "m=audio"); has != tc.sdp {
			t.Errorf("%s: session description: %v, want %v", tc.method, has, tc.sdp)
		}
	}
	if err := call.Hangup(ctx); err != nil {
		t.Fatal(err)
	}
}

// TestLostACK: a 200 is repeated until it is acknowledged, and so is the ACK.
func TestLostACK(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	carrier := NewCarrier(CarrierConfig{Name: "acme", Addr: netip.MustParseAddrPort("127.30.0.1:0")})
	if err := carrier.Start(ctx); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := carrier.Close(); err != nil {
			t.Error(err)
		}
	}()
	conn, err := listenUDP(ctx, netip.MustParseAddrPort("127.30.2.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	c := &rawCall{spec: RawSpec{Server: carrier.Addr(), URI: "sip:9307@" + carrier.Addr().String()}, conn: conn, callID: "lost", tag: "us", branch: newBranch(), seq: 1}
	if err := c.write(c.text("INVITE", c.branch, c.to(), nil, offerSDP(localAddr(conn)))); err != nil {
		t.Fatal(err)
	}
	read := func() string {
		buf := make([]byte, 2000)
		_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		return string(buf[:n])
	}
	var answers []string
	for len(answers) < 2 {
		if text := read(); strings.HasPrefix(text, "SIP/2.0 200") {
			answers = append(answers, text)
		}
	}
	if answers[0] != answers[1] {
		t.Errorf("repeated differently:\n%s\n%s", answers[0], answers[1])
	}
	if err := c.acknowledge(RawAnswer{Status: 200, Text: answers[0]}); err != nil {
		t.Fatal(err)
	}
	if _, err := carrier.WaitCall(ctx, Ended("9307")); err != nil {
		t.Error(err)
	}
}
