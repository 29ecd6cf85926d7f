package send_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"

	"tandem/alarm/send"
)

// Webhooks do not go to this machine by any of its addresses, unless the configuration
// names that one.
func TestWebhookOwnAddresses(t *testing.T) {
	t.Parallel()
	var own []netip.Addr
	for _, text := range []string{"10.1.2.3", "8.8.8.8", "fd12::1", "2606:4700::1", "127.0.0.1"} {
		own = append(own, netip.MustParseAddr(text))
	}
	with := func(list ...string) []netip.Prefix {
		networks := send.PrivateNetworks()
		for _, text := range list {
			networks = append(networks, netip.MustParsePrefix(text))
		}
		return networks
	}
	for _, c := range []struct {
		address  string
		networks []netip.Prefix
		want     bool
	}{
		{"10.1.2.4", with(), true},
		{"10.1.2.3", with(), false},
		{"::ffff:10.1.2.3", with(), false},
		{"10.1.2.3", with("10.1.2.0/24"), false},
		{"10.1.2.3", with("10.1.2.4/32"), false},
		{"10.1.2.3", with("10.1.2.3/32"), true},
		{"8.8.8.8", with(), false},
		{"8.8.4.4", with(), true},
		{"8.8.8.8", with("8.8.8.8/32"), true},
		{"fd12::1", with(), false},
		{"fd12::1", with("fd12::1/128"), true},
		{"2606:4700::1", with(), false},
		{"127.0.0.1", with("0.0.0.0/0"), false},
		{"127.0.0.1", with("127.0.0.0/8"), true},
		{"127.0.0.2", with("0.0.0.0/0"), false},
		{"0.0.0.0", with("0.0.0.0/0"), false},
		{"::", with("::/0"), false},
	} {
		if got := send.Allowed(netip.MustParseAddr(c.address), c.networks, own); got != c.want {
			t.Errorf("%s with %v: %v", c.address, c.networks, got)
		}
	}
}

// Which addresses are this machine's is looked up when a webhook connects.
func TestWebhookToItself(t *testing.T) {
	t.Parallel()
	var came atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came.Add(1) }))
	defer server.Close()
	to := &send.Target{Kind: "webhook", URL: server.URL}
	if err := sender([]netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}).Send(t.Context(), to, &send.Message{ID: "m"}); err == nil || came.Load() != 0 {
		t.Errorf("a network that has everything leads to this machine: %v", err)
	}
	if err := sender(here()).Send(t.Context(), to, &send.Message{ID: "m"}); err != nil || came.Load() != 1 {
		t.Errorf("named: %v", err)
	}
}
