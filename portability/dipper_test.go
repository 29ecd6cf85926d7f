package portability_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
	"pgregory.net/rapid"

	"tandem/internal/e164"
	"tandem/portability"
)

// A hundred calls to one number at once are one question, and all get its
// answer.
func TestOneFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		table := newPeer()
		table.set("447700900001", "441234500001")
		table.feel("slow", 50*time.Millisecond)
		d := mustNew(t, enabled(table, ""), nil)
		var calls sync.WaitGroup
		for range 100 {
			calls.Go(func() {
				want := portability.Answer{Routing: "441234500001", Source: portability.SourceTable, Took: 50 * time.Millisecond}
				if a := d.Dip(t.Context(), "447700900001"); a != want {
					t.Errorf("got %+v, want %+v", a, want)
				}
			})
		}
		calls.Wait()
		if asked := table.questions(); len(asked) != 1 {
			t.Fatalf("asked %d times", len(asked))
		}
	})
}

// counter is a table without rows that counts its questions.
type counter struct{ asked atomic.Int64 }

func (c *counter) RoutingNumber(context.Context, e164.Number) (e164.Number, bool, error) {
	c.asked.Add(1)
	return "", false, nil
}

// However calls to one number meet, also where one flight lands as the next
// call is about to start its own, the number is asked for once.
func TestOneQuestionANumber(t *testing.T) {
	t.Parallel()
	table := new(counter)
	d := mustNew(t, patient(enabled(table, "")), nil)
	all := series(5000)
	var calls sync.WaitGroup
	for range 4 {
		calls.Go(func() {
			for _, n := range all {
				d.Dip(t.Context(), n)
			}
		})
	}
	calls.Wait()
	if asked := table.asked.Load(); asked != int64(len(all)) {
		t.Fatalf("%d numbers, %d questions", len(all), asked)
	}
}

// The caller who hangs up leaves at once; the others who wait for the same
// number still get the answer.
func TestCallerHangsUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		table := newPeer()
		table.set("447700900001", "441234500001")
		table.feel("slow", 100*time.Millisecond)
		d := mustNew(t, enabled(table, ""), nil)
		first, hangUp := context.WithCancel(t.Context())
		var calls sync.WaitGroup
		calls.Go(func() {
			want := portability.Answer{Routing: "447700900001", Source: portability.SourceTimeout, Took: 30 * time.Millisecond}
			if a := d.Dip(first, "447700900001"); a != want {
				t.Errorf("who hangs up: got %+v, want %+v", a, want)
			}
		})
		synctest.Wait() // the flight is his
		calls.Go(func() {
			want := portability.Answer{Routing: "441234500001", Source: portability.SourceTable, Took: 100 * time.Millisecond}
			if a := d.Dip(t.Context(), "447700900001"); a != want {
				t.Errorf("who stays: got %+v, want %+v", a, want)
			}
		})
		time.Sleep(30 * time.Millisecond)
		hangUp()
		calls.Wait()
		if asked := table.questions(); len(asked) != 1 {
			t.Fatalf("asked %d times", len(asked))
		}
		// Who has hung up already does not start a flight, but what is
		// remembered is his.
		if a := d.Dip(first, "447700900001"); a.Routing != "441234500001" || a.Source != portability.SourceCache {
			t.Fatalf("remembered: %+v", a)
		}
		if a := d.Dip(first, "447700900002"); a.Source != portability.SourceTimeout || len(table.questions()) != 1 {
			t.Fatalf("hung up before: %+v, asked %v", a, table.questions())
		}
	})
}

// While a source is at rest and its time is over, one call of many tries it.
func TestOneProbe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		table := newPeer()
		table.feel("down", 0)
		d := mustNew(t, enabled(table, ""), nil)
		for _, n := range numbers(3) {
			d.Dip(t.Context(), n)
		}
		time.Sleep(time.Second)
		table.feel("slow", 40*time.Millisecond)
		var calls sync.WaitGroup
		for _, n := range numbers(50) {
			calls.Go(func() { d.Dip(t.Context(), n) })
		}
		calls.Wait()
		if asked := len(table.questions()) - 3; asked != 1 {
			t.Fatalf("%d probes", asked)
		}
		for _, n := range numbers(100)[50:] {
			if a := d.Dip(t.Context(), n); a.Source != portability.SourceNone {
				t.Fatalf("after the probe: %+v", a)
			}
		}
	})
}

// Calls under way when the source begins to rest do not make it rest longer.
func TestLateFailuresDoNotCount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		table := newPeer()
		table.feel("slow", time.Hour)
		d := mustNew(t, enabled(table, ""), nil)
		var calls sync.WaitGroup
		for i, n := range numbers(10) {
			calls.Go(func() {
				time.Sleep(time.Duration(i) * 10 * time.Millisecond)
				d.Dip(t.Context(), n)
			})
		}
		time.Sleep(170 * time.Millisecond) // the third has failed
		table.feel("up", 0)
		time.Sleep(time.Second)
		if a := d.Dip(t.Context(), "447700900001"); a.Source != portability.SourceNone {
			t.Fatalf("a second later: %+v", a)
		}
		calls.Wait()
	})
}

// What was asked before the rows changed is not remembered after it.
func TestPurgeInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		table := newPeer()
		table.set("447700900001", "441234500001")
		table.feel("slow", 100*time.Millisecond)
		d := mustNew(t, enabled(table, ""), nil)
		var calls sync.WaitGroup
		calls.Go(func() { d.Dip(t.Context(), "447700900001") })
		synctest.Wait()
		table.set("447700900001", "441234500002")
		d.Purge()
		calls.Wait()
		if a := d.Dip(t.Context(), "447700900001"); a.Routing != "441234500002" {
			t.Fatalf("got %+v, want the changed row", a)
		}
	})
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	table, c := newPeer(), new(counts)
	table.set("447700900001", "441234500001")
	config := patient(enabled(table, ""))
	config.Prefixes = []string{"44"}
	d, err := portability.New(config, zerolog.Nop(), c)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []e164.Number{"447700900001", "447700900001", "447700900002", "74957777777"} {
		d.Dip(t.Context(), n)
	}
	want := map[portability.Source]int{portability.SourceTable: 1, portability.SourceCache: 1, portability.SourceNone: 1}
	if diff := cmp.Diff(want, c.by); diff != "" {
		t.Fatal(diff)
	}
}

// The log tells once that a source fails and once that it is back, and never a
// secret or a number.
func TestLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		service := newPeer()
		c := enabled(nil, serviceURL)
		c.Token = "t0ps3cret"
		d, err := portability.NewOver(c, zerolog.New(&log), nil, service)
		if err != nil {
			t.Fatal(err)
		}
		service.feel("down", 0)
		for range 10 {
			d.Dip(t.Context(), "447700900001")
		}
		service.feel("up", 0)
		time.Sleep(time.Minute)
		for _, n := range numbers(10) {
			d.Dip(t.Context(), n)
		}
		text := log.String()
		if strings.Count(text, "\n") != 2 || strings.Count(text, "source fails") != 1 || strings.Count(text, "answers again") != 1 {
			t.Errorf("want one line for the failure and one for the return:\n%s", text)
		}
		for _, secret := range []string{"t0ps3cret", "hush", "447700900", "/v1/"} {
			if strings.Contains(text, secret) {
				t.Errorf("the log has %q:\n%s", secret, text)
			}
		}
	})
}

// Whatever sources do in whatever order: a dip ends in time, its routing
// number was a row of a source within the time things are kept, and where the
// source says that there is none it is the number itself.
func TestAnyHistory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(drawStep), 1, 40).Draw(rt, "steps")
		var fault string
		synctest.Test(t, func(t *testing.T) { fault = live(t, steps) })
		if fault != "" {
			rt.Fatal(fault)
		}
	})
}

// step is something that happens to a source, or a dip.
type step struct {
	Do      string
	Who     string
	Number  string
	Routing string
	Mood    string
	For     time.Duration // how slow the source is, or how long nothing happens
}

func drawStep(t *rapid.T) step {
	s := step{
		Do:      rapid.SampledFrom([]string{"dip", "dip", "dip", "row", "mood", "wait"}).Draw(t, "do"),
		Who:     rapid.SampledFrom([]string{"table", "http"}).Draw(t, "who"),
		Number:  rapid.SampledFrom([]string{"447700900001", "447700900002"}).Draw(t, "number"),
		Routing: rapid.SampledFrom([]string{"441", "442", "443"}).Draw(t, "routing"),
		Mood:    rapid.SampledFrom([]string{"up", "up", "down", "slow", "stuck"}).Draw(t, "mood"),
	}
	if s.Do == "wait" || s.Mood == "slow" {
		s.For = time.Duration(rapid.SampledFrom([]int{1, 70, 100, 160, 1000, 30_000, 60_000}).Draw(t, "ms")) * time.Millisecond
	}
	return s
}

// live goes through the steps and tells what is wrong; nothing when all is well.
func live(t *testing.T, steps []step) (fault string) {
	t.Helper()
	table, service := newPeer(), newPeer()
	defer close(table.freed)
	defer close(service.freed)
	c := enabled(table, serviceURL)
	c.CacheFor = time.Minute
	d := mustNew(t, c, service)
	peers := map[string]*peer{"table": table, "http": service}
	replaced := map[string]time.Time{} // "number routing": when it was last a row
	for i, s := range steps {
		p := peers[s.Who]
		switch s.Do {
		case "row":
			replaced[s.Number+" "+p.rows[s.Number]] = time.Now()
			p.set(s.Number, s.Routing)
		case "mood":
			p.feel(s.Mood, s.For)
		case "wait":
			time.Sleep(s.For)
		case "dip":
			a := d.Dip(t.Context(), e164.Number(s.Number))
			routing := string(a.Routing)
			itself := routing == s.Number
			last, was := replaced[s.Number+" "+routing]
			remembered := itself || routing == table.rows[s.Number] || routing == service.rows[s.Number] || was && time.Since(last) < c.CacheFor
			ok := a.Took <= c.Timeout
			switch a.Source {
			case portability.SourceTable:
				ok = ok && routing == table.rows[s.Number]
			case portability.SourceHTTP:
				ok = ok && routing == service.rows[s.Number]
			case portability.SourceCache:
				ok = ok && remembered
			case portability.SourceNone:
				ok = ok && itself && table.rows[s.Number] == "" && service.rows[s.Number] == ""
			case portability.SourceTimeout, portability.SourceError:
				ok = ok && itself
			case portability.SourceOff:
				ok = false
			}
			if !ok {
				return fmt.Sprintf("step %d, %+v: %+v", i, s, a)
			}
		}
	}
	return ""
}

func numbers(n int) []e164.Number {
	all := make([]e164.Number, n)
	for i := range all {
		all[i] = e164.Number("4477009" + string(rune('0'+i/100)) + string(rune('0'+i/10%10)) + string(rune('0'+i%10)) + "0")
	}
	return all
}
