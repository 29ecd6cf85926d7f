package agi

import (
	"context"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tandem/agi/agitest"
)

// script is a connection on which everything is said beforehand: one chunk for
// each read, then the end. It costs next to nothing, so that what is measured
// on it is ours.
type script struct {
	chunks []string
	next   int
	writes strings.Builder
	quiet  bool // do not keep what is written
}

func (c *script) Read(p []byte) (int, error) {
	if c.next == len(c.chunks) {
		return 0, io.EOF
	}
	n := copy(p, c.chunks[c.next])
	if n < len(c.chunks[c.next]) {
		c.chunks[c.next] = c.chunks[c.next][n:]
	} else {
		c.next++
	}
	return n, nil
}

func (c *script) Write(p []byte) (int, error) {
	if c.quiet {
		return len(p), nil
	}
	return c.writes.Write(p)
}

func (c *script) Close() error                     { return nil }
func (c *script) LocalAddr() net.Addr              { return nil }
func (c *script) RemoteAddr() net.Addr             { return nil }
func (c *script) SetDeadline(time.Time) error      { return nil }
func (c *script) SetReadDeadline(time.Time) error  { return nil }
func (c *script) SetWriteDeadline(time.Time) error { return nil }

func newTestServer(tb testing.TB, handler Handler) *Server {
	tb.Helper()
	metrics, err := NewMetrics(prometheus.NewRegistry(), "route")
	if err != nil {
		tb.Fatal(err)
	}
	s, err := NewServer(DefaultConfig(), handler, func(netip.Addr) bool { return true }, zerolog.Nop(), metrics)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// run serves one connection, as admit does.
func (s *Server) run(ctx context.Context, conn net.Conn) *Session {
	ctx, cancel := context.WithCancelCause(ctx)
	session := &Session{cfg: &s.cfg, conn: conn, cancel: cancel}
	s.addSession(session)
	s.serve(ctx, session)
	return session
}

// tenRoutes is a full answer: ten routes with five variables each.
func tenRoutes() []Var {
	vars := []Var{{"T_ACTION", "dial"}, {"T_DIR", "out"}, {"T_N", "10"}, {"T_MAX", "3600"}}
	for i := range strings.FieldsSeq("1 2 3 4 5 6 7 8 9 10") {
		vars = append(vars, Var{"T_R" + i, "PJSIP/74957777777@gate-" + i}, Var{"T_C" + i, "74951112233"},
			Var{"T_K" + i, "8.c.g" + i}, Var{"T_A" + i, "60"}, Var{"T_P" + i, "5"})
	}
	return append(vars, Var{"T_KEYS", "8.c.g1/8.c.g2/8.c.g3/8.c.g4/8.c.g5/8.c.g6/8.c.g7/8.c.g8/8.c.g9/8.c.g10"})
}

func routeChunks() []string {
	env := strings.Join(agitest.Channel{}.Environment("192.0.2.10", "route", "v1", "alice", "192.0.2.7:5060", "74957777777", "74951112233", "0"), "")
	return []string{env, "200 result=0\n", "200 result=1\n"}
}

// What an exchange may allocate, the whole of serve with its contexts, its
// log and metrics. The bound is a little above the figure, so that a change
// that doubles it is seen.
func TestSessionAllocations(t *testing.T) {
	vars := tenRoutes()
	server := newTestServer(t, HandlerFunc(func(ctx context.Context, s *Session) error { return s.Finish(ctx, vars) }))
	chunks := routeChunks()
	const most = 30 // 20, and what the race detector takes from the pool
	if got := testing.AllocsPerRun(200, func() {
		server.run(t.Context(), &script{chunks: chunks, quiet: true})
	}); got > most {
		t.Errorf("%v allocations, want at most %d", got, most)
	}
}

// BenchmarkSession is a route exchange of ten routes with everything but the
// socket.
func BenchmarkSession(b *testing.B) {
	vars := tenRoutes()
	server := newTestServer(b, HandlerFunc(func(ctx context.Context, s *Session) error { return s.Finish(ctx, vars) }))
	chunks := routeChunks()
	b.ReportAllocs()
	for b.Loop() {
		server.run(b.Context(), &script{chunks: chunks, quiet: true})
	}
}

func BenchmarkEnvironment(b *testing.B) {
	text := []byte(routeChunks()[0])
	var e environment
	b.ReportAllocs()
	for b.Loop() {
		e.reset()
		if _, err := e.feed(text); err != nil {
			b.Fatal(err)
		}
		if _, err := e.request(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMSetLines(b *testing.B) {
	vars := tenRoutes()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := msetLines(vars); err != nil {
			b.Fatal(err)
		}
	}
}

func TestLimiter(t *testing.T) {
	var l limiter
	now := time.Unix(1_700_000_000, 0)
	allowed := 0
	for range 100 {
		if _, ok := l.allow(now); ok {
			allowed++
		}
	}
	if allowed != logBurst {
		t.Errorf("%d lines at once, want %d", allowed, logBurst)
	}
	if suppressed, ok := l.allow(now.Add(logEvery)); !ok || suppressed != 100-logBurst {
		t.Errorf("a second later: %v, %d held back, want true and %d", ok, suppressed, 100-logBurst)
	}
	if _, ok := l.allow(now.Add(logEvery)); ok {
		t.Error("a second line in that second")
	}
	if _, ok := l.allow(now); ok {
		t.Error("a line when the clock steps back")
	}
}

func TestScriptLabelIsBounded(t *testing.T) {
	registry := prometheus.NewRegistry()
	m, err := NewMetrics(registry, "route")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"route", "x1", "x2", "", strings.Repeat("y", 60)} {
		m.ended(name, resultOK, time.Millisecond)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == "tandem_agi_exchanges_total" && len(family.GetMetric()) != 2 {
			t.Errorf("%d series, want route and other", len(family.GetMetric()))
		}
	}
	if _, err := NewMetrics(registry); err == nil {
		t.Error("registering twice went unnoticed")
	}
}

// The environment that oversteps the pooled buffer is read, and its buffer is
// not kept.
func TestLargeEnvironment(t *testing.T) {
	args := make([]string, 10)
	for i := range args {
		args[i] = strings.Repeat("x", 3000)
	}
	env := strings.Join(agitest.Channel{}.Environment("h", "route", args...), "")
	server := newTestServer(t, HandlerFunc(func(ctx context.Context, s *Session) error {
		for i, arg := range s.Request().Args {
			if arg != args[i] {
				t.Errorf("argument %d is of %d bytes, want %d", i+1, len(arg), len(args[i]))
			}
		}
		return s.Finish(ctx, nil)
	}))
	session := server.run(t.Context(), &script{chunks: []string{env, "200 result=1\n"}})
	if !session.finished {
		t.Error("not finished")
	}
	if kept := cap(session.buf.env); kept > keepEnv {
		t.Errorf("a buffer of %d bytes is kept", kept)
	}
}
