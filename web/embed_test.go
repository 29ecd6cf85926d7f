package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tandem/web"
)

// Both with and without a build in the tree.
func TestEveryPathIsAPage(t *testing.T) {
	for _, path := range []string{"/", "/live", "/providers/7", "/../../etc/passwd", "/.gitkeep", "/index.html"} {
		a := get(path)
		if a.Code != http.StatusOK || a.Header().Get("Content-Type") != "text/html; charset=utf-8" || a.Header().Get("Cache-Control") != "no-store" || !strings.Contains(a.Body.String(), "<title>Tandem</title>") {
			t.Errorf("%s: %d %v", path, a.Code, a.Header())
		}
	}
}

func TestStylesAreLetInByANumberUsedOnce(t *testing.T) {
	first, second := get("/"), get("/")
	policy := first.Header().Get("Content-Security-Policy")
	_, rest, ok := strings.Cut(policy, "style-src 'self' 'nonce-")
	nonce, _, _ := strings.Cut(rest, "'")
	if !ok || len(nonce) < 20 {
		t.Fatal(policy)
	}
	if policy == second.Header().Get("Content-Security-Policy") {
		t.Error("the same number twice")
	}
	if body := first.Body.String(); strings.Contains(body, "__NONCE__") || strings.Contains(body, "assets/") && !strings.Contains(body, nonce) {
		t.Error(body)
	}
}

func TestAssetsThatAreGoneAreNoPages(t *testing.T) {
	if a := get("/assets/index-0123.js"); a.Code != http.StatusNotFound {
		t.Errorf("%d: a browser would run a page as a script", a.Code)
	}
}

func TestPagesAreOnlyRead(t *testing.T) {
	w := httptest.NewRecorder()
	web.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func get(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'")
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.URL.Path = path
	r.Header.Set("Accept-Encoding", "gzip")
	web.Handler().ServeHTTP(w, r)
	return w
}
