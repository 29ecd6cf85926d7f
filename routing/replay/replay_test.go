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
	"tandem/geo"
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
		n, buffer := 0, make([]byte, 64)
		var c replay.Call
		one := func() {
			c = lent(buffer, &calls[n%len(calls)])
			if err := do(&c); err != nil {
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
	o := replay.Options{By: replay.Dimensions(), Policy: policy, As: monday, Place: firstDigit}
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
	o := replay.Options{By: replay.Dimensions(), Examples: 300, Place: firstDigit}
	want := run(t, before, after, o, of(calls))
	source := func(_ context.Context, do func(*replay.Call) error) error {
		buffer := make([]byte, 64)
		for i := range calls {
			c := lent(buffer, &calls[i])
			if err := do(&c); err != nil {
				return err
			}
		}
		clear(buffer)
		return nil
	}
	got := run(t, before, after, o, source)
	if diff := cmp.Diff(want, got); diff != "" || len(got.Examples) < 10 {
		t.Fatalf("%d examples (-want +got):\n%s", len(got.Examples), diff)
	}
}

// A call must be possible on both sides; else neither has it.
func TestBothSidesMustKnowTheCall(t *testing.T) {
	t.Parallel()
	known, unknown := offices(t, 1, 2), offices(t, 1)
	calls := []replay.Call{
		{ID: "sw-1", Server: "sw", AccountID: 1, BNumber: "442038070121", StartedAt: monday},
		{ID: "sw-2", Server: "sw", AccountID: 2, BNumber: "442038070121", StartedAt: monday},
	}
	for _, sides := range [][2]*routing.Snapshot{{known, unknown}, {unknown, known}} {
		report := run(t, sides[0], sides[1], replay.Options{}, of(calls))
		if report.Total.Calls != 1 || len(report.Skipped) != 1 || report.Skipped[0].Reason != replay.SkipAccountGone {
			t.Fatalf("%+v", report)
		}
	}
}

// offices is a snapshot with these accounts and nobody to call by.
func offices(t *testing.T, accounts ...int64) *routing.Snapshot {
	t.Helper()
	d := routing.Data{
		Servers: []routing.Server{{ID: 1, Name: "sw"}}, Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1},
	}
	for _, id := range accounts {
		d.Accounts = append(d.Accounts, routing.Account{ID: id, Enabled: true})
	}
	return snapshot(t, d, nil)
}

// Examples are those with the largest difference, up or down; of equals those
// that came first.
func TestExamplesAreTheLargest(t *testing.T) {
	t.Parallel()
	before, after, calls := carriers(t, 200, 3, 300)
	calls = append(calls, calls...) // every difference twice
	for i := range calls {
		calls[i].ID = fmt.Sprintf("sw-%03d", i)
	}
	all := run(t, before, after, replay.Options{Examples: len(calls), Place: firstDigit}, of(calls)).Examples
	if len(all) < 100 {
		t.Fatalf("%d calls changed", len(all))
	}
	for i := 1; i < len(all); i++ {
		x, y := all[i-1], all[i]
		if a, b := max(x.Gain, -x.Gain), max(y.Gain, -y.Gain); a < b || a == b && x.CallID > y.CallID {
			t.Fatalf("%s of %s before %s of %s", x.CallID, x.Gain, y.CallID, y.Gain)
		}
	}
	few := run(t, before, after, replay.Options{Examples: 20, Place: firstDigit}, of(calls)).Examples
	if diff := cmp.Diff(all[:20], few); diff != "" {
		t.Fatal(diff)
	}
}

// The numbering plan is asked once for each area, which is told by seven digits
// and the length.
func TestAreasAreAskedOnce(t *testing.T) {
	t.Parallel()
	s := offices(t, 1)
	asked := map[e164.Number]int{}
	describe := func(b string) geo.Place {
		asked[e164.Number(fmt.Sprint(b[:7], len(b)))]++
		return geo.Place{Region: b[:3]}
	}
	var calls []replay.Call
	for i := range 3000 {
		for _, rest := range []string{"121", "122", "1211"} {
			calls = append(calls, replay.Call{Server: "sw", AccountID: 1, BNumber: e164.Number(fmt.Sprint(4420000+i*7, rest)), StartedAt: monday})
		}
	}
	report := run(t, s, s, replay.Options{By: []replay.Dimension{replay.ByDestination, replay.ByCountry}, Place: describe}, of(calls))
	if len(asked) != 6000 {
		t.Fatalf("%d areas, want 6000", len(asked))
	}
	for area, times := range asked {
		if times != 1 {
			t.Fatalf("%s: asked %d times", area, times)
		}
	}
	rows := report.Tables[0].Rows
	if len(rows) != 3 || rows[0].Name != "442, unknown" || rows[0].Calls != 3*1429 || report.Tables[1].Rows[0].Name != "unknown" || report.Tables[1].Rows[0].Calls != 9000 {
		t.Fatalf("%+v", report.Tables)
	}
}
