package agi_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tandem/agi"
	"tandem/agi/agitest"
)

// ask plays the dialplan's route question to the server.
func ask(t *testing.T, ln *agitest.Listener, script string) (agitest.Outcome, map[string]string) {
	t.Helper()
	a := agitest.Asterisk{Vars: map[string]string{}}
	out, err := a.Run(t.Context(), dial(t, ln), agitest.Channel{}.Environment("192.0.2.10", script, "v1"))
	if err != nil {
		t.Error(err)
	}
	return out, a.Vars
}

func TestAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := agitest.NewListener()
		start(t, agi.DefaultConfig(), agi.HandlerFunc(scripts), ln, zerolog.Nop())

		out, vars := ask(t, ln, "route")
		if len(out.Commands) != 2 || out.Status != agitest.StatusSuccess {
			t.Errorf("outcome is %+v, want two commands and success", out)
		}
		for _, v := range append(answer(), agi.Var{Name: agi.Sentinel, Value: "1"}) {
			if vars[v.Name] != v.Value {
				t.Errorf("%s is %q, want %q", v.Name, vars[v.Name], v.Value)
			}
		}
	})
}

func TestUnknownPeerIsClosed(t *testing.T) {
	for _, from := range []string{"198.51.100.1:5000", "[2001:db8::1]:5000", "[::ffff:198.51.100.1]:5000"} {
		synctest.Test(t, func(t *testing.T) {
			ln := agitest.NewListener()
			var log bytes.Buffer
			r := start(t, agi.DefaultConfig(), agi.HandlerFunc(scripts), ln, zerolog.New(zerolog.SyncWriter(&log)))
			conn, err := ln.Dial(t.Context(), netip.MustParseAddrPort(from))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if n, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
				t.Errorf("read %d bytes, %v, want the end", n, err)
			}
			synctest.Wait()
			if got := r.counts(t, "tandem_agi_rejected_total", "reason"); got["peer"] != 1 {
				t.Errorf("rejected: %v, want one peer", got)
			}
			if !strings.Contains(log.String(), `"reason":"peer"`) {
				t.Errorf("log is %q, want the reason", log.String())
			}
		})
	}
}

func TestMappedAddressIsIPv4(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := agitest.NewListener()
		peers := make(chan netip.AddrPort, 1)
		handler := agi.HandlerFunc(func(ctx context.Context, s *agi.Session) error {
			peers <- s.Peer()
			return s.Finish(ctx, nil)
		})
		start(t, agi.DefaultConfig(), handler, ln, zerolog.Nop())
		conn, err := ln.Dial(t.Context(), netip.MustParseAddrPort("[::ffff:192.0.2.7]:5000"))
		if err != nil {
			t.Fatal(err)
		}
		var a agitest.Asterisk
		if _, err := a.Run(t.Context(), conn, agitest.Channel{}.Environment("h", "route")); err != nil {
			t.Fatal(err)
		}
		if got := <-peers; got != netip.MustParseAddrPort("192.0.2.7:5000") {
			t.Errorf("peer is %v, want 192.0.2.7:5000", got)
		}
	})
}

// The next node must be asked at once: nobody waits for a free place.
func TestOverTheLimitIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := agi.DefaultConfig()
		cfg.MaxSessions = 2
		ln := agitest.NewListener()
		release := make(chan struct{})
		handler := agi.HandlerFunc(func(ctx context.Context, s *agi.Session) error {
			<-release
			return s.Finish(ctx, nil)
		})
		r := start(t, cfg, handler, ln, zerolog.Nop())

		var waiting sync.WaitGroup
		for range cfg.MaxSessions {
			waiting.Go(func() {
				if out, _ := ask(t, ln, "route"); len(out.Commands) != 1 {
					t.Errorf("commands are %q, want the sentinel", out.Commands)
				}
			})
		}
		synctest.Wait()
		began := time.Now()
		if out, vars := ask(t, ln, "route"); len(out.Commands) != 0 || vars[agi.Sentinel] != "" {
			t.Errorf("over the limit: %+v, want nothing", out)
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("over the limit: waited %v, want none", waited)
		}
		if got := r.counts(t, "tandem_agi_rejected_total", "reason"); got["limit"] != 1 {
			t.Errorf("rejected: %v, want one limit", got)
		}
		close(release)
		waiting.Wait()
		synctest.Wait()
		if out, _ := ask(t, ln, "route"); len(out.Commands) != 1 {
			t.Errorf("after the rush: %+v, want an answer", out)
		}
	})
}

func TestDrainLetsSessionsFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := agitest.NewListener()
		handler := agi.HandlerFunc(func(ctx context.Context, s *agi.Session) error {
			select {
			case <-time.After(3 * time.Second):
				return s.Finish(ctx, answer())
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
		r := start(t, agi.DefaultConfig(), handler, ln, zerolog.Nop())
		got := make(chan map[string]string)
		go func() {
			_, vars := ask(t, ln, "route")
			got <- vars
		}()
		synctest.Wait()

		r.stop()
		if vars := <-got; vars[agi.Sentinel] != "1" {
			t.Errorf("the session in progress got %v, want its answer", vars)
		}
		if err := <-r.served; err != nil {
			t.Errorf("Serve: %v", err)
		}
		if _, err := ln.Dial(t.Context(), caller()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("dial after the drain: %v, want closed", err)
		}
		if err := r.Serve(t.Context(), agitest.NewListener()); !errors.Is(err, agi.ErrServerClosed) {
			t.Errorf("Serve after the drain: %v, want ErrServerClosed", err)
		}
	})
}

func TestDrainCutsWhatLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := agi.DefaultConfig()
		cfg.SessionTimeout = time.Minute
		ln := agitest.NewListener()
		causes := make(chan error, 1)
		handler := agi.HandlerFunc(func(ctx context.Context, s *agi.Session) error {
			<-ctx.Done()
			causes <- context.Cause(ctx)
			return s.Finish(ctx, answer())
		})
		r := start(t, cfg, handler, ln, zerolog.Nop())
		got := make(chan agitest.Outcome)
		go func() {
			out, _ := ask(t, ln, "route")
			got <- out
		}()
		synctest.Wait()

		began := time.Now()
		err := r.Shutdown(t.Context())
		if err == nil || !strings.Contains(err.Error(), "1 sessions cut") {
			t.Errorf("Shutdown: %v, want one session cut", err)
		}
		if took := time.Since(began); took != cfg.DrainTimeout {
			t.Errorf("the drain took %v, want %v", took, cfg.DrainTimeout)
		}
		if cause := <-causes; !errors.Is(cause, agi.ErrServerClosed) {
			t.Errorf("the handler's context ended by %v, want ErrServerClosed", cause)
		}
		if out := <-got; len(out.Commands) != 0 {
			t.Errorf("commands after the cut: %q", out.Commands)
		}
		if served := <-r.served; served == nil || served.Error() != err.Error() {
			t.Errorf("Serve: %v, want what Shutdown said", served)
		}
		if again := r.Shutdown(t.Context()); again == nil || again.Error() != err.Error() {
			t.Errorf("second Shutdown: %v, want what the first said", again)
		}
		if results := r.counts(t, "tandem_agi_exchanges_total", "result"); results["cut"] != 1 {
			t.Errorf("results are %v, want one cut", results)
		}
	})
}

// A handler that does not look at its context holds its place, but neither
// Asterisk nor the end of the program.
func TestDrainLeavesTheDeafBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := agitest.NewListener()
		release := make(chan struct{})
		handler := agi.HandlerFunc(func(context.Context, *agi.Session) error {
			<-release
			return nil
		})
		cfg := agi.DefaultConfig()
		r := start(t, cfg, handler, ln, zerolog.Nop())
		began := time.Now()
		freed := make(chan time.Duration)
		go func() {
			_, _ = ask(t, ln, "route")
			freed <- time.Since(began)
		}()
		synctest.Wait()
		go func() { _ = r.Shutdown(t.Context()) }()
		// The environment is 30 writes and then the peer only waits.
		if took := <-freed; took != cfg.SessionTimeout {
			t.Errorf("Asterisk was held for %v, want SessionTimeout (%v)", took, cfg.SessionTimeout)
		}
		if err := <-r.served; err == nil || !strings.Contains(err.Error(), "does not end") {
			t.Errorf("Serve: %v, want a handler that does not end", err)
		}
		close(release)
	})
}

func TestShutdownStopsAtItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := agitest.NewListener()
		r := start(t, agi.DefaultConfig(), agi.HandlerFunc(scripts), ln, zerolog.Nop())
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = ask(t, ln, "silent")
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := r.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Shutdown: %v, want the context's end", err)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("Shutdown took %v, want 1s", took)
		}
		<-done
	})
}

// failing is a listener without files left.
type failing struct {
	*agitest.Listener
	left chan struct{}
}

func (l *failing) Accept() (net.Conn, error) {
	select {
	case <-l.left:
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	default:
		return l.Listener.Accept()
	}
}

func TestAcceptErrorsAreWaitedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const failures = 12
		ln := &failing{Listener: agitest.NewListener(), left: make(chan struct{}, failures)}
		for range failures {
			ln.left <- struct{}{}
		}
		var log bytes.Buffer
		began := time.Now()
		r := start(t, agi.DefaultConfig(), agi.HandlerFunc(scripts), ln, zerolog.New(zerolog.SyncWriter(&log)))
		if _, vars := ask(t, ln.Listener, "route"); vars[agi.Sentinel] != "1" {
			t.Error("no answer after the failures")
		}
		// 5, 10, … 640 ms, then 1 s each.
		if want := 1275*time.Millisecond + 4*time.Second; time.Since(began) != want {
			t.Errorf("waited %v, want %v", time.Since(began), want)
		}
		if got := r.counts(t, "tandem_agi_accept_errors_total", ""); got[""] != failures {
			t.Errorf("accept errors: %v, want %d", got, failures)
		}
		if lines := strings.Count(log.String(), "accept failed"); lines < 1 || lines > failures {
			t.Errorf("%d lines about it, want some", lines)
		}
	})
}

func TestServeReportsALostListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := agitest.NewListener()
		r := start(t, agi.DefaultConfig(), agi.HandlerFunc(scripts), ln, zerolog.Nop())
		synctest.Wait()
		_ = ln.Close()
		if err := <-r.served; !errors.Is(err, net.ErrClosed) {
			t.Errorf("Serve: %v, want that the listener is closed", err)
		}
	})
}

// Buffers of sessions that failed do not come back: a good exchange after
// each bad one gets its own answer.
func TestBadSessionsLeaveNothingBehind(t *testing.T) {
	for _, c := range conversations(t) {
		synctest.Test(t, func(t *testing.T) {
			ln := agitest.NewListener()
			start(t, agi.DefaultConfig(), agi.HandlerFunc(scripts), ln, zerolog.Nop())
			for range 2 {
				conn := dial(t, ln)
				if err := c.Play(t.Context(), conn, agitest.AsteriskSide); err != nil {
					t.Error(err)
				}
				_ = conn.Close()
				if out, vars := ask(t, ln, "route"); vars[agi.Sentinel] != "1" {
					t.Errorf("after %s: %+v, want an answer", c.Name, out)
				}
			}
		})
	}
}

// A flood writes a bounded log: ten lines of a kind, then one a second, and
// that one tells how many were held back.
func TestFloodDoesNotFillTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := agitest.NewListener()
		var log bytes.Buffer
		start(t, agi.DefaultConfig(), agi.HandlerFunc(scripts), ln, zerolog.New(zerolog.SyncWriter(&log)))
		flood := func(n int) {
			for range n {
				conn := dial(t, ln)
				_, _ = io.WriteString(conn, strings.Repeat("x", 2000)+"\n")
				_ = conn.Close()
			}
			synctest.Wait()
		}
		flood(1000)
		if lines := strings.Count(log.String(), "\n"); lines != 10 {
			t.Errorf("%d lines, want 10", lines)
		}
		if len(log.String()) > 10*512 {
			t.Errorf("%d bytes of log, want no echo of the flood", log.Len())
		}
		<-time.After(time.Second)
		flood(1)
		if !strings.Contains(log.String(), `"suppressed":990`) {
			t.Error("the next line does not tell what was held back")
		}
	})
}

// A panic is told once with its place, and takes one call with it.
func TestPanicIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := agitest.NewListener()
		var log bytes.Buffer
		start(t, agi.DefaultConfig(), agi.HandlerFunc(scripts), ln, zerolog.New(zerolog.SyncWriter(&log)))
		if out, vars := ask(t, ln, "panic"); len(out.Commands) != 0 || vars[agi.Sentinel] != "" {
			t.Errorf("outcome is %+v, want nothing", out)
		}
		synctest.Wait()
		for _, want := range []string{`"level":"error"`, `"result":"panic"`, "a handler's mistake", "helper_test.go", `"call_id":"agitest-`} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("log is %s, want %s in it", log.String(), want)
			}
		}
		if _, vars := ask(t, ln, "route"); vars[agi.Sentinel] != "1" {
			t.Error("no answer after the panic")
		}
	})
}

// Daily life is for the debug level, and an answer is no news at all.
func TestQuietLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := agitest.NewListener()
		var log bytes.Buffer
		start(t, agi.DefaultConfig(), agi.HandlerFunc(scripts), ln, zerolog.New(zerolog.SyncWriter(&log)).Level(zerolog.InfoLevel))
		_, _ = ask(t, ln, "route")
		_ = dial(t, ln).Close() // a port check
		a := agitest.Asterisk{HangupAt: 1}
		if _, err := a.Run(t.Context(), dial(t, ln), agitest.Channel{}.Environment("h", "route")); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if log.Len() != 0 {
			t.Errorf("log is %s, want nothing", log.String())
		}
	})
}

func TestNewServerNeedsItsParts(t *testing.T) {
	metrics, err := agi.NewMetrics(prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	handler := agi.HandlerFunc(scripts)
	for want, newServer := range map[string]func() (*agi.Server, error){
		"handler": func() (*agi.Server, error) {
			return agi.NewServer(agi.DefaultConfig(), nil, isKnown, zerolog.Nop(), metrics)
		},
		"peers": func() (*agi.Server, error) {
			return agi.NewServer(agi.DefaultConfig(), handler, nil, zerolog.Nop(), metrics)
		},
		"metrics": func() (*agi.Server, error) {
			return agi.NewServer(agi.DefaultConfig(), handler, isKnown, zerolog.Nop(), nil)
		},
		"MaxSessions": func() (*agi.Server, error) {
			return agi.NewServer(agi.Config{}, handler, isKnown, zerolog.Nop(), metrics)
		},
	} {
		if _, err := newServer(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want one that names %s", err, want)
		}
	}
}
