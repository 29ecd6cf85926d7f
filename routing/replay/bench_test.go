package replay_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"syscall"
	"testing"
	"time"

	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
	"tandem/routing/replay"
)

// carriers is a switch with that many prefixes of 3 to 9 digits, all sold by
// each of the providers at its own prices, a tariff, and calls to them. The
// after side has another deck of provider 1.
func carriers(tb testing.TB, prefixes, providers, calls int) (before, after *routing.Snapshot, list []replay.Call) {
	tb.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{}
	var digits []string
	for len(digits) < prefixes {
		prefix := (strconv.Itoa(1+random.IntN(9)) + fmt.Sprintf("%08d", random.IntN(100_000_000)))[:3+random.IntN(7)]
		if !seen[prefix] {
			seen[prefix] = true
			digits = append(digits, prefix)
		}
	}
	d := routing.Data{
		Servers: []routing.Server{{ID: 1, Name: "sw"}}, Tariffs: []routing.Tariff{{ID: 1, Name: "retail", CurrencyID: 2}},
		Accounts:   []routing.Account{{ID: 1, Name: "office", Enabled: true, TariffID: 1, DefaultCLI: "442038070121"}},
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}, {ID: 2, ISO: "EUR"}}, FX: map[int64]money.FX{1: 110_000_000, 2: 100_000_000},
	}
	steps := [][2]int32{{1, 1}, {60, 60}, {30, 6}, {60, 1}}
	rows := map[int64][]routing.DeckRow{}
	deck := func(d routing.Deck) routing.Deck {
		for _, prefix := range digits {
			s := steps[random.IntN(len(steps))]
			rows[d.ID] = append(rows[d.ID], routing.DeckRow{Prefix: prefix, Rate: rate.Rate{
				PerMinute: money.Rate(1 + random.IntN(10_000_000)), First: s[0], Next: s[1],
			}})
		}
		d.Revision, d.Tier = 1, routing.TierCLI
		return d
	}
	for id := int64(1); id <= int64(providers); id++ {
		d.Providers = append(d.Providers, routing.Provider{ID: id, Name: fmt.Sprint("p", id), CurrencyID: 1 + id%2, Enabled: true, Dynamic: true, Plain: true})
		d.Addresses = append(d.Addresses, routing.Address{ID: id, ProviderID: id, Host: "sbc.example", Direction: routing.Out, Protocol: "SIP"})
		d.Decks = append(d.Decks, deck(routing.Deck{ID: id, ProviderID: id}))
	}
	d.Decks = append(d.Decks, deck(routing.Deck{ID: 100, TariffID: 1}))
	before = snapshot(tb, d, rows)
	d.Decks[0] = deck(routing.Deck{ID: 101, ProviderID: 1})
	after = snapshot(tb, d, rows)
	for i := range calls {
		b := (digits[random.IntN(len(digits))] + fmt.Sprintf("%09d", random.IntN(1_000_000_000)))[:11]
		list = append(list, replay.Call{
			ID: fmt.Sprint("sw-", i), Server: "sw", AccountID: 1, CLI: "442038070121", BNumber: e164.Number(b), StartedAt: monday.Add(time.Duration(i) * time.Second),
			Answered: i%3 != 0, Talk: time.Duration(random.IntN(600_000)) * time.Millisecond, Route: fmt.Sprintf("%d.c.a%[1]d", 1+random.IntN(providers)), Attempts: 1,
		})
	}
	return before, after, list
}

// monday is when the calls of these tests begin.
var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func snapshot(tb testing.TB, d routing.Data, rows map[int64][]routing.DeckRow) *routing.Snapshot {
	tb.Helper()
	var err error
	if d.Rates, err = routing.TableOf(d.Decks, rows); err != nil {
		tb.Fatal(err)
	}
	s, problems, err := routing.NewSnapshot(d, routing.Options{BaseCurrency: "USD"}, monday)
	if err != nil || len(problems) > 0 {
		tb.Fatal(err, problems)
	}
	return s
}

// BenchmarkReplay decides each call twice: half a million rates of five
// providers, a tariff, every dimension, the recorded route priced as well.
func BenchmarkReplay(b *testing.B) {
	before, after, calls := carriers(b, 100_000, 5, 1<<16)
	options := replay.Options{By: replay.Dimensions(), As: monday.AddDate(0, 0, 7), Examples: 10}
	b.Run("known areas", func(b *testing.B) {
		b.ReportAllocs()
		var report *replay.Report
		source := func(_ context.Context, do func(*replay.Call) error) error {
			for i := range calls { // everything is seen once before
				if err := do(&calls[i]); err != nil {
					return err
				}
			}
			n := 0
			began := cpu(b)
			defer func() { b.ReportMetric(float64(n)/(cpu(b)-began).Seconds(), "calls/cpu-s") }()
			for b.Loop() {
				if err := do(&calls[n%len(calls)]); err != nil {
					return err
				}
				n++
			}
			return nil
		}
		report = run(b, before, after, options, source)
		if report.Total.Changed == 0 || report.Total.Before.Sold == 0 || report.Recorded.Priced == 0 {
			b.Fatalf("%+v", report.Total)
		}
	})
	b.Run("65536 calls from cold", func(b *testing.B) {
		began := cpu(b)
		for b.Loop() {
			report := run(b, before, after, options, of(calls))
			b.ReportMetric(float64(len(report.Tables[0].Rows)), "destinations")
		}
		b.ReportMetric(float64(b.N*len(calls))/(cpu(b)-began).Seconds(), "calls/cpu-s")
	})
}

func run(tb testing.TB, before, after *routing.Snapshot, o replay.Options, calls replay.Source) *replay.Report {
	tb.Helper()
	report, err := replay.Run(tb.Context(), before, after, o, calls, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return report
}

// of is a source of calls in memory.
func of(calls []replay.Call) replay.Source {
	return func(_ context.Context, do func(*replay.Call) error) error {
		for i := range calls {
			if err := do(&calls[i]); err != nil {
				return err
			}
		}
		return nil
	}
}

// cpu is the processor time used up to now, which other programs on the machine
// do not change.
func cpu(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
