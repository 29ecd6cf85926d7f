package routing_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

// A table that was changed deck by deck answers as one that was made anew.
func TestMergedTableIsTheTableMadeAnew(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := map[int64][]routing.DeckRow{}
		var table *routing.RateTable
		revision := map[int64]int{}
		for range rapid.IntRange(1, 6).Draw(t, "publications") {
			for id := int64(1); id <= 4; id++ {
				if rapid.IntRange(0, 2).Draw(t, "changes") == 0 || revision[id] == 0 {
					revision[id]++
					rows[id] = drawRows(t)
				}
			}
			var decks []routing.Deck
			for id := int64(1); id <= 4; id++ {
				if rapid.IntRange(0, 5).Draw(t, "in force") > 0 {
					decks = append(decks, routing.Deck{ID: id, Revision: revision[id], ProviderID: id, Tier: routing.TierCLI})
				}
			}
			rapid.Permutation(decks).Draw(t, "order")
			table = merge(t, table, decks, rows)
			anew, err := routing.TableOf(decks, rows)
			if err != nil {
				t.Fatal(err)
			}
			if table.Len() != anew.Len() {
				t.Fatalf("%d rates, want %d", table.Len(), anew.Len())
			}
			comparePlans(t, decks, table, anew)
		}
	})
}

func drawRows(t *rapid.T) []routing.DeckRow {
	var list []routing.DeckRow
	seen := map[string]bool{}
	for range rapid.IntRange(0, 12).Draw(t, "rows") {
		r := routing.DeckRow{Prefix: rapid.StringMatching(`[12]{1,4}`).Draw(t, "prefix"), Blocked: rapid.IntRange(0, 9).Draw(t, "blocked") == 0}
		r.Rate = rate.Rate{
			PerMinute: money.Rate(rapid.Int64Range(0, 5).Draw(t, "price") * 1e6), First: rapid.SampledFrom([]int32{1, 30, 60}).Draw(t, "first"), Next: 1,
		}
		if rapid.Bool().Draw(t, "dated") {
			r.From = now.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "days")) * 24 * time.Hour)
		}
		if key := fmt.Sprint(r.Prefix, r.From); !seen[key] {
			seen[key] = true
			list = append(list, r)
		}
	}
	return list
}

func merge(t *rapid.T, old *routing.RateTable, decks []routing.Deck, rows map[int64][]routing.DeckRow) *routing.RateTable {
	refs := make([]routing.DeckRef, len(decks))
	for i, d := range decks {
		refs[i] = routing.DeckRef{ID: d.ID, Revision: d.Revision}
	}
	b, missing, err := routing.NewRateTable(old, refs)
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range missing {
		b.Deck(ref, nil)
		for _, r := range rows[ref.ID] {
			if err := b.Add(r.Prefix, r.Rate, r.Blocked); err != nil {
				t.Fatal(err)
			}
		}
	}
	table, err := b.Table()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func comparePlans(t *rapid.T, decks []routing.Deck, tables ...*routing.RateTable) {
	d := routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1}, Servers: []routing.Server{{ID: 1, Name: "sw"}},
		Accounts: []routing.Account{{ID: 1, Enabled: true}}, Decks: decks,
	}
	for id := int64(1); id <= 4; id++ {
		d.Providers = append(d.Providers, routing.Provider{ID: id, CurrencyID: 1, Enabled: true, Plain: true})
		d.Addresses = append(d.Addresses, routing.Address{ID: id, ProviderID: id, Host: "x", Direction: routing.Out, Protocol: "SIP"})
	}
	b := e164.Number(rapid.StringMatching(`[12]{7,9}`).Draw(t, "B-number"))
	var stories []string
	for _, table := range tables {
		d.Rates = table
		s, problems, err := routing.NewSnapshot(d, routing.Options{BaseCurrency: "USD"}, now)
		if err != nil || len(problems) > 0 {
			t.Fatal(problems, err)
		}
		var p routing.Plan
		s.Plan(routing.Request{Server: s.Server("sw"), Account: s.Account(1), BNumber: b, At: now}, &p)
		var story strings.Builder
		for _, r := range p.Routes {
			fmt.Fprintln(&story, r.Key, r.Prefix, r.Cost, r.Rate.From)
		}
		for _, v := range p.Dropped {
			fmt.Fprintln(&story, v.Key, v.Reason)
		}
		stories = append(stories, story.String())
	}
	if stories[0] != stories[1] {
		t.Fatalf("%s: merged\n%s\nmade anew\n%s", b, stories[0], stories[1])
	}
}

func TestBadRowsNameTheirField(t *testing.T) {
	t.Parallel()
	ref := routing.DeckRef{ID: 1}
	for name, r := range map[string]routing.DeckRow{
		"prefix":     {Prefix: "49a", Rate: rate.Rate{First: 1, Next: 1}},
		"15":         {Prefix: "1234567890123456", Rate: rate.Rate{First: 1, Next: 1}},
		"increment":  {Prefix: "49"},
		"per minute": {Prefix: "49", Rate: rate.Rate{PerMinute: -1, First: 1, Next: 1}},
	} {
		b, _, err := routing.NewRateTable(nil, []routing.DeckRef{ref})
		if err != nil {
			t.Fatal(err)
		}
		b.Deck(ref, nil)
		if err := b.Add(r.Prefix, r.Rate, false); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%+v: %v; want %q named", r, err, name)
		}
	}
}
