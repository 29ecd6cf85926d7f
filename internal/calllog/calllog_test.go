package calllog_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tandem/internal/calllog"
)

func TestLinesOfACall(t *testing.T) {
	t.Parallel()
	ring := calllog.New(4)
	log := zerolog.New(ring).With().Timestamp().Logger()
	log.Info().Str("call_id", "a-1.1").Msg("first")
	log.Info().Msg("of no call")
	log.Warn().Str("call_id", "a-1.2").Msg("of another")
	log.Error().Str("call_id", "a-1.1").Int("attempt", 2).Str("route", "7.c.g8").Msg(`second "quoted"`)
	got := ring.Of("a-1.1")
	if len(got) != 2 || got[0].Message != "first" || got[1].Message != `second "quoted"` || got[1].Level != "error" || got[1].Fields["route"] != "7.c.g8" {
		t.Fatalf("lines: %+v", got)
	}
	if time.Since(got[1].At) > time.Minute {
		t.Errorf("at %s", got[1].At)
	}
	if _, told := got[1].Fields["call_id"]; told {
		t.Error("the id is among the fields")
	}
	if n := len(ring.Of("")); n != 0 {
		t.Errorf("%d lines of no call", n)
	}
}

func TestOldLinesGo(t *testing.T) {
	t.Parallel()
	ring := calllog.New(10)
	for i := range 25 {
		fmt.Fprintf(ring, `{"level":"info","call_id":"c","message":"%d"}`, i)
	}
	got := ring.Of("c")
	if len(got) != 10 || got[0].Message != "15" || got[9].Message != "24" {
		t.Errorf("%+v", got)
	}
	long := make([]byte, 4<<10)
	for i := range long {
		long[i] = 'x'
	}
	fmt.Fprintf(ring, `{"level":"info","call_id":"long","message":"%s"}`, long)
	if n := len(ring.Of("long")); n != 0 {
		t.Errorf("%d lines that are too long", n)
	}
}

func TestManyWriters(t *testing.T) {
	t.Parallel()
	ring := calllog.New(100)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for i := range 200 {
				fmt.Fprintf(ring, `{"level":"info","call_id":"c%d","message":"%d"}`, n, i)
				ring.Of("c1")
			}
		})
	}
	all.Wait()
	total := 0
	for n := range 8 {
		total += len(ring.Of(fmt.Sprintf("c%d", n)))
	}
	if total != 100 {
		t.Errorf("%d lines of 100", total)
	}
}

func BenchmarkWrite(b *testing.B) {
	ring := calllog.New(0)
	line := []byte(`{"level":"debug","node":"demo","call_id":"asterisk-demo-1763800000.123","attempt":1,"route":"7.c.g8","time":"2026-11-22T08:00:00Z","message":"next route"}` + "\n")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ring.Write(line); err != nil {
			b.Fatal(err)
		}
	}
}
