package agitest_test

import (
	"context"
	"net"
	"slices"
	"testing"
	"time"

	"tandem/agi/agitest"
)

// serveRaw runs a RawServer on loopback until the test ends.
func serveRaw(t *testing.T, commands ...string) string {
	t.Helper()
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	served := make(chan error, 1)
	raw := agitest.RawServer{Commands: commands}
	go func() { served <- raw.Serve(ctx, ln) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}

func TestRawServer(t *testing.T) {
	commands := []string{`EXEC MSet "A=1,B=2"`, `SET VARIABLE "T_OK" "1"`}
	addr := serveRaw(t, commands...)
	var a agitest.Asterisk
	out, err := a.AGI(t.Context(), addr, "route", "x")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(out.Commands, commands) || a.Vars["A"] != "1" || a.Vars["T_OK"] != "1" {
		t.Errorf("outcome is %+v with %q", out, a.Vars)
	}
}

func TestLoad(t *testing.T) {
	addr := serveRaw(t, `EXEC MSet "A=1"`, `SET VARIABLE "T_OK" "1"`)
	for _, oneWrite := range []bool{false, true} {
		r, err := agitest.Load(t.Context(), addr, agitest.LoadSpec{
			Concurrency: 4, Duration: 500 * time.Millisecond, Script: "route", Sentinel: "T_OK", OneWrite: oneWrite,
			Args: func(uint64) []string { return []string{"a", "b"} },
		})
		if err != nil || r.Exchanges == 0 || r.Failed != 0 || r.FirstError != nil {
			t.Errorf("result is %+v, %v, want exchanges and no failure", r, err)
		}
		if r.P50 <= 0 || r.P50 > r.P90 || r.P90 > r.P99 || r.P99 > r.Max || r.Rate() <= 0 {
			t.Errorf("figures are out of order: %+v", r)
		}
	}
}

func TestLoadCountsFailures(t *testing.T) {
	addr := serveRaw(t, `EXEC MSet "A=1"`)
	spec := agitest.LoadSpec{Concurrency: 1, Duration: 200 * time.Millisecond, Script: "route", Sentinel: "T_OK"}
	r, err := agitest.Load(t.Context(), addr, spec)
	if err != nil || r.Exchanges != 0 || r.Failed == 0 || r.FirstError == nil {
		t.Errorf("without the sentinel: %+v, %v, want failures", r, err)
	}
	if r.Rate() != 0 || r.Max != 0 {
		t.Errorf("figures of nothing: %+v", r)
	}
	if _, err := agitest.Load(t.Context(), addr, agitest.LoadSpec{}); err == nil {
		t.Error("a load of nothing went unnoticed")
	}
}
