package api_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tandem/api"
	"tandem/api/access"
	v1 "tandem/api/v1"
)

// peopleDoor is the door with API and console; name in X-Test is who asks.
func peopleDoor(t *testing.T, secure bool) func(path string) page {
	t.Helper()
	server := httptest.NewServer(api.NewHandler(api.Config{
		Peers: func(netip.Addr) bool { return false }, Ready: func() []string { return nil }, Registry: prometheus.NewRegistry(), Log: zerolog.Nop(),
		API: &v1.Config{Version: "test", Log: zerolog.Nop()}, Secure: secure,
		Guard: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("X-Test") != "" {
					r = r.WithContext(access.With(r.Context(), access.Principal{UserID: 1, Role: access.Admin}))
				}
				next.ServeHTTP(w, r)
			})
		},
		Console: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "console "+r.URL.Path) }),
	}))
	t.Cleanup(server.Close)
	return func(path string) page {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		if err = errors.Join(err, answer.Body.Close()); err != nil {
			t.Fatal(err)
		}
		return page{answer.StatusCode, answer.Header, string(text)}
	}
}

// page is an answer.
type page struct {
	status int
	header http.Header
	text   string
}

// Every page says what a browser may do with it.
func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	get := peopleDoor(t, false)
	for _, path := range []string{"/", "/providers/7?tab=gates", "/api/docs/", "/api/docs/docs.js", "/api/v1/openapi.json", "/api/v1/live/calls", "/api/v1/nothing"} {
		h := get(path).header
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: no %s in %q", path, want, csp)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(csp, "http:") || strings.Contains(csp, "*") {
			t.Errorf("%s: %q", path, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: %v", path, h)
		}
		if strings.HasPrefix(path, "/api/v1") && h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: may be kept: %q", path, h.Get("Cache-Control"))
		}
	}
	if h := peopleDoor(t, true)("/").header; h.Get("Strict-Transport-Security") == "" {
		t.Error("TLS alone is not asked for")
	}
}

// What belongs to whom: the API, its page, the console, and the doors of machines.
func TestDoorsOfPeople(t *testing.T) {
	t.Parallel()
	get := peopleDoor(t, false)
	for path, want := range map[string]struct {
		status int
		text   string
	}{
		"/":                    {200, "console /"},
		"/live":                {200, "console /live"}, // a page of the console, too
		"/calls/a-1.7":         {200, "console /calls/a-1.7"},
		"/healthz":             {200, "ok"},
		"/readyz":              {200, "ok"},
		"/api/v1/live/calls":   {401, "sign in"},
		"/api/v1/nothing":      {404, "no such address"},
		"/api/docs":            {200, "Tandem: HTTP API"},
		"/api/docs/docs.css":   {200, "color-scheme"},
		"/api/docs/../v1/live": {404, ""},
	} {
		r := get(path)
		if r.status != want.status || !strings.Contains(r.text, want.text) {
			t.Errorf("%s: %d %.80q, want %d %q", path, r.status, r.text, want.status, want.text)
		}
	}
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]any
	}
	r := get("/api/v1/openapi.json")
	if err := json.Unmarshal([]byte(r.text), &doc); err != nil || doc.OpenAPI != "3.1.0" || doc.Paths["/stream"]["get"] == nil {
		t.Errorf("document: %v, %d paths", err, len(doc.Paths))
	}
	text := get("/api/docs/").text
	for _, foreign := range []string{"http://", "https://", "//", "onclick", "<style", "javascript:"} {
		if strings.Contains(text, foreign) {
			t.Errorf("the page of the API holds %q", foreign)
		}
	}
}
