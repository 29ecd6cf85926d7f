package portability

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/singleflight"

	"tandem/internal/e164"
)

// Table knows ported numbers. RoutingNumber must come back when ctx ends; one
// that does not is no longer waited for.
type Table interface {
	RoutingNumber(ctx context.Context, number e164.Number) (routing e164.Number, found bool, err error)
}

// Metrics counts dips; see package api for the names. A number that is not
// dipped ([SourceOff]) is not counted.
type Metrics interface {
	Dipped(source Source, took time.Duration)
}

// Source says where a routing number comes from, or why there is none.
type Source string

// The sources. From SourceNone on, the routing number is the number itself.
const (
	SourceOff     Source = "off"     // not dipped: switched off, no prefix of ours, or no E.164 number
	SourceCache   Source = "cache"   // remembered; it may be remembered as not ported
	SourceTable   Source = "table"   // ported, says the table
	SourceHTTP    Source = "http"    // ported, says the service
	SourceNone    Source = "none"    // not ported, say all who were asked
	SourceTimeout Source = "timeout" // no answer in time
	SourceError   Source = "error"   // a source failed, or is left alone after failures
)

// Answer is what a dip found.
type Answer struct {
	Routing e164.Number // by which the call is routed; never empty unless the number was
	Source  Source
	Took    time.Duration
}

// Dipper looks up routing numbers. It may be used by many goroutines at once.
type Dipper struct {
	enabled  bool
	prefixes []string
	timeout  time.Duration
	cache    *cache
	flights  singleflight.Group
	sources  []*source // in the order in which they are asked
	service  *service  // nil: none
	metrics  Metrics
}

// New makes a dipper. Metrics may be nil.
func New(c Config, log zerolog.Logger, metrics Metrics) (*Dipper, error) {
	return build(c, log, metrics, nil)
}

// build takes the transport to the service; nil for the real one.
func build(c Config, log zerolog.Logger, metrics Metrics, transport http.RoundTripper) (*Dipper, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	d := &Dipper{enabled: c.Enabled, timeout: c.Timeout, metrics: metrics}
	if !c.Enabled {
		return d, nil
	}
	var err error
	if d.cache, err = newCache(c.CacheSize, c.CacheFor); err != nil {
		return nil, err
	}
	d.prefixes = append(d.prefixes, c.Prefixes...)
	if c.Table != nil {
		d.sources = append(d.sources, &source{name: SourceTable, table: c.Table, log: log})
	}
	if c.URL != "" {
		if c.Token != "" && strings.HasPrefix(c.URL, "http:") {
			log.Warn().Msg("number portability: portability.url is http, so the token travels in the clear; use https unless the service is on this machine")
		}
		d.service = newService(c, transport)
		d.sources = append(d.sources, &source{name: SourceHTTP, table: d.service, log: log})
	}
	return d, nil
}

// Dip returns the number by which a call to number is routed. It never fails
// and never takes longer than the timeout; when ctx ends before, it returns
// then.
func (d *Dipper) Dip(ctx context.Context, number e164.Number) Answer {
	if !d.enabled || !d.wanted(number) {
		return Answer{Routing: number, Source: SourceOff}
	}
	begin := time.Now()
	a := Answer{Source: SourceCache}
	var known bool
	if a.Routing, known = d.cache.get(number, begin); !known {
		a = d.board(ctx, number)
	}
	if a.Routing == "" {
		a.Routing = number
	}
	a.Took = time.Since(begin)
	if d.metrics != nil {
		d.metrics.Dipped(a.Source, a.Took)
	}
	return a
}

// Purge forgets everything remembered, so that changed rows count at once.
func (d *Dipper) Purge() {
	if d.enabled {
		d.cache.purge()
	}
}

// Close lets go of idle connections. It is called after the last dip.
func (d *Dipper) Close() {
	if d.service != nil {
		d.service.client.CloseIdleConnections()
	}
}

func (d *Dipper) wanted(number e164.Number) bool {
	// The number goes into a URL: nothing but digits may.
	if parsed, err := e164.Parse(string(number)); err != nil || parsed != number {
		return false
	}
	for _, prefix := range d.prefixes {
		if strings.HasPrefix(string(number), prefix) {
			return true
		}
	}
	return len(d.prefixes) == 0
}

// board joins the flight that asks for this number, or starts it. The flight
// does not end with the call that started it: others may be aboard, and what
// it finds is remembered.
func (d *Dipper) board(ctx context.Context, number e164.Number) Answer {
	if ctx.Err() != nil {
		return Answer{Source: SourceTimeout}
	}
	landed := d.flights.DoChan(string(number), func() (any, error) {
		return d.fly(context.WithoutCancel(ctx), number), nil
	})
	select {
	case result := <-landed:
		if a, ok := result.Val.(Answer); ok {
			return a
		}
		return Answer{Source: SourceError}
	case <-ctx.Done():
		return Answer{Source: SourceTimeout}
	}
}

// fly asks the sources in turn. The routing number stays empty when nobody
// knows one.
func (d *Dipper) fly(ctx context.Context, number e164.Number) Answer {
	// A flight that landed between the look into the cache and this one's
	// start has left its answer there.
	if routing, known := d.cache.get(number, time.Now()); known {
		return Answer{Routing: routing, Source: SourceCache}
	}
	purges := d.cache.generation()
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	a := Answer{Source: SourceNone}
	for i, s := range d.sources {
		routing, err := d.askInTurn(ctx, s, len(d.sources)-i, number)
		if err != nil {
			a.Source = failure(err)
			continue
		}
		if routing != "" {
			a.Routing = routing
			if a.Source == SourceNone {
				d.cache.put(number, routing, time.Now(), purges)
			}
			a.Source = s.name
			return a
		}
	}
	if a.Source == SourceNone {
		d.cache.put(number, "", time.Now(), purges)
	}
	return a
}

// askInTurn gives a source its even share of the time that is left, so that a
// slow one leaves the next something.
func (d *Dipper) askInTurn(ctx context.Context, s *source, left int, number e164.Number) (e164.Number, error) {
	deadline, _ := ctx.Deadline()
	ctx, cancel := context.WithTimeout(ctx, time.Until(deadline)/time.Duration(left))
	defer cancel()
	return s.ask(ctx, number)
}

func failure(err error) Source {
	if errors.Is(err, context.DeadlineExceeded) {
		return SourceTimeout
	}
	return SourceError
}
