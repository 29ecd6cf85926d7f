package agi_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tandem/agi"
	"tandem/agi/agitest"
)

// caller is the Asterisk that every test lets in.
func caller() netip.AddrPort { return netip.MustParseAddrPort("192.0.2.7:40000") }

func isKnown(addr netip.Addr) bool {
	return addr == caller().Addr() || addr.IsLoopback()
}

// rig is a server that is being served.
type rig struct {
	*agi.Server
	registry *prometheus.Registry
	served   chan error
	stop     context.CancelFunc
}

// patient is for real sockets, where time is the machine's and not the test's.
func patient() agi.Config {
	cfg := agi.DefaultConfig()
	cfg.EnvTimeout, cfg.CommandTimeout, cfg.SessionTimeout = 30*time.Second, 30*time.Second, time.Minute
	return cfg
}

// start serves ln until the test ends. Errors of Serve are the test's to read
// from served; those it does not read are dropped with it.
func start(tb testing.TB, cfg agi.Config, handler agi.Handler, ln net.Listener, log zerolog.Logger) *rig {
	tb.Helper()
	registry := prometheus.NewRegistry()
	metrics, err := agi.NewMetrics(registry, "route", "next")
	if err != nil {
		tb.Fatal(err)
	}
	server, err := agi.NewServer(cfg, handler, isKnown, log, metrics)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(tb.Context()))
	r := &rig{Server: server, registry: registry, served: make(chan error, 1), stop: stop}
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.served <- server.Serve(ctx, ln)
	}()
	tb.Cleanup(func() { stop(); <-done })
	return r
}

// listen opens a loopback port.
func listen(tb testing.TB) net.Listener {
	tb.Helper()
	ln, err := agi.Listen(tb.Context(), "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	return ln
}

// dial connects over memory as the known Asterisk.
func dial(t *testing.T, ln *agitest.Listener) net.Conn {
	t.Helper()
	conn, err := ln.Dial(t.Context(), caller())
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// counts reads a counter or gauge: the values by the label that is asked for.
func (r *rig) counts(tb testing.TB, name, label string) map[string]float64 {
	tb.Helper()
	families, err := r.registry.Gather()
	if err != nil {
		tb.Fatal(err)
	}
	values := make(map[string]float64)
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, metric := range family.GetMetric() {
			key := ""
			for _, pair := range metric.GetLabel() {
				if pair.GetName() == label {
					key = pair.GetValue()
				}
			}
			if value := metric.GetCounter().GetValue() + metric.GetGauge().GetValue(); value != 0 {
				values[key] += value
			}
		}
	}
	return values
}

func answer() []agi.Var {
	return []agi.Var{
		{Name: "T_ACTION", Value: "dial"},
		{Name: "T_DIR", Value: "out"},
		{Name: "T_N", Value: "1"},
		{Name: "T_R1", Value: "PJSIP/74957777777@gate-8"},
		{Name: "T_C1", Value: "74951112233"},
		{Name: "T_K1", Value: "8.c.g8"},
		{Name: "T_A1", Value: "60"},
		{Name: "T_P1", Value: "5"},
		{Name: "T_KEYS", Value: "8.c.g8"},
		{Name: "T_MAX", Value: "3600"},
	}
}

// scripts is the handler of the recorded conversations.
func scripts(ctx context.Context, s *agi.Session) error {
	switch req := s.Request(); req.Script {
	case "route":
		return s.Finish(ctx, answer())
	case "next":
		if len(req.Args) != 5 || req.Args[2] != "1:8.c.g8:1700000000200:CHANUNAVAIL:34:503:::310:" {
			return fmt.Errorf("next: arguments are %q", req.Args)
		}
		return s.Finish(ctx, []agi.Var{{Name: "T_ACTION", Value: "dial"}, {Name: "T_I", Value: "2"}})
	case "", "bare":
		if req.Script == "bare" && (req.Query != "x=1&y=2" || len(req.Args) != 0) {
			return fmt.Errorf("bare: request is %+v", req)
		}
		return s.Finish(ctx, []agi.Var{{Name: "T_ACTION", Value: "reject"}, {Name: "T_CAUSE", Value: "34"}, {Name: "T_FILE"}})
	case "silent":
		<-ctx.Done()
		return context.Cause(ctx)
	case "quote":
		if err := s.SetVariable(ctx, "NOTE", "say \"hi\", C:\\dir\\, a\tb, ж"); err != nil {
			return err
		}
		return s.Finish(ctx, nil)
	case "get":
		return readAndFinish(ctx, s)
	case "unwritable":
		return s.Finish(ctx, []agi.Var{{Name: "T_ACTION", Value: "dial"}, {Name: "T_R1", Value: "PJSIP/1@a,T_OK=1"}})
	case "panic":
		panic("a handler's mistake")
	case "forget":
		return nil
	default:
		return fmt.Errorf("no such script: %s", req.Script)
	}
}

func readAndFinish(ctx context.Context, s *agi.Session) error {
	for _, want := range []struct {
		name, value string
		isSet       bool
	}{{"NAME", `say "hi", (x) \n`, true}, {"EMPTY", "", true}, {"UNSET", "", false}} {
		value, isSet, err := s.GetVariable(ctx, want.name)
		if err != nil {
			return err
		}
		if value != want.value || isSet != want.isSet {
			return errors.New("read a wrong value: " + want.name + "=" + value)
		}
	}
	return s.Finish(ctx, []agi.Var{{Name: "T_ACTION", Value: "echo"}})
}
