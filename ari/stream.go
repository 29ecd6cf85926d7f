package ari

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"
)

// Bounds of a Stream.
const (
	streamPing     = 10 * time.Second
	streamMessage  = 1 << 20  // bytes of one event
	streamQueue    = 4096     // events that wait to be handled
	streamQueueMem = 32 << 20 // and their bytes
)

// Event is one message of ARI's event stream. Events are lost while the stream
// is away: nothing may be billed by them, nor counted up and down.
type Event struct {
	Type string
	Raw  json.RawMessage
	// Generation counts connections: an event of an earlier one says nothing of
	// what is now.
	Generation uint64
}

// StreamConfig says what a Stream is for.
type StreamConfig struct {
	// App is the name of the application, unique among all clients of the server:
	// a second one takes the events from the first. See [AppName].
	App string
	// Handlers take the events, by type, one at a time. Types without one are
	// counted and passed over. One that takes so long that thousands of events wait
	// costs the connection, and so a resync.
	Handlers map[string]func(Event)
	// OnConnect is called after each connect, before its events are handled: what
	// was missed must be asked for. ctx ends with the connection. May be nil.
	OnConnect func(ctx context.Context, generation uint64)
	// Everything is about every channel, and not only about those in the
	// application: of the types that have a handler, and no others.
	Everything bool
	Log        zerolog.Logger
}

// AppName is the application of one node.
func AppName(node string) string { return "tandem-" + node }

// StreamStats counts what came.
type StreamStats struct {
	Connected  bool
	Generation uint64 // connections so far
	Events     uint64
	Unknown    uint64 // of a type without handler
	Malformed  uint64 // not an event at all
}

// Stream is the event stream of one server, for one application.
type Stream struct {
	client *Client
	config StreamConfig
	log    zerolog.Logger
	http   http.Client
	every  time.Duration // a ping

	connected                              atomic.Bool
	generation, events, unknown, malformed atomic.Uint64

	mu      sync.Mutex
	waiters map[string]chan<- Event // each has room for one
}

// NewStream makes a Stream that is away until Run runs.
func NewStream(c *Client, config StreamConfig) (*Stream, error) {
	if !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`).MatchString(config.App) {
		return nil, errors.New("ari: stream config: App: want at most 100 letters, digits, . _ or -")
	}
	return &Stream{
		client: c, config: config, log: config.Log.With().Str("server", c.config.Server).Logger(),
		http: http.Client{
			Transport:     transport(c.config.Timeout),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		every: streamPing, waiters: map[string]chan<- Event{},
	}, nil
}

// Stats is what came so far.
func (s *Stream) Stats() StreamStats {
	return StreamStats{
		Connected: s.connected.Load(), Generation: s.generation.Load(),
		Events: s.events.Load(), Unknown: s.unknown.Load(), Malformed: s.malformed.Load(),
	}
}

// Run keeps the stream up until ctx ends.
func (s *Stream) Run(ctx context.Context) {
	defer s.http.CloseIdleConnections()
	keepUp(ctx, s.log, "no ARI events", "ARI events come again", s.session)
}

// session is one connection.
func (s *Stream) session(ctx context.Context, up func()) error {
	conn, err := s.dial(ctx)
	if err != nil {
		return fmt.Errorf("ari %s: events: %w", s.client.config.Server, err)
	}
	if err := s.filter(ctx); err != nil {
		_ = conn.CloseNow()
		return err
	}
	// A client that leaves says so, or Asterisk complains in its log; to read with
	// a context that ends would cut the connection.
	defer context.AfterFunc(ctx, func() { _ = conn.Close(websocket.StatusNormalClosure, "") })()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	q := &queue{events: make(chan Event, streamQueue), generation: s.generation.Add(1)}
	s.connected.Store(true)
	up()
	var workers sync.WaitGroup
	workers.Go(func() { s.dispatch(ctx, q) })
	workers.Go(func() {
		if err := pings(ctx, conn, s.every); err != nil {
			cancel(err)
			_ = conn.CloseNow()
		}
	})
	err = s.read(context.WithoutCancel(ctx), conn, q)
	s.connected.Store(false)
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	cancel(err)
	_ = conn.CloseNow()
	workers.Wait()
	return fmt.Errorf("ari %s: events: %w", s.client.config.Server, err)
}

func (s *Stream) dial(ctx context.Context) (*websocket.Conn, error) {
	c := s.client
	bounded, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	query := url.Values{"app": {s.config.App}, "subscribeAll": {strconv.FormatBool(s.config.Everything)}}
	door := base64.StdEncoding.EncodeToString([]byte(c.config.User + ":" + c.config.Secret))
	conn, response, err := websocket.Dial(bounded, c.base+"/events?"+query.Encode(), &websocket.DialOptions{ //nolint:bodyclose // the library closes it
		HTTPClient: &s.http, HTTPHeader: http.Header{"Authorization": {"Basic " + door}},
	})
	switch {
	case err == nil:
		conn.SetReadLimit(streamMessage)
		return conn, nil
	case response != nil && response.StatusCode != http.StatusSwitchingProtocols:
		return nil, c.refusal(response.StatusCode, nil)
	}
	return nil, c.connError(ctx, err)
}

// queue is what was read and not handled yet.
type queue struct {
	events     chan Event
	bytes      atomic.Int64
	generation uint64
}

// read only reads: Asterisk closes a stream whose reader is slow.
func (s *Stream) read(ctx context.Context, conn *websocket.Conn, q *queue) error {
	defer close(q.events)
	for {
		_, body, err := conn.Read(ctx)
		if err != nil {
			return err
		}
		var said struct {
			Type string `json:"type"`
		}
		if json.Unmarshal(body, &said) != nil || said.Type == "" {
			s.malformed.Add(1)
			continue
		}
		if said.Type == "ApplicationReplaced" {
			return fmt.Errorf("another client has taken the application %s: give each node a name of its own", s.config.App)
		}
		if q.bytes.Add(int64(len(body))) > streamQueueMem {
			return errBehind
		}
		select {
		case q.events <- Event{Type: said.Type, Raw: body, Generation: q.generation}:
		default:
			return errBehind
		}
	}
}

var errBehind = errors.New("more events wait than are handled: a new connection, and a resync")

// dispatch hands events to their handlers.
func (s *Stream) dispatch(ctx context.Context, q *queue) {
	if s.config.OnConnect != nil {
		s.config.OnConnect(ctx, q.generation)
	}
	for e := range q.events {
		if ctx.Err() != nil {
			return
		}
		q.bytes.Add(-int64(len(e.Raw)))
		s.events.Add(1)
		awaited := s.wake(e)
		if handle := s.config.Handlers[e.Type]; handle != nil {
			handle(e)
		} else if !awaited {
			s.unknown.Add(1)
		}
	}
}

// pings returns why the connection is dead, or nil when it has ended.
func pings(ctx context.Context, conn *websocket.Conn, every time.Duration) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
		bounded, cancel := context.WithTimeout(ctx, every/2)
		err := conn.Ping(bounded)
		cancel()
		if err != nil {
			return fmt.Errorf("no answer to a ping: %w", err)
		}
	}
}

// await makes a channel for the one event of a type about a channel or playback.
func (s *Stream) await(eventType, id string) (<-chan Event, func()) {
	key, events := eventType+" "+id, make(chan Event, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiters[key] = events
	return events, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.waiters, key)
	}
}

// wake tells whoever waits for this event, and whether it is one that may be
// waited for.
func (s *Stream) wake(e Event) bool {
	if e.Type != stasisStart && e.Type != playbackFinished {
		return false
	}
	var about struct {
		Channel  struct{ ID string } `json:"channel"`
		Playback struct{ ID string } `json:"playback"`
	}
	if json.Unmarshal(e.Raw, &about) != nil {
		return false
	}
	key := e.Type + " " + about.Channel.ID + about.Playback.ID
	s.mu.Lock()
	defer s.mu.Unlock()
	waiter := s.waiters[key]
	delete(s.waiters, key)
	if waiter != nil {
		waiter <- e
	}
	return true
}
