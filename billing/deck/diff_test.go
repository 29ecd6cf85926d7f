package deck_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/billing/deck"
	"tandem/billing/rate"
	"tandem/internal/money"
)

var publish = time.Date(2026, 9, 15, 0, 0, 0, 0, time.UTC)

// smallDeck draws few codes that begin one another, with one or two dates each.
func smallDeck(t *rapid.T, name string) []deck.Rate {
	codes := rapid.SliceOfNDistinct(rapid.StringMatching(`[12]{1,4}`), 0, 12, rapid.ID).Draw(t, name)
	slices.Sort(codes)
	days := rapid.IntRange(-20, 20)
	var rates []deck.Rate
	for _, code := range codes {
		var dates []time.Time
		for range rapid.IntRange(0, 3).Draw(t, "dates") {
			dates = append(dates, publish.AddDate(0, 0, days.Draw(t, "day")))
		}
		slices.SortFunc(dates, time.Time.Compare)
		dates = slices.Compact(dates)
		spans := [][2]time.Time{{}}
		switch len(dates) {
		case 1:
			spans = [][2]time.Time{{dates[0], {}}}
		case 2:
			spans = [][2]time.Time{{{}, dates[0]}, {dates[1], {}}}
		case 3:
			spans = [][2]time.Time{{dates[0], dates[1]}, {dates[1], dates[2]}}
		}
		for _, span := range spans {
			rates = append(rates, deck.Rate{
				Prefix: code, Destination: "to " + code[:1], Blocked: rapid.IntRange(0, 5).Draw(t, "blocked") == 0,
				Rate: rate.Rate{
					PerMinute: money.Rate(rapid.Int64Range(0, 5).Draw(t, "price")) * 1_000_000,
					First:     60, Next: rapid.SampledFrom([]int32{60, 60, 1}).Draw(t, "next"), From: span[0], To: span[1],
				},
			})
		}
	}
	return rates
}

// at is the rate of exactly that code in force then.
func at(rates []deck.Rate, prefix string, when time.Time) *deck.Rate {
	for i := range rates {
		if r := &rates[i]; r.Prefix == prefix && r.ValidAt(when) {
			return r
		}
	}
	return nil
}

// parent is the rate of the longest shorter code in force then.
func parent(rates []deck.Rate, prefix string, when time.Time) *deck.Rate {
	for n := len(prefix) - 1; n > 0; n-- {
		if r := at(rates, prefix[:n], when); r != nil {
			return r
		}
	}
	return nil
}

// model counts by the definitions, code by code, without walking decks side by
// side.
type model struct {
	created, raised, lowered, changed, deleted, blocked, unchanged int
	steep, hasty, below                                            int
}

func compare(live, sheet []deck.Rate, mode deck.Mode, sell money.Rate) (m model) {
	codes := make(map[string]bool)
	for _, r := range slices.Concat(live, sheet) {
		codes[r.Prefix] = true
	}
	for code := range codes {
		named := slices.ContainsFunc(sheet, func(r deck.Rate) bool { return r.Prefix == code })
		was, will := lasting(live, code), lasting(sheet, code)
		grave := map[string]bool{}
		switch {
		case len(will) == 0 && len(was) == 0:
			continue
		case len(will) == 0 && mode == deck.ModePartial && !named:
			m.unchanged++
			continue
		case len(will) == 0:
			m.deleted++
			continue
		}
		steep, hasty, below := false, false, false
		for _, r := range will {
			begins := r.From
			if begins.Before(publish) {
				begins = publish
			}
			own := at(live, code, begins)
			old := own
			if own == nil {
				old = parent(live, code, begins)
			}
			switch {
			case r.Blocked && (own == nil || !own.Blocked):
				grave["blocked"] = true
			case r.Blocked:
			case own == nil || own.Blocked:
				grave["created"] = true
			case r.PerMinute > own.PerMinute:
				grave["raised"] = true
			case r.PerMinute < own.PerMinute:
				grave["lowered"] = true
			case r.Next != own.Next:
				grave["changed"] = true
			}
			if r.Blocked {
				continue
			}
			below = below || sell < r.PerMinute
			if old != nil && !old.Blocked && r.PerMinute > old.PerMinute {
				hasty = hasty || begins.Before(publish.AddDate(0, 0, 7))
				limit := new(big.Rat).Mul(big.NewRat(int64(old.PerMinute), 1), big.NewRat(125, 100))
				steep = steep || big.NewRat(int64(r.PerMinute), 1).Cmp(limit) > 0
			}
		}
		if len(grave) == 0 && ends(will).Before(ends(was)) {
			grave["changed"] = true
		}
		for _, kind := range []struct {
			name  string
			count *int
		}{{"blocked", &m.blocked}, {"raised", &m.raised}, {"created", &m.created}, {"lowered", &m.lowered}, {"changed", &m.changed}, {"", &m.unchanged}} {
			if kind.name == "" || grave[kind.name] {
				*kind.count++
				break
			}
		}
		for flag, count := range map[*bool]*int{&steep: &m.steep, &hasty: &m.hasty, &below: &m.below} {
			if *flag {
				*count++
			}
		}
	}
	return m
}

func lasting(rates []deck.Rate, code string) []deck.Rate {
	var out []deck.Rate
	for _, r := range rates {
		if r.Prefix == code && (r.To.IsZero() || r.To.After(publish)) {
			out = append(out, r)
		}
	}
	return out
}

func ends(rates []deck.Rate) time.Time {
	last := time.Time{}
	for _, r := range rates {
		if r.To.IsZero() {
			return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		if r.To.After(last) {
			last = r.To
		}
	}
	return last
}

func TestDiffAgainstNaiveModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		live, sheet := smallDeck(t, "old"), smallDeck(t, "new")
		mode := rapid.SampledFrom([]deck.Mode{deck.ModeFull, deck.ModePartial}).Draw(t, "mode")
		sell := money.Rate(2_500_000)
		c, err := deck.Diff(each(live), each(sheet), publish, deck.DiffOptions{
			Mode: mode, Sell: func(string) (money.Rate, bool) { return sell, true },
			Traffic: func(string) (int64, int64) { return 60, 1 },
		})
		if err != nil {
			t.Fatal(err)
		}
		got := model{c.Created, c.Raised, c.Lowered, c.Changed, c.Deleted, c.Blocked, c.Unchanged, c.Steep, c.Hasty, c.BelowCost}
		if want := compare(live, sheet, mode, sell); got != want {
			t.Fatalf("%+v\nwant %+v", got, want)
		}
		sumUp(t, c)
	})
}

// sumUp checks that the destinations add up to the whole.
func sumUp(t *rapid.T, c deck.Comparison) {
	codes, impact, seconds := c.Unchanged, money.Amount(0), int64(0)
	for _, d := range c.Destinations {
		codes += d.Codes - d.Unchanged
		if d.Impact != nil {
			impact += d.Impact.Difference
			seconds += d.Impact.LostSeconds
		}
	}
	if codes != c.Codes {
		t.Fatalf("%d codes in destinations, %d in all", codes, c.Codes)
	}
	if c.Impact != nil && (impact != c.Impact.Difference || seconds != c.Impact.LostSeconds || c.Impact.Difference != c.Impact.After-c.Impact.Before) {
		t.Fatalf("%+v, the destinations sum up to %s and %d s", *c.Impact, impact, seconds)
	}
}

// After the publication a code has the rate of the sheet as soon as one is in
// force, the old one until the first of them begins, and never two.
func TestCarryOverLeavesNoHole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		live, sheet := smallDeck(t, "old"), smallDeck(t, "new")
		o := deck.CarryOptions{PublishAt: publish, Mode: rapid.SampledFrom([]deck.Mode{"", deck.ModeFull, deck.ModePartial}).Draw(t, "mode")}
		if rapid.Bool().Draw(t, "ahead") {
			o.DeleteAt = publish.AddDate(0, 0, 5)
		}
		whole := all(t, deck.CarryOver(each(live), each(sheet), o))
		for i, r := range whole {
			if err := r.Validate(); err != nil {
				t.Fatal(err)
			}
			if i > 0 && (r.Prefix < whole[i-1].Prefix || r.Prefix == whole[i-1].Prefix && meets(whole[i-1], r)) {
				t.Fatalf("%+v after %+v", r, whole[i-1])
			}
		}
		for _, code := range []string{"1", "2", "11", "12", "121", "122", "1212", "2222"} {
			for day := range 25 {
				when := publish.AddDate(0, 0, day)
				if got, want := at(whole, code, when), carriedRate(live, sheet, code, when, o); (got == nil) != (want == nil) || got != nil && !sameTerms(*got, *want) {
					t.Fatalf("%s on day %d: %+v, want %+v", code, day, got, want)
				}
			}
		}
	})
}

func carriedRate(live, sheet []deck.Rate, code string, when time.Time, o deck.CarryOptions) *deck.Rate {
	if r := at(sheet, code, when); r != nil {
		return r
	}
	named := slices.ContainsFunc(sheet, func(r deck.Rate) bool { return r.Prefix == code })
	old := at(live, code, when)
	switch {
	case !named && o.Mode == deck.ModePartial:
		return old
	case !named && when.Before(o.DeleteAt):
		return old
	case !named:
		return nil
	}
	for _, r := range lasting(sheet, code) {
		if !r.From.After(when) {
			return nil // the sheet's own end
		}
	}
	if len(lasting(sheet, code)) == 0 {
		return nil
	}
	return old
}

func sameTerms(a, b deck.Rate) bool {
	a.From, a.To, b.From, b.To = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	return a == b
}

func TestDecksTellErrors(t *testing.T) {
	t.Parallel()
	gone := errors.New("connection gone")
	one := []deck.Rate{{Prefix: "44"}, {Prefix: "33"}}
	for name, c := range map[string]struct {
		live, sheet deck.Rates
		want        string
	}{
		"old deck": {failing(gone), each(nil), gone.Error()},
		"sheet":    {each(nil), failing(gone), gone.Error()},
		"unsorted": {each(one), each(nil), "not sorted"},
	} {
		if _, err := deck.Diff(c.live, c.sheet, publish, deck.DiffOptions{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("diff, %s: %v", name, err)
		}
		var last error
		for _, err := range deck.CarryOver(c.live, c.sheet, deck.CarryOptions{PublishAt: publish, Mode: deck.ModePartial}) {
			last = cmp.Or(err, last)
		}
		if last == nil || !strings.Contains(last.Error(), c.want) {
			t.Errorf("carry, %s: %v", name, last)
		}
	}
	for r, err := range deck.CarryOver(each(nil), each([]deck.Rate{{Prefix: "44"}, {Prefix: "45"}}), deck.CarryOptions{}) {
		if r.Prefix != "44" || err != nil {
			t.Errorf("%s, %v", r.Prefix, err)
		}
		break
	}
	huge := []deck.Rate{{Prefix: "44", Rate: rate.Rate{PerMinute: 1 << 60, First: 1, Next: 1}}}
	if _, err := deck.Diff(each(huge), each(huge), publish, deck.DiffOptions{Traffic: func(string) (int64, int64) { return 1 << 40, 1 << 30 }}); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("impact out of range: %v", err)
	}
}

func TestComparisonAsJSON(t *testing.T) {
	t.Parallel()
	live := []deck.Rate{{Prefix: "44", Destination: "UK", Rate: rate.Rate{PerMinute: 1_000_000, First: 60, Next: 60}}}
	sheet := []deck.Rate{{Prefix: "44", Destination: "UK", Rate: rate.Rate{PerMinute: 900_000, First: 60, Next: 60}}}
	c, err := deck.Diff(each(live), each(sheet), publish, deck.DiffOptions{Traffic: func(string) (int64, int64) { return 6000, 100 }})
	check(t, err)
	text, err := json.Marshal(c)
	check(t, err)
	change := `"codes":1,"created":0,"raised":0,"lowered":1,"changed":0,"deleted":0,"blocked":0,"unchanged":0,` +
		`"before":{"min":"0.01000000","max":"0.01000000"},"after":{"min":"0.00900000","max":"0.00900000"},"percent":"-10.00",` +
		`"impact":{"before":"1.000000","after":"0.900000","difference":"-0.100000"},"steep":0,"hasty":0,"below_cost":0`
	want := fmt.Sprintf(`{%s,"at":"2026-09-15T00:00:00Z","destinations":[{"name":"UK",%s}]}`, change, change)
	if string(text) != want {
		t.Fatalf("%s\nwant\n%s", text, want)
	}
}
