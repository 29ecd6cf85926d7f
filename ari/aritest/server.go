// Package aritest is a small fake of Asterisk's ARI and AMI, for tests: it has the calls,
// endpoints and variables that it is given, and the faults, too.
package aritest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// The fake's door.
const (
	Name   = "alpha"
	User   = "tandem"
	Secret = "s3cret"
)

// dateFormat is how ARI writes times.
const dateFormat = "2006-01-02T15:04:05.000-0700"

// Channel is a channel of the fake.
type Channel struct {
	ID, Name, State, Account             string
	Context, Exten, Application, AppData string
	Created                              time.Time
	Variables                            map[string]string // also functions: EVAL(…)
}

// Server is the fake. Its methods may be called from any goroutine.
type Server struct {
	URL string // BaseURL of a client

	mu        sync.Mutex
	name      string
	started   time.Time
	channels  []Channel
	endpoints [][2]string
	fault     http.HandlerFunc
	requests  []string
	streams   map[*websocket.Conn]string // app
	deaf      bool
	ended     chan struct{}
}

// New starts a fake that ends with the test.
func New(tb testing.TB) *Server {
	tb.Helper()
	s := &Server{name: Name, started: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), streams: map[*websocket.Conn]string{}, ended: make(chan struct{})}
	server := httptest.NewServer(s)
	tb.Cleanup(func() {
		close(s.ended)
		s.DropStreams()
		server.Close()
	})
	s.URL = server.URL + "/ari"
	return s
}

// SetChannels says what is up.
func (s *Server) SetChannels(channels ...Channel) { s.set(func() { s.channels = channels }) }

// SetEndpoint says what is thought of an endpoint.
func (s *Server) SetEndpoint(name, state string) {
	s.set(func() {
		s.endpoints = slices.DeleteFunc(s.endpoints, func(e [2]string) bool { return e[0] == name })
		s.endpoints = append(s.endpoints, [2]string{name, state})
	})
}

// SetName makes another Asterisk of it.
func (s *Server) SetName(name string) { s.set(func() { s.name = name }) }

// Restart begins another life, without calls.
func (s *Server) Restart() {
	s.set(func() { s.started, s.channels = s.started.Add(time.Hour), nil })
}

// SetFault has every request answered so; nil ends that.
func (s *Server) SetFault(fault http.HandlerFunc) { s.set(func() { s.fault = fault }) }

// Requests are all that came, "GET /ari/channels", and forgets them.
func (s *Server) Requests() []string {
	var all []string
	s.set(func() { all, s.requests = s.requests, nil })
	return all
}

func (s *Server) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// ServeHTTP answers as Asterisk 22 does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	request := r.Method + " " + r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		request += "?" + r.URL.RawQuery
	}
	s.requests = append(s.requests, request)
	fault := s.fault
	s.mu.Unlock()
	if fault != nil {
		fault(w, r)
		return
	}
	s.Pass(w, r)
}

// Pass answers as without a fault; a fault may call it for what it lets through.
func (s *Server) Pass(w http.ResponseWriter, r *http.Request) {
	if user, secret, _ := r.BasicAuth(); user != User || secret != Secret {
		refuse(w, http.StatusUnauthorized, "Authentication required")
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/ari")
	if path == "/events" {
		s.events(w, r)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case path == "/asterisk/info":
		write(w, s.info())
	case path == "/channels":
		write(w, s.list())
	case path == "/endpoints/PJSIP":
		list := []any{}
		for _, e := range s.endpoints {
			list = append(list, map[string]any{"technology": "PJSIP", "resource": e[0], "state": e[1], "channel_ids": []string{}})
		}
		write(w, list)
	case strings.HasPrefix(path, "/applications/") && strings.HasSuffix(path, "/eventFilter") && r.Method == http.MethodPut:
		write(w, map[string]any{"name": strings.Split(path, "/")[2]})
	case strings.HasPrefix(path, "/channels/"):
		s.channel(w, r, strings.TrimPrefix(path, "/channels/"))
	default:
		refuse(w, http.StatusNotFound, "Resource not found")
	}
}

func (s *Server) info() any {
	started := s.started.Format(dateFormat)
	return map[string]any{
		"build":  map[string]any{"os": "Linux"},
		"system": map[string]any{"version": "22.10.1", "entity_id": "02:00:00:00:00:01"},
		"config": map[string]any{"name": s.name, "default_language": "en", "setid": map[string]any{"user": "", "group": ""}},
		"status": map[string]any{"startup_time": started, "last_reload_time": started},
	}
}

func (s *Server) list() any {
	list := []any{}
	for _, c := range s.channels {
		list = append(list, map[string]any{
			"id": c.ID, "name": c.Name, "state": c.State, "accountcode": c.Account, "protocol_id": "x", "language": "en",
			"caller": map[string]any{"name": "", "number": "74951815000"}, "connected": map[string]any{"name": "", "number": "hunt"},
			"dialplan": map[string]any{
				"context": c.Context, "exten": c.Exten, "priority": 17, "app_name": c.Application, "app_data": c.AppData,
			},
			"creationtime": c.Created.Format(dateFormat),
		})
	}
	return list
}

func (s *Server) channel(w http.ResponseWriter, r *http.Request, rest string) {
	id, what, _ := strings.Cut(rest, "/")
	i := slices.IndexFunc(s.channels, func(c Channel) bool { return c.ID == id })
	reading := r.Method == http.MethodGet && what == "variable"
	switch {
	case i < 0 && reading:
		refuse(w, http.StatusNotFound, "Provided channel was not found")
	case i < 0:
		refuse(w, http.StatusNotFound, "Channel not found")
	case reading:
		value, ok := s.channels[i].Variables[r.URL.Query().Get("variable")]
		if !ok {
			refuse(w, http.StatusNotFound, "Provided variable was not found")
			return
		}
		write(w, map[string]any{"value": value})
	case r.Method == http.MethodPost && (what == "snoop" || what == "play"):
		s.whisper(w, r, what)
	case r.Method == http.MethodDelete && r.URL.Query().Get("reason") == "nonsense":
		refuse(w, http.StatusBadRequest, "Invalid reason for hangup reason provided")
	case r.Method == http.MethodDelete:
		s.channels = slices.Delete(s.channels, i, i+1)
		w.WriteHeader(http.StatusNoContent)
	default:
		refuse(w, http.StatusMethodNotAllowed, "Invalid method")
	}
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
