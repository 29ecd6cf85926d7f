package fx_test

import (
	"math/big"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/billing/fx"
	"tandem/internal/money"
)

func TestCompare(t *testing.T) {
	at := func(date, currency, v string) fx.Rate {
		return fx.Rate{From: day(date), Currency: currency, PerEUR: per(t, v)}
	}
	was := []fx.Rate{at("2026-11-18", "USD", "1.00"), at("2026-11-20", "USD", "1.20"), at("2026-11-18", "GBP", "0.85")}
	for _, c := range []struct {
		name  string
		rates []fx.Rate
		want  int
		move  string // of the first
		last  string // that it is held against
		far   bool
	}{
		{"there already", []fx.Rate{at("2026-11-18", "USD", "1")}, 0, "", "", false},
		{"the next day", []fx.Rate{at("2026-11-21", "USD", "1.44")}, 1, "20", "1.20000000", false},
		{"a little more", []fx.Rate{at("2026-11-21", "USD", "1.44001")}, 1, "20.0008", "1.20000000", true},
		{"down", []fx.Rate{at("2026-11-21", "USD", "0.9")}, 1, "-25", "1.20000000", true},
		{"in between", []fx.Rate{at("2026-11-19", "USD", "1.1")}, 1, "10", "1.00000000", false},
		{"before the first", []fx.Rate{at("2026-11-17", "USD", "2")}, 1, "100", "1.00000000", true},
		{"another rate of a day", []fx.Rate{at("2026-11-20", "USD", "2")}, 1, "100", "1.00000000", true},
		{"a new currency", []fx.Rate{at("2026-11-20", "JPY", "160")}, 1, "", "0.00000000", false},
		{"against one that comes with it", []fx.Rate{at("2026-11-21", "JPY", "100"), at("2026-11-20", "JPY", "160")}, 2, "60", "100.00000000", true},
		{"beyond measure", []fx.Rate{at("2026-11-21", "GBP", "90000000000")}, 1, "none", "0.85000000", true},
	} {
		got := fx.Compare(was, c.rates)
		if len(got) != c.want {
			t.Errorf("%s: %+v", c.name, got)
			continue
		}
		if c.want == 0 {
			continue
		}
		move := ""
		if got[0].Move != nil {
			move = got[0].Move.String()
		} else if got[0].Last != 0 {
			move = "none"
		}
		if move != c.move || got[0].Last.String() != c.last || slices.ContainsFunc(got, func(g fx.Change) bool { return g.Far(20) }) != c.far {
			t.Errorf("%s: %+v, moves %q", c.name, got, move)
		}
	}
}

// What is changed is what differs, once, and taking it in leaves nothing to
// change.
func TestCompareAgainstModel(t *testing.T) {
	rates := func(t *rapid.T, label string) []fx.Rate {
		return rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) fx.Rate {
			return fx.Rate{
				From:     day("2026-01-01").AddDate(0, 0, rapid.IntRange(0, 6).Draw(t, "day")),
				Currency: rapid.SampledFrom([]string{"USD", "JPY"}).Draw(t, "currency"),
				PerEUR:   money.FX(rapid.Int64Range(1, 20).Draw(t, "rate")),
			}
		}), 0, 12, func(r fx.Rate) string { return r.Currency + r.From.Format(time.DateOnly) }).Draw(t, label)
	}
	rapid.Check(t, func(t *rapid.T) {
		was, now := rates(t, "was"), rates(t, "now")
		after := map[string]map[time.Time]money.FX{"USD": {}, "JPY": {}}
		before := map[string]map[time.Time]money.FX{"USD": {}, "JPY": {}}
		for _, r := range was {
			before[r.Currency][r.From] = r.PerEUR
			after[r.Currency][r.From] = r.PerEUR
		}
		want := 0
		for _, r := range now {
			if before[r.Currency][r.From] != r.PerEUR {
				want++
			}
			after[r.Currency][r.From] = r.PerEUR
		}
		changes := fx.Compare(was, now)
		if len(changes) != want {
			t.Fatalf("%d changes, want %d: %+v", len(changes), want, changes)
		}
		var merged []fx.Rate
		for currency, of := range after {
			for at, v := range of {
				merged = append(merged, fx.Rate{From: at, Currency: currency, PerEUR: v})
			}
		}
		for _, c := range changes {
			if c.Before != before[c.Currency][c.From] || c.PerEUR != after[c.Currency][c.From] {
				t.Fatalf("%+v", c)
			}
			last, far := time.Time{}, false
			for at := range after[c.Currency] {
				if at.Before(c.From) && at.After(last) {
					last = at
				}
			}
			if last.IsZero() {
				for at := range after[c.Currency] {
					if at.After(c.From) && (last.IsZero() || at.Before(last)) {
						last = at
					}
				}
			}
			if v := after[c.Currency][last]; v != c.Last {
				t.Fatalf("%+v: held against %s, want %s", c, c.Last, v)
			} else if v != 0 {
				moved := new(big.Rat).SetFrac64(int64(c.PerEUR-v), int64(v))
				far = moved.Abs(moved).Cmp(big.NewRat(1, 5)) > 0
			}
			if c.Far(20) != far {
				t.Fatalf("%+v: far %v", c, far)
			}
		}
		if again := fx.Compare(merged, now); len(again) != 0 {
			t.Fatalf("once more: %+v", again)
		}
	})
}
