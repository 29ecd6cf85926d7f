package replay_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
	"tandem/routing/replay"
)

// A run that is ended in the middle has no report, whoever notices it.
func TestEndedRunHasNoReport(t *testing.T) {
	t.Parallel()
	before, after, calls := carriers(t, 20, 2, 1)
	for name, passesOn := range map[string]bool{"the source goes on": false, "the source stops": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			given := 0
			endless := func(ctx context.Context, do func(*replay.Call) error) error {
				for {
					if given++; given == 3000 {
						cancel()
					}
					if passesOn && ctx.Err() != nil {
						return nil // as if there were no more
					}
					if err := do(&calls[0]); err != nil {
						return err
					}
				}
			}
			report, err := replay.Run(ctx, before, after, replay.Options{}, endless, nil)
			if report != nil || !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "stopped at call") {
				t.Fatalf("%v, %v", report, err)
			}
			if given > 3000+2048 {
				t.Fatalf("%d calls after the end", given-3000)
			}
		})
	}
}

func TestErrorOfTheSourceIsPassedOn(t *testing.T) {
	t.Parallel()
	before, after, calls := carriers(t, 20, 2, 5)
	lost := errors.New("connection lost")
	source := func(_ context.Context, do func(*replay.Call) error) error {
		return errors.Join(do(&calls[0]), lost)
	}
	report, err := replay.Run(t.Context(), before, after, replay.Options{}, source, nil)
	if report != nil || !errors.Is(err, lost) || !strings.Contains(err.Error(), "at call 1") {
		t.Fatalf("%v, %v", report, err)
	}
}

func TestToldHowFarItIs(t *testing.T) {
	t.Parallel()
	before, after, calls := carriers(t, 20, 2, 5000)
	var told []int64
	report, err := replay.Run(t.Context(), before, after, replay.Options{}, of(calls), func(read int64) { told = append(told, read) })
	if err != nil || report.Read != 5000 {
		t.Fatal(report, err)
	}
	if len(told) < 4 || told[len(told)-1] != 5000 || told[0] >= told[1] {
		t.Fatalf("%v", told)
	}
}

func TestUnknownDimension(t *testing.T) {
	t.Parallel()
	before, after, calls := carriers(t, 20, 2, 1)
	_, err := replay.Run(t.Context(), before, after, replay.Options{By: []replay.Dimension{"planet"}}, of(calls), nil)
	if err == nil || !strings.Contains(err.Error(), `"planet"`) || !strings.Contains(err.Error(), "destination") {
		t.Fatal(err)
	}
}

// Sums beyond the range of an amount end the run; they are never wrong.
func TestOverflowIsAnError(t *testing.T) {
	t.Parallel()
	d := routing.Data{
		Servers: []routing.Server{{ID: 1, Name: "sw"}}, Accounts: []routing.Account{{ID: 1, Enabled: true}},
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1},
		Providers: []routing.Provider{{ID: 1, Name: "dear", CurrencyID: 1, Enabled: true, Dynamic: true, Plain: true}},
		Addresses: []routing.Address{{ID: 1, ProviderID: 1, Host: "sbc.example", Direction: routing.Out, Protocol: "SIP"}},
		Decks:     []routing.Deck{{ID: 1, Revision: 1, ProviderID: 1, Tier: routing.TierCLI}},
	}
	const fee = math.MaxInt64 / 6 // two sides: three calls fit, the fourth does not
	s := snapshot(t, d, map[int64][]routing.DeckRow{1: {{Prefix: "4", Rate: rate.Rate{ConnectionFee: fee, First: 1, Next: 1}}}})
	var calls []replay.Call
	for i := range 4 {
		calls = append(calls, replay.Call{ID: fmt.Sprint("sw-", i), Server: "sw", AccountID: 1, BNumber: "442038070121", StartedAt: monday, Answered: true, Talk: time.Second})
	}
	if report := run(t, s, s, replay.Options{}, of(calls[:3])); report.Total.After.Cost != 3*fee {
		t.Fatalf("%s", report.Total.After.Cost)
	}
	_, err := replay.Run(t.Context(), s, s, replay.Options{}, of(calls), nil)
	if !errors.Is(err, money.ErrOverflow) || !strings.Contains(err.Error(), "sw-3") {
		t.Fatal(err)
	}
}

// A call that cannot be priced is left out of both sides.
func TestCallOutOfRangeIsSkipped(t *testing.T) {
	t.Parallel()
	before, after, calls := carriers(t, 20, 2, 2)
	calls[0].Answered, calls[0].Talk = true, -time.Second
	calls[1].Answered, calls[1].Talk = true, 8*24*time.Hour
	report := run(t, before, after, replay.Options{}, of(calls))
	if len(report.Skipped) != 1 || report.Skipped[0] != (replay.SkipCount{Reason: replay.SkipNotPriced, Calls: 2}) || report.Total.Calls != 0 {
		t.Fatalf("%+v", report)
	}
}

// The calls of a known area cost no memory: a replay of a year takes no more
// than one of an hour.
func TestNoMemoryPerCall(t *testing.T) {
	before, after, calls := carriers(t, 1000, 5, 512)
	allocs := -1.0
	source := func(_ context.Context, do func(*replay.Call) error) error {
		n := 0
		one := func() {
			if err := do(&calls[n%len(calls)]); err != nil {
				t.Error(err)
			}
			n++
		}
		for range 2 * len(calls) {
			one()
		}
		allocs = testing.AllocsPerRun(2*len(calls), one)
		return nil
	}
	policy := &routing.Policy{Kind: routing.Share, Name: "even"}
	for id := range int64(5) {
		policy.Routes = append(policy.Routes, routing.PolicyRoute{ProviderID: id + 1, Weight: 1})
	}
	o := replay.Options{By: replay.Dimensions(), Policy: policy, As: monday, Describe: firstDigit}
	if report := run(t, before, after, o, source); report.Total.Changed == 0 || report.Recorded.Priced == 0 {
		t.Fatalf("%+v", report)
	}
	if allocs != 0 {
		t.Errorf("%v allocations a call", allocs)
	}
}

// The report keeps nothing of the call that it was given: sources use one again
// and again.
func TestCallsAreNotKept(t *testing.T) {
	t.Parallel()
	before, after, calls := carriers(t, 200, 3, 300)
	o := replay.Options{By: replay.Dimensions(), Examples: 300, Describe: firstDigit}
	want := run(t, before, after, o, of(calls))
	source := func(_ context.Context, do func(*replay.Call) error) error {
		for i := range calls {
			c := calls[i]
			text := []byte(string(c.BNumber) + c.ID + c.Route)
			view := unsafeString(text)
			c.BNumber, c.ID, c.Route = e164.Number(view[:11]), view[11:11+len(c.ID)], view[11+len(c.ID):]
			if err := do(&c); err != nil {
				return err
			}
			for i := range text {
				text[i] = 'X'
			}
		}
		return nil
	}
	got := run(t, before, after, o, source)
	if diff := cmp.Diff(want, got); diff != "" || len(got.Examples) < 10 {
		t.Fatalf("%d examples (-want +got):\n%s", len(got.Examples), diff)
	}
}
