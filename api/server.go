package api

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"

	"tandem/api/access"
	v1 "tandem/api/v1"
	"tandem/callflow"
	"tandem/routing"
)

// Config is what the door needs.
type Config struct {
	Flow     *callflow.Flow
	Peers    func(netip.Addr) bool // who may report ends: addresses of our servers
	Ready    func() []string       // what keeps the node from taking calls; empty: nothing
	Registry *prometheus.Registry
	Live     *Hub // nil: live calls are not shown
	// Snapshot is what dialplans look numbers up in; nil: they cannot.
	Snapshot func() *routing.Snapshot
	// API is the HTTP API for people and scripts; nil: there is none.
	API *v1.Config
	// Guard says who asks; nil: nobody is known.
	Guard func(http.Handler) http.Handler
	// Console is the web application; nil: there is none.
	Console http.Handler
	// Secure: browsers reach us over TLS alone.
	Secure bool
	Log    zerolog.Logger
}

// maxReport bounds an end report: ten attempts of a hundred bytes, three times
// encoded, stay far below.
const maxReport = 16 << 10

// NewHandler is the whole door as a list one can read.
func NewHandler(c Config) http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.Recoverer)
	r.Get("/healthz", healthz)
	r.Get("/readyz", readyz(c.Ready))
	r.Method(http.MethodGet, "/metrics", promhttp.HandlerFor(c.Registry, promhttp.HandlerOpts{Registry: c.Registry}))
	r.With(peersOnly(c.Peers, c.Log), middleware.AllowContentType("application/x-www-form-urlencoded")).
		Post("/asterisk/end", endReport(c.Flow, c.Log))
	r.With(peersOnly(c.Peers, c.Log), middleware.AllowContentType("application/x-www-form-urlencoded")).
		Post("/asterisk/media", mediaReport(c.Flow, c.Log))
	if c.Live != nil {
		r.With(nearOnly(c.Peers, c.Log)).Get("/api/live", liveEvents(c.Live))
	}
	if c.Snapshot != nil {
		r.With(peersOnly(c.Peers, c.Log)).Route("/lookup", func(r chi.Router) { lookups(r, c.Snapshot) })
	}
	if c.API != nil {
		mountPeople(r, c)
	}
	return r
}

// mountPeople adds what people and their scripts use: the API, its document and
// the console.
func mountPeople(r chi.Router, c Config) {
	api, described := v1.New(*c.API)
	guard := c.Guard
	if guard == nil {
		guard = func(next http.Handler) http.Handler { return next }
	}
	headers := securityHeaders(c.Secure)
	r.Route(v1.Prefix, func(r chi.Router) {
		r.Use(headers, noStore)
		r.Get("/openapi.json", document(described, c.Log))
		r.With(guard, unhurried).Mount("/", api)
	})
	r.With(headers).Mount("/api/docs", docs())
	if c.Console != nil {
		r.With(headers).Mount("/", c.Console)
	}
}

// NewServer bounds everything a stranger could draw out.
func NewServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 2 * time.Second,
		ReadTimeout:       5 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    8 << 10,
	}
}

// peersOnly lets our own servers in. The connection's address counts, no header.
func peersOnly(peers func(netip.Addr) bool, log zerolog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if from := access.AddressOf(r.RemoteAddr); forwarded(r) || !from.IsValid() || !peers(from) {
				log.Debug().Str("from", r.RemoteAddr).Msg("a stranger refused")
				http.Error(w, "not one of our servers", http.StatusForbidden)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// forwarded: a proxy stands between, whose address says nothing of who asks; or a
// browser, which a page may have sent. That a header is there is enough: what
// stands in it is anybody's.
func forwarded(r *http.Request) bool {
	for name := range r.Header {
		switch name {
		case "Forwarded", "Via", "X-Real-Ip", "Origin", "Cf-Connecting-Ip", "True-Client-Ip":
			return true
		}
		if strings.HasPrefix(name, "X-Forwarded") || strings.HasPrefix(name, "Sec-Fetch-") {
			return true
		}
	}
	return false
}

// status turns an error of callflow into an HTTP status; the text of an unknown
// error stays inside.
func status(err error) (int, string) {
	switch {
	case errors.Is(err, callflow.ErrBadRequest):
		return http.StatusBadRequest, err.Error()
	default:
		return http.StatusServiceUnavailable, "the record is not durable yet; try another node"
	}
}
