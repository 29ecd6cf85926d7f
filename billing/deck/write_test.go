package deck_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/billing/deck"
	"tandem/billing/rate"
	"tandem/internal/money"
)

func each(rates []deck.Rate) deck.Rates {
	return func(yield func(deck.Rate, error) bool) {
		for _, r := range rates {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func failing(err error) deck.Rates {
	return func(yield func(deck.Rate, error) bool) { yield(deck.Rate{}, err) }
}

func all(t interface{ Fatal(...any) }, rates deck.Rates) []deck.Rate {
	var out []deck.Rate
	for r, err := range rates {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// What is written is read back, to the last field.
func TestWriteAndReadAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rates := deckOf(t)
		var b bytes.Buffer
		if err := deck.WriteCSV(&b, each(rates)); err != nil {
			t.Fatal(err)
		}
		s, err := deck.Read(context.Background(), bytes.NewReader(b.Bytes()), int64(b.Len()), deck.Options{TimeZone: time.FixedZone("", 5*3600)})
		if err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		if got := all(t, s.All()); !slices.Equal(got, rates) {
			t.Fatalf("%s\nbecame\n%+v\nwant\n%+v", b.String(), got, rates)
		}
	})
}

// deckOf draws valid rates, sorted, with several dates and windows a code.
func deckOf(t *rapid.T) []deck.Rate {
	codes := rapid.SliceOfNDistinct(rapid.StringMatching(`[1-9][0-9]{0,14}`), 1, 30, rapid.ID).Draw(t, "codes")
	var rates []deck.Rate
	for _, code := range codes {
		start := rapid.Uint16Range(1, 1439).Draw(t, "start")
		end := rapid.Uint16Range(0, 1440).Filter(func(v uint16) bool { return v != start }).Draw(t, "end")
		windows := rapid.SampledFrom([][]rate.Window{
			{{}},
			{{Days: 1}, {Days: 0x60}},
			{{Start: start, End: end}},
			{{Days: 0x1f, Start: start, End: end}},
			{{Start: 0, End: start}, {Start: start, End: 1440}},
		}).Draw(t, "windows")
		from := time.Time{}
		for range rapid.IntRange(1, 3).Draw(t, "dates") {
			to := time.Time{}
			if rapid.Bool().Draw(t, "ends") {
				to = time.Date(2026, 1, 1, 0, 0, rapid.IntRange(0, 1e8).Draw(t, "to"), 0, time.UTC)
				if !from.IsZero() {
					to = from.Add(time.Duration(rapid.IntRange(1, 1e7).Draw(t, "for")) * time.Second)
				}
			}
			for _, w := range windows {
				rates = append(rates, deck.Rate{
					Prefix:      code,
					Destination: rapid.StringMatching(`|['=+@-]{0,3}[A-Za-zé中",;|]([A-Z a-zé中",;|'-]{0,20}[a-z"';,])?`).Draw(t, "name"),
					Blocked:     rapid.IntRange(0, 9).Draw(t, "blocked") == 0,
					Rate: rate.Rate{
						PerMinute:     money.Rate(rapid.Int64Range(0, 100_00000000).Draw(t, "price")),
						ConnectionFee: money.Amount(rapid.Int64Range(0, 100_000000).Draw(t, "connection")),
						Minimum:       money.Amount(rapid.Int64Range(0, 10_000000).Draw(t, "minimum")),
						AttemptFee:    money.Amount(rapid.Int64Range(0, 3).Draw(t, "attempt")),
						First:         rapid.Int32Range(1, 3600).Draw(t, "first"), Next: rapid.Int32Range(1, 3600).Draw(t, "next"),
						Grace: rapid.SampledFrom([]int32{0, 0, 5, 60}).Draw(t, "grace"), Free: rapid.SampledFrom([]int32{0, 0, 30, 3600}).Draw(t, "free"),
						Steps: rapid.SampledFrom([][rate.MaxSteps]rate.Step{{}, {}, {{After: 300, PerMinute: 1}}, {{After: 1, PerMinute: 0}, {After: 600, PerMinute: 100_00000000}}}).Draw(t, "steps"),
						From:  from, To: to, Window: w,
					},
				})
			}
			if from = to; to.IsZero() {
				break
			}
		}
	}
	slices.SortStableFunc(rates, func(a, b deck.Rate) int {
		return cmp.Or(strings.Compare(a.Prefix, b.Prefix), a.From.Compare(b.From), cmp.Compare(a.PerMinute, b.PerMinute))
	})
	// Rows that differ in nothing but what the order does not know are left out.
	for i := range rates {
		for k := range rates[:i] {
			a, b := &rates[k], &rates[i]
			if a.Prefix == b.Prefix && a.From.Equal(b.From) && a.PerMinute == b.PerMinute {
				b.PerMinute = (a.PerMinute + 1) % 100_00000000
			}
		}
	}
	slices.SortStableFunc(rates, func(a, b deck.Rate) int {
		return cmp.Or(strings.Compare(a.Prefix, b.Prefix), a.From.Compare(b.From), cmp.Compare(a.PerMinute, b.PerMinute))
	})
	for i := range rates {
		if rates[i].Destination == "" && i > 0 {
			rates[i].Destination = "x" // a row without a name goes on with the one above
		}
		if err := rates[i].Validate(); err != nil {
			t.Fatal(err)
		}
	}
	return rates
}

func TestWrittenSheet(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	check(t, deck.WriteCSV(&b, each([]deck.Rate{
		{Prefix: "44", Destination: `=HYPERLINK("x")`, Rate: rate.Rate{PerMinute: 1_000000, First: 60, Next: 1, From: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)}},
		{Prefix: "447", Destination: "@SUM", Blocked: true, Rate: rate.Rate{First: 1, Next: 1, Window: rate.Window{Days: 3, Start: 60, End: 1439}}},
		{Prefix: "49", Rate: rate.Rate{PerMinute: 2_000000, First: 1, Next: 1, Grace: 5, Free: 30, Steps: [rate.MaxSteps]rate.Step{{After: 300, PerMinute: 1_000000}, {After: 600, PerMinute: 500000}}}},
	})))
	want := `prefix,destination,per_minute,connection_fee,minimum_charge,attempt_fee,increments,grace,free,steps,effective_from,effective_to,days,time,status
44,"'=HYPERLINK(""x"")",0.01000000,0.000000,0.000000,0.000000,60/1,,,,2026-10-01T00:00:00Z,,,,
447,'@SUM,0.00000000,0.000000,0.000000,0.000000,1/1,,,,,,1 2,01:00-23:59:00,blocked
49,,0.02000000,0.000000,0.000000,0.000000,1/1,5,30,"300:0.01,600:0.005",,,,,
`
	if b.String() != want {
		t.Fatalf("%s\nwant\n%s", b.String(), want)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errPipe }

var errPipe = errors.New("broken pipe")

func TestWriteTellsErrors(t *testing.T) {
	t.Parallel()
	if err := deck.WriteCSV(brokenPipe{}, each(nil)); !errors.Is(err, errPipe) {
		t.Errorf("writer: %v", err)
	}
	if err := deck.WriteCSV(&bytes.Buffer{}, failing(errPipe)); !errors.Is(err, errPipe) {
		t.Errorf("rates: %v", err)
	}
}
