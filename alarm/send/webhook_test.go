package send_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tandem/alarm/send"
)

func here() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
}

func sender(networks []netip.Prefix) *send.Sender {
	return &send.Sender{Webhook: send.NewWebhook(networks, func() time.Time { return time.Unix(1_770_000_000, 0) })}
}

// A receiver that knows the secret can tell that the message is ours, whole, and of
// now.
func TestWebhook(t *testing.T) {
	t.Parallel()
	key := []byte("0123456789abcdef0123456789abcdef")
	type got struct {
		header http.Header
		body   []byte
	}
	came := make(chan got, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		came <- got{r.Header, body}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	m := send.Message{ID: "alarm-7-1-firing", Body: []byte(`{"text":"a"}`)}
	if err := sender(here()).Send(t.Context(), &send.Target{Kind: "webhook", URL: server.URL + "/x?y=z", Key: key}, &m); err != nil {
		t.Fatal(err)
	}
	g := <-came
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("alarm-7-1-firing.1770000000." + string(g.body)))
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	if g.header.Get("Webhook-Signature") != want || g.header.Get("Webhook-Id") != m.ID || g.header.Get("Webhook-Timestamp") != "1770000000" ||
		g.header.Get("Content-Type") != "application/json" || string(g.body) != `{"text":"a"}` {
		t.Errorf("%v %s", g.header, g.body)
	}
}

// What is no yes is a failure; what leads elsewhere is not followed; nothing that
// the receiver says can fill a screen or forge a line of the log.
func TestWebhookFails(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Store(true) }))
	defer other.Close()
	status, text := http.StatusOK, ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", other.URL)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}))
	defer server.Close()
	for _, c := range []struct {
		status     int
		text, want string
		gone       bool
	}{
		{302, "", "answered 302: redirects are not followed", false},
		{307, "", "answered 307", false},
		{400, "no such\n\x1b[31mchannel\xff", "answered 400: no such [31mchannel", false},
		{500, strings.Repeat("x", 100_000), "answered 500: " + strings.Repeat("x", 200) + "…", false},
		{410, "", "answered 410", true},
	} {
		status, text = c.status, c.text
		err := sender(here()).Send(t.Context(), &send.Target{Kind: "webhook", URL: server.URL + "/secret-path"}, &send.Message{ID: "m"})
		if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, send.ErrGone) != c.gone || strings.ContainsAny(err.Error(), "\n\x1b") || strings.Contains(err.Error(), "secret-path") {
			t.Errorf("%d: %v, want %s", c.status, err, c.want)
		}
	}
	if elsewhere.Load() {
		t.Error("a redirect was followed")
	}
	server.Close()
	err := sender(here()).Send(t.Context(), &send.Target{Kind: "webhook", URL: server.URL + "/secret-path"}, &send.Message{ID: "m"})
	if err == nil || strings.Contains(err.Error(), "secret-path") {
		t.Errorf("%v", err)
	}
}

// A receiver that never answers is left.
func TestWebhookWaits(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hold:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	defer close(hold)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := sender(here()).Send(ctx, &send.Target{Kind: "webhook", URL: server.URL}, &send.Message{ID: "m"}); err == nil {
		t.Error("it has waited for ever, and then some")
	}
}

// Webhooks go to nobody's machines but those they may go to: by the address that a
// name leads to, not by the name.
func TestWebhookAddresses(t *testing.T) {
	t.Parallel()
	var came atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came.Store(true) }))
	defer server.Close()
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	for _, host := range []string{"http://127.0.0.1", "http://localhost", "http://[::1]", "http://[::ffff:127.0.0.1]", "http://0.0.0.0"} {
		if err := sender(send.PrivateNetworks()).Send(t.Context(), &send.Target{Kind: "webhook", URL: host + port}, &send.Message{ID: "m"}); err == nil {
			t.Errorf("%s was reached", host)
		}
	}
	if came.Load() {
		t.Error("this machine was reached")
	}
	for address, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1": true, "10.1.2.3": true, "192.168.0.1": true, "fd12::1": true,
		"169.254.169.254": false, "168.63.129.16": false, "168.63.129.17": true, "fe80::1": false, "fd00:ec2::254": false, "100.100.100.200": false, "127.0.0.1": false, "::1": false, "0.0.0.0": false, "::": false,
		"224.0.0.1": false, "255.255.255.255": false, "::ffff:169.254.169.254": false, "100.64.0.1": false, "64:ff9b::a9fe:a9fe": false, "2002:a9fe:a9fe::1": false,
	} {
		if got := send.Allowed(netip.MustParseAddr(address), send.PrivateNetworks(), nil); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	for _, address := range []string{"169.254.169.254", "168.63.129.16", "100.100.100.200", "fd00:ec2::254"} {
		a := netip.MustParseAddr(address)
		if send.Allowed(a, []netip.Prefix{netip.PrefixFrom(a, a.BitLen())}, nil) || send.Allowed(a, []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}, nil) {
			t.Errorf("%s: it was named", address)
		}
		err := sender(send.PrivateNetworks()).Send(t.Context(), &send.Target{Kind: "webhook", URL: "http://" + netip.AddrPortFrom(a, 80).String()}, &send.Message{ID: "m"})
		if err == nil || !strings.Contains(err.Error(), "whatever the configuration says") {
			t.Errorf("%s: %v", address, err)
		}
	}
	if send.Allowed(netip.MustParseAddr("10.1.2.3"), here(), nil) {
		t.Error("a private network that is not named")
	}
}
