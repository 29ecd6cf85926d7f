package api

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"tandem/api/access"
)

// Times of a live answer.
const (
	liveRetry  = "2000"           // ms until a browser comes back
	heartbeat  = 15 * time.Second // of silence
	liveWithin = 5 * time.Second  // for one write; a client that takes nothing for so long is gone
)

// liveEvents answers with what is going on until the client leaves, as server-sent
// events or, with format=ndjson, as one JSON object a line.
func liveEvents(h *Hub) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		form, ok := liveFormOf(r.URL.Query().Get("format"))
		if !ok {
			http.Error(w, "format: want sse or ndjson", http.StatusBadRequest)
			return
		}
		s, err := h.Subscribe()
		if err != nil {
			w.Header().Set("Retry-After", "5")
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		defer s.Close()
		out := liveAnswer{w, http.NewResponseController(w)}
		header := w.Header()
		header.Set("Content-Type", form.contentType)
		header.Set("Cache-Control", "no-store")
		header.Set("X-Accel-Buffering", "no")
		if out.send(form.hello) != nil {
			return
		}
		quiet := time.NewTimer(heartbeat)
		defer quiet.Stop()
		for {
			select {
			case <-r.Context().Done():
				return
			case f, on := <-s.Frames():
				if !on || out.send(form.before(f), f.JSON, form.after) != nil {
					return
				}
			case <-quiet.C:
				if out.send(form.heartbeat) != nil {
					return
				}
			}
			quiet.Reset(heartbeat)
		}
	}
}

// liveForm is how frames are told apart.
type liveForm struct {
	contentType      string
	hello, heartbeat string
	before           func(*Frame) string
	after            string
}

func liveFormOf(format string) (liveForm, bool) {
	switch format {
	case "", "sse":
		return liveForm{
			contentType: "text/event-stream", hello: "retry: " + liveRetry + "\n\n", heartbeat: ": still here\n\n", after: "\n\n",
			before: func(f *Frame) string {
				return "event: live\nid: " + strconv.FormatInt(f.At.UnixMilli(), 10) + "\ndata: "
			},
		}, true
	case "ndjson":
		return liveForm{contentType: "application/x-ndjson", heartbeat: "\n", after: "\n", before: func(*Frame) string { return "" }}, true
	}
	return liveForm{}, false
}

// liveAnswer writes with a deadline of its own each time: the server's is that of
// an answer that ends soon.
type liveAnswer struct {
	w       io.Writer
	control *http.ResponseController
}

func (a liveAnswer) send(parts ...string) error {
	if err := a.control.SetWriteDeadline(time.Now().Add(liveWithin)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	for _, text := range parts {
		if _, err := io.WriteString(a.w, text); err != nil {
			return err
		}
	}
	return a.control.Flush()
}

// nearOnly lets in this machine and our own servers, until the console lets
// people in by name. The connection's address counts, no header; but a name in
// Host is somebody's web page that has made itself an address of this machine.
func nearOnly(peers func(netip.Addr) bool, log zerolog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if forwarded(r) || !literalHost(r.Host) || !near(r, peers) {
				log.Debug().Str("from", r.RemoteAddr).Str("host", r.Host).Msg("live calls not shown to a stranger")
				http.Error(w, "only from this machine or one of our servers, by its address", http.StatusForbidden)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func near(r *http.Request, peers func(netip.Addr) bool) bool {
	from := access.AddressOf(r.RemoteAddr)
	if !from.IsValid() {
		return false
	}
	if from.IsLoopback() || peers(from) {
		return true
	}
	here, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	return access.AddressOf(here.String()) == from
}

func literalHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if host == "localhost" {
		return true
	}
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil
}
