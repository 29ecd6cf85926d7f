// Package web is the console, built by `npm run build` and embedded. Without a
// build it is one page that says how to make one.
package web

import (
	"bytes"
	"crypto/rand"
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// Built files are not in the repository; the placeholder keeps the folder there.
//
//go:embed all:dist
var built embed.FS

// Handler serves the console: files under /assets carry a hash in their names and
// are kept by browsers for ever, every other path is a page of the console.
func Handler() http.Handler {
	dist, err := fs.Sub(built, "dist")
	if err != nil {
		dist = built // "dist" is a valid path: this does not happen
	}
	return handler{files: dist}
}

type handler struct{ files fs.FS }

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "this address knows GET only", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	switch {
	case strings.HasPrefix(name, "assets/"):
		if !h.has(name) {
			http.NotFound(w, r) // of an older build: no page in its place
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	case name != "" && path.Ext(name) != ".html" && !strings.HasPrefix(path.Base(name), ".") && !strings.HasSuffix(name, ".gz") && h.has(name):
		w.Header().Set("Cache-Control", "public, max-age=3600")
	default:
		w.Header().Set("Cache-Control", "no-store")
		h.page(w, r)
		return
	}
	h.send(w, r, name)
}

// mark stands in the page where the number used once goes.
const mark = "__NONCE__"

// page answers with the console. The styles that it makes while it runs are let in
// by a number used once: whatever else is written into the page stays forbidden.
func (h handler) page(w http.ResponseWriter, r *http.Request) {
	text, err := fs.ReadFile(h.files, "index.html")
	if err != nil {
		text = []byte(stub)
	}
	nonce := rand.Text()
	if policy := w.Header().Get("Content-Security-Policy"); policy != "" {
		w.Header().Set("Content-Security-Policy", strings.Replace(policy, "style-src 'self'", "style-src 'self' 'nonce-"+nonce+"'", 1))
	}
	w.Header().Set("Content-Type", contentType("index.html"))
	if r.Method != http.MethodHead {
		_, _ = w.Write(bytes.ReplaceAll(text, []byte(mark), []byte(nonce))) // the client is gone
	}
}

// send answers with a file, packed where there is a packed one and the client takes it.
func (h handler) send(w http.ResponseWriter, r *http.Request, name string) {
	w.Header().Set("Content-Type", contentType(name))
	w.Header().Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && h.has(name+".gz") {
		w.Header().Set("Content-Encoding", "gzip")
		name += ".gz"
	}
	text, err := fs.ReadFile(h.files, name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
}

func (h handler) has(name string) bool {
	info, err := fs.Stat(h.files, name)
	return err == nil && info.Mode().IsRegular()
}

// contentType does not ask the machine: its table of types may say anything.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	}
	return "application/octet-stream"
}

const stub = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tandem</title>
<h1>The console is not in this binary</h1>
<p>It was built without it. With Node 20 or newer, in the source tree:</p>
<pre>make build        # or: cd web &amp;&amp; npm ci &amp;&amp; npm run build; then go build ./cmd/tandem</pre>
<p>The API works all the same: <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>, and so does the command line.</p>
</html>
`
