package agi_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"tandem/agi"
	"tandem/agi/agitest"
)

// BenchmarkPipe is an exchange with a fake Asterisk over memory: what both
// sides cost without a kernel between them.
func BenchmarkPipe(b *testing.B) {
	ln := agitest.NewListener()
	vars := answer()
	start(b, agi.DefaultConfig(), agi.HandlerFunc(func(ctx context.Context, s *agi.Session) error {
		return s.Finish(ctx, vars)
	}), ln, zerolog.Nop())
	env := agitest.Channel{}.Environment("h", "route", "v1")
	b.ReportAllocs()
	for b.Loop() {
		conn, err := ln.Dial(b.Context(), caller())
		if err != nil {
			b.Fatal(err)
		}
		a := agitest.Asterisk{OneWrite: true}
		if _, err := a.Run(b.Context(), conn, env); err != nil || a.Vars[agi.Sentinel] != "1" {
			b.Fatal(err, a.Vars)
		}
	}
}

// BenchmarkTCP and BenchmarkRawTCP are the same exchange over loopback, ours
// and with the least a server can do. Client and server share the cores, so
// only their ratio means anything.
func BenchmarkTCP(b *testing.B) {
	ln := listen(b)
	vars := answer()
	start(b, agi.DefaultConfig(), agi.HandlerFunc(func(ctx context.Context, s *agi.Session) error {
		return s.Finish(ctx, vars)
	}), ln, zerolog.Nop())
	benchmarkTCP(b, ln)
}

func BenchmarkRawTCP(b *testing.B) {
	ln := listen(b)
	pairs := make([]string, 0, len(answer()))
	for _, v := range answer() {
		pairs = append(pairs, v.Name+"="+v.Value)
	}
	raw := agitest.RawServer{Commands: []string{
		`EXEC MSet "` + strings.Join(pairs, ",") + `"`,
		`SET VARIABLE "T_OK" "1"`,
	}}
	ctx, stop := context.WithCancel(b.Context())
	served := make(chan error, 1)
	go func() { served <- raw.Serve(ctx, ln) }()
	defer func() {
		stop()
		if err := <-served; err != nil {
			b.Error(err)
		}
	}()
	benchmarkTCP(b, ln)
}

func benchmarkTCP(b *testing.B, ln net.Listener) {
	b.Helper()
	addr := ln.Addr().String()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			var a agitest.Asterisk
			if _, err := a.AGI(b.Context(), addr, "route", "v1"); err != nil || a.Vars[agi.Sentinel] != "1" {
				b.Error(err, a.Vars)
				return
			}
		}
	})
}
