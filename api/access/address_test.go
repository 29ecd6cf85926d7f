package access_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"tandem/api/access"
)

func TestClientAddress(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, c := range []struct {
		connection string
		forwarded  []string
		want       string
	}{
		{"192.0.2.1:5", nil, "192.0.2.1"},
		{"192.0.2.1:5", []string{"198.51.100.9"}, "192.0.2.1"}, // a stranger's word
		{"10.0.0.1:5", nil, "10.0.0.1"},
		{"10.0.0.1:5", []string{"198.51.100.9"}, "198.51.100.9"},
		{"10.0.0.1:5", []string{"1.1.1.1, 198.51.100.9"}, "198.51.100.9"}, // what the client made up stays out
		{"10.0.0.1:5", []string{"1.1.1.1", "198.51.100.9, 10.0.0.2"}, "198.51.100.9"},
		{"10.0.0.1:5", []string{"<script>"}, "10.0.0.1"},
		{"10.0.0.1:5", []string{""}, "10.0.0.1"},
		{"[::1]:5", []string{"2001:db8::7"}, "2001:db8::7"},
		{"[::ffff:192.0.2.1]:5", nil, "192.0.2.1"},
		{"nonsense", []string{"1.1.1.1"}, "invalid IP"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.connection
		for _, f := range c.forwarded {
			r.Header.Add("X-Forwarded-For", f)
		}
		if got := access.ClientAddress(r, proxies).String(); got != c.want {
			t.Errorf("%s %q: %s, want %s", c.connection, c.forwarded, got, c.want)
		}
	}
}

func TestNetwork(t *testing.T) {
	for end, want := range map[string]string{
		"192.0.2.1:5":            "192.0.2.1/32",
		"[::ffff:192.0.2.1]:5":   "192.0.2.1/32",
		"[2001:db8:1:2:3::7]:5":  "2001:db8:1:2::/64",
		"[2001:db8:1:2::]:5":     "2001:db8:1:2::/64",
		"[fe80::1:2%eth0]:5":     "fe80::/64",
		"/run/tandem/http.sock":  "invalid Prefix",
		"2001:db8::1 of nowhere": "invalid Prefix",
	} {
		if got := access.Network(access.AddressOf(end)).String(); got != want {
			t.Errorf("%s: %s, want %s", end, got, want)
		}
	}
}
