package portability_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"tandem/internal/e164"
	"tandem/portability"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const serviceURL = "https://numbers.example/v1/{number}?key=hush"

// peer plays a table and an HTTP service: it has rows and a mood.
type peer struct {
	mu    sync.Mutex
	rows  map[string]string
	mood  string // up, down, slow, stuck, crashing
	delay time.Duration
	asked []string
	freed chan struct{} // closed when what is stuck may go
}

func newPeer() *peer {
	return &peer{rows: map[string]string{}, mood: "up", freed: make(chan struct{})}
}

func (p *peer) set(number, routing string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rows[number] = routing
}

func (p *peer) feel(mood string, delay time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mood, p.delay = mood, delay
}

func (p *peer) questions() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.asked...)
}

func (p *peer) look(ctx context.Context, number string) (routing string, found bool, err error) {
	p.mu.Lock()
	p.asked = append(p.asked, number)
	mood, delay := p.mood, p.delay
	routing, found = p.rows[number]
	p.mu.Unlock()
	switch mood {
	case "down":
		return "", false, errors.New("connection refused")
	case "crashing":
		panic("nil map")
	case "stuck": // whatever ctx says
		<-p.freed
	}
	select {
	case <-time.After(delay):
		return routing, found, nil
	case <-ctx.Done():
		return "", false, ctx.Err()
	}
}

// RoutingNumber is the table.
func (p *peer) RoutingNumber(ctx context.Context, number e164.Number) (routing e164.Number, found bool, err error) {
	text, found, err := p.look(ctx, string(number))
	return e164.Number(text), found, err
}

// RoundTrip is the service.
func (p *peer) RoundTrip(r *http.Request) (*http.Response, error) {
	routing, found, err := p.look(r.Context(), path.Base(r.URL.Path))
	if err != nil {
		return nil, err
	}
	if !found {
		return response(http.StatusNotFound, ""), nil
	}
	return response(http.StatusOK, `{"routing_number":"`+routing+`"}`), nil
}

func response(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// counts are metrics.
type counts struct {
	mu sync.Mutex
	by map[portability.Source]int
}

func (c *counts) Dipped(source portability.Source, _ time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil {
		c.by = map[portability.Source]int{}
	}
	c.by[source]++
}

func enabled(table portability.Table, url string) portability.Config {
	c := portability.DefaultConfig()
	c.Enabled, c.Table, c.URL = true, table, url
	return c
}

// patient gives a dip by the real clock more time than a busy machine needs.
func patient(c portability.Config) portability.Config {
	c.Timeout = 2 * time.Second
	return c
}

func mustNew(tb testing.TB, c portability.Config, transport http.RoundTripper) *portability.Dipper {
	tb.Helper()
	d, err := portability.NewOver(c, zerolog.Nop(), nil, transport)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(d.Close)
	return d
}
