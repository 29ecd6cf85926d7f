package ari

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/rs/zerolog"
)

// Observer is told what a [Watch] saw. It is called from Watch's goroutine, one
// call at a time, and should return soon. What it is not told has not changed,
// or nobody knows.
type Observer interface {
	// Reachable says that an endpoint answers its probes, or does no more: once
	// for each endpoint whose state is known, and then at each change.
	Reachable(server, endpoint string, ok bool)
	// Up says which channels the server had. A call that began before asOf, our
	// time before the question, and whose id is not there is over. There are
	// ids of called channels, too. The set is the observer's to keep. calls are
	// those channels that are callers in our dialplan; one between two attempts
	// has no route.
	Up(ctx context.Context, server string, asOf time.Time, callIDs map[string]struct{}, calls []Up)
	// Restarted says that this is another life of the server: every call that
	// it had before is over.
	Restarted(server string)
	// Lost says that the server has given no answer for a while: what Reachable
	// said of its endpoints is old, and will be said anew when it is back.
	Lost(server string)
}

// Asterisk is what a Watch asks; [Client] is one.
type Asterisk interface {
	Server() string
	Info(ctx context.Context) (Info, error)
	Channels(ctx context.Context) ([]Channel, error)
	Endpoints(ctx context.Context) ([]Endpoint, error)
}

// WatchConfig says how a Watch works.
type WatchConfig struct {
	// Every is the time between two looks; 0 means 2 s.
	Every time.Duration
	// Settle is how long after a start or a reload of Asterisk, as far as we
	// know of it, an endpoint that was never seen online may still be waiting
	// for its first probe: the qualify interval and its time-out (3 s), or more.
	// 0 means 65 s.
	Settle time.Duration
	// Only says which endpoints matter; nil means all, subscribers included.
	Only func(endpoint string) bool
	Log  zerolog.Logger
}

// Bounds of a Watch.
const (
	defaultEvery  = 2 * time.Second
	defaultSettle = 65 * time.Second
	// maxPause is the longest time between two looks at a server that is away.
	maxPause = 15 * time.Second
	// lostAfter is after how many vain looks a server is lost, some half a minute.
	lostAfter = 5
)

// Watch looks at one server again and again.
type Watch struct {
	asterisk  Asterisk
	observer  Observer
	config    WatchConfig
	log       zerolog.Logger
	last      Info // of the last whole look; zero before it
	endpoints endpoints
	trouble   map[string]string // what is logged as failing, and why
}

// NewWatch makes a Watch.
func NewWatch(a Asterisk, o Observer, c WatchConfig) *Watch {
	if c.Every <= 0 {
		c.Every = defaultEvery
	}
	if c.Settle <= 0 {
		c.Settle = defaultSettle
	}
	if c.Only == nil {
		c.Only = func(string) bool { return true }
	}
	return &Watch{
		asterisk: a, observer: o, config: c, log: c.Log.With().Str("server", a.Server()).Logger(),
		endpoints: newEndpoints(c.Settle), trouble: map[string]string{},
	}
}

// Run looks until ctx ends.
func (w *Watch) Run(ctx context.Context) {
	failures := 0
	for {
		if w.look(ctx) {
			failures = 0
		} else {
			failures++
		}
		if failures == lostAfter {
			w.endpoints.lose()
			w.observer.Lost(w.asterisk.Server())
		}
		timer := time.NewTimer(pause(w.config.Every, failures))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

// pause is the time to the next look: a little uneven, so that nodes which
// started together do not ask together, and growing while the server is away.
func pause(every time.Duration, failures int) time.Duration {
	d := every
	for range failures {
		if d >= maxPause {
			break
		}
		d = min(2*d, max(every, maxPause))
	}
	return d*9/10 + rand.N(d/5+1) //nolint:gosec // G404: nothing depends on nobody guessing it
}

// look asks once and tells what is certain. It reports whether Asterisk was
// there; one that cannot tell of endpoints is.
func (w *Watch) look(ctx context.Context) bool {
	asOf := time.Now()
	channels, err := w.asterisk.Channels(ctx)
	if w.failed(ctx, "ARI", err) {
		return false
	}
	endpoints, endpointsErr := w.asterisk.Endpoints(ctx)
	// Asked last: an answer from before a restart must not pass for one of now.
	info, err := w.asterisk.Info(ctx)
	if w.failed(ctx, "ARI", err) {
		return false
	}
	w.answers("ARI", info.Version)
	restarted := !w.last.Started.IsZero() && (!info.Started.Equal(w.last.Started) || info.EntityID != w.last.EntityID)
	w.last = info
	if restarted {
		w.log.Warn().Time("started", info.Started).Str("version", info.Version).Msg("Asterisk was started anew: the calls it had are over")
		w.observer.Restarted(w.asterisk.Server())
	} else {
		w.observer.Up(ctx, w.asterisk.Server(), asOf, ids(channels), callers(channels))
	}
	if !w.failed(ctx, "ARI endpoints", endpointsErr) {
		w.answers("ARI endpoints", info.Version)
		w.endpoints.see(info.epoch(), time.Now(), w.relevant(endpoints), w.reachable)
	}
	return true
}

func ids(channels []Channel) map[string]struct{} {
	set := make(map[string]struct{}, len(channels))
	for i := range channels {
		set[channels[i].ID] = struct{}{}
	}
	return set
}

func callers(channels []Channel) []Up {
	var calls []Up
	for i := range channels {
		if channels[i].caller() {
			calls = append(calls, channels[i].up())
		}
	}
	return calls
}

// relevant leaves out what is nobody's way out.
func (w *Watch) relevant(all []Endpoint) []Endpoint {
	var list []Endpoint
	for _, e := range all {
		if !source(e.Name) && w.config.Only(e.Name) {
			list = append(list, e)
		}
	}
	return list
}

func (w *Watch) reachable(endpoint string, ok, first bool) {
	switch {
	case !ok:
		w.log.Warn().Str("endpoint", endpoint).Msg("endpoint does not answer its probes")
	case !first:
		w.log.Info().Str("endpoint", endpoint).Msg("endpoint answers its probes again")
	}
	w.observer.Reachable(w.asterisk.Server(), endpoint, ok)
}

// failed logs a failure when it is new or of another kind than the last.
func (w *Watch) failed(ctx context.Context, what string, err error) bool {
	if err == nil {
		return false
	}
	if kind := kindOf(err); ctx.Err() == nil && w.trouble[what] != kind {
		w.trouble[what] = kind
		w.log.Warn().Err(err).Msg(what + " gives no answer: what is up there is unknown")
	}
	return true
}

// answers logs the end of a failure.
func (w *Watch) answers(what, version string) {
	if w.trouble[what] != "" {
		delete(w.trouble, what)
		w.log.Info().Str("version", version).Msg(what + " answers again")
	}
}

// kindOf tells failures apart by what an operator would do about them; their
// texts differ by ports and bytes.
func kindOf(err error) string {
	if status, ok := errors.AsType[*StatusError](err); ok {
		return fmt.Sprintf("status %d", status.Status)
	}
	for _, kind := range []error{ErrRefused, ErrOtherServer, ErrAnswer, ErrTooLong} {
		if errors.Is(err, kind) {
			return kind.Error()
		}
	}
	return "no connection"
}
