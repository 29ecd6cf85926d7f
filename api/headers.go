package api

import (
	"errors"
	"io"
	"net/http"
	"time"

	"tandem/api/access"
)

// policy is what a page of ours may load and do: files of this program, nothing
// from elsewhere and nothing written into the page. The console's page replaces it
// by one that also names the styles it makes by a number used once.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// securityHeaders tells browsers what no page of ours needs.
func securityHeaders(secure bool) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Set("Content-Security-Policy", policy)
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("X-Frame-Options", "DENY")
			h.Set("Referrer-Policy", "same-origin")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Cross-Origin-Resource-Policy", "same-origin")
			h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(self), payment=(), usb=()")
			if secure {
				h.Set("Strict-Transport-Security", "max-age=31536000")
			}
			next.ServeHTTP(w, r)
		})
	}
}

// noStore keeps answers out of caches: they are somebody's calls and money.
func noStore(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// patience is how long one read of an upload, or one write of a download, may take
// for those whom we know. Strangers have the server's own times.
const patience = 15 * time.Second

// An upload as a whole takes as long as it does at slowest bytes a second; who does
// not say how long it is has the time of the longest.
const (
	slowest = 64 << 10
	longest = 64 << 20
)

// unhurried lets uploads and downloads take as long as they go on.
func unhurried(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !access.From(r.Context()).Known() {
			next.ServeHTTP(w, r)
			return
		}
		control := http.NewResponseController(w)
		r.Body = slowBody{r.Body, control, time.Now().Add(uploadWithin(r.ContentLength))}
		next.ServeHTTP(slowAnswer{w, control}, r)
	})
}

// uploadWithin is how long a body of so many bytes may take; -1: nobody knows.
func uploadWithin(length int64) time.Duration {
	if length < 0 || length > longest {
		length = longest
	}
	return patience + time.Duration(length)*time.Second/slowest
}

// slowBody moves the deadline with every read, up to the end of its time. Where
// there is none to move, as in tests, there is none to miss.
type slowBody struct {
	io.ReadCloser
	control *http.ResponseController
	until   time.Time
}

func (b slowBody) Read(p []byte) (int, error) {
	deadline := time.Now().Add(patience)
	if deadline.After(b.until) {
		deadline = b.until
	}
	_ = b.control.SetReadDeadline(deadline)
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		// The server itself reads from here on, to hear when the client leaves. A deadline
		// that a second look at the end leaves would count as that, and give up what takes long.
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

type slowAnswer struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (a slowAnswer) Write(p []byte) (int, error) {
	_ = a.control.SetWriteDeadline(time.Now().Add(patience))
	return a.ResponseWriter.Write(p)
}

// FlushError sends what is written so far. Some ask for Flush itself, and do not
// look behind us.
func (a slowAnswer) FlushError() error { return a.control.Flush() }

// Flush is FlushError for those who do not ask how it went.
func (a slowAnswer) Flush() { _ = a.FlushError() }

// Unwrap lets http.ResponseController through.
func (a slowAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
