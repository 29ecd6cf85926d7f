package routing_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

// What a plan is remembered by is what the plan said: every route with its
// place and price, every other candidate with its reason.
func TestReasonsSayWhatThePlanSaid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCompany(t)
		if rapid.IntRange(0, 3).Draw(t, "cost plus") == 0 {
			c.Tariffs[0].Markup = &routing.Markup{Percent: rate.Percent(rapid.Int64Range(-1_000_000, 1_000_000).Draw(t, "percent")), PerMinute: money.Rate(rapid.Int64Range(-5, 5).Draw(t, "plus"))}
		}
		s := c.snapshot(t)
		var p routing.Plan
		s.Plan(routing.Request{
			Server: s.Server("alpha"), Account: s.Account(1), Shown: drawShown(t, s, c.Data), At: now,
			BNumber: e164.Number(rapid.StringMatching(`[12]{7,12}`).Draw(t, "B-number")), Ticket: rapid.Uint64().Draw(t, "ticket"),
		}, &p)
		got, err := routing.ParseReasons(p.Reasons().Append(nil))
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Routes) != len(p.Routes) || len(got.Dropped) != len(p.Dropped) || got.Refused != p.Refused ||
			got.Sale != p.Sale || !cmp.Equal(got.Markup, p.Markup) || got.Sold != p.Sold || got.Ticket != p.Ticket || got.Cut != 0 {
			t.Fatalf("kept %+v of %+v", got, p)
		}
		for i, r := range p.Routes {
			k := got.Routes[i]
			r.Rate.From, r.Rate.To, r.Rate.Window = time.Time{}, time.Time{}, rate.Window{} // times are not kept
			if k.Key != r.Key || k.Cost != r.Cost || k.Native != r.Native || k.CLI != r.CLI || k.Prefix != string(r.Prefix) || k.Dial != p.Dial(i) ||
				k.Rate != r.Rate || k.Deck != r.Deck {
				t.Fatalf("place %d: kept %+v of %+v", i+1, k, r)
			}
		}
		for i, d := range p.Dropped {
			if k := got.Dropped[i]; k.Key != d.Key || k.Reason != d.Reason || k.Detail != d.Detail || k.Cost != d.Cost {
				t.Fatalf("left out: kept %+v of %+v", k, d)
			}
		}
	})
}

// However many candidates there are, the stored form is bounded, and what did
// not fit is counted.
func TestReasonsAreBounded(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 127, 128, 200, 20_000} {
		r := routing.Reasons{Sale: 5, Sold: true}
		for i := range n {
			r.Dropped = append(r.Dropped, routing.ReasonDrop{
				Key: routing.Key{ProviderID: int64(i + 1), AddressID: 7}, Reason: routing.ReasonCLINotAllowed, Detail: "sbc.carrier.example", Cost: money.Amount(i),
			})
		}
		b := r.Append(nil)
		if len(b) > routing.MaxReasonsBytes+16 {
			t.Errorf("%d candidates take %d bytes", n, len(b))
		}
		got, err := routing.ParseReasons(b)
		if err != nil {
			t.Fatalf("%d candidates: %v", n, err)
		}
		if len(got.Dropped)+got.Cut != n {
			t.Errorf("%d kept and %d cut of %d", len(got.Dropped), got.Cut, n)
		}
		if diff := cmp.Diff(r.Dropped[:len(got.Dropped)], got.Dropped, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("kept (-want +got):\n%s", diff)
		}
	}
}

// Whatever lies in the column, it is read or refused, and what is read is
// written as it was.
func FuzzParseReasons(f *testing.F) {
	s := sharing(f, 1, 2, 3)
	var p routing.Plan
	s.Plan(routing.Request{Server: s.Server("sw"), Account: s.Account(1), BNumber: "74950000000"}, &p)
	f.Add(p.Reasons().Append(nil))
	f.Add([]byte{})
	f.Add([]byte{1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1})
	f.Add([]byte{2})
	f.Add([]byte{3})
	rated := routing.Reasons{Markup: &routing.Markup{Percent: 5, PerMinute: 6}, Routes: []routing.ReasonRoute{{Rate: rate.Rate{Grace: 5, Free: 30, Steps: [rate.MaxSteps]rate.Step{{After: 3, PerMinute: 4}}}}}}
	f.Add(rated.Append(nil))
	weighed := routing.Reasons{Routes: []routing.ReasonRoute{{Weight: &routing.Weight{Worth: -5, Low: 400_000, Samples: 57, Exploring: true, Floored: true, Demoted: 1_767_225_600}}, {}}}
	f.Add(weighed.Append(nil))
	weighed.Routes[0].Weight.Ended, weighed.Routes[0].Weight.Lender, weighed.Routes[0].Weight.Floor = 9, 5, routing.Floor{ABR: true, Prefix: "7", Least: 1, Over: 2, Of: 3}
	f.Add(weighed.Append(nil))
	old := weighed.Append(nil)
	old[0] = 3
	f.Add(old)
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := routing.ParseReasons(b)
		if err != nil {
			return
		}
		again, err := routing.ParseReasons(r.Append(nil))
		if err != nil {
			t.Fatalf("%x was read, and what was written of it was not: %v", b, err)
		}
		if r.Cut == 0 && again.Cut == 0 && !bytes.Equal(again.Append(nil), r.Append(nil)) {
			t.Fatalf("%x changes when it is written again", b)
		}
	})
}

// A rule or a block that decides is named, so that whoever asks why can look at
// the very row.
func TestReasonsNameTheRow(t *testing.T) {
	t.Parallel()
	d := routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1}, Servers: []routing.Server{{ID: 1, Name: "sw"}},
		Accounts: []routing.Account{{ID: 1, Enabled: true}},
		RouteRules: []routing.RouteRule{
			{ID: 5, Action: routing.Forbid, ProviderID: 1, Match: routing.Match{BPrefix: "7495"}},
			{ID: 6, Action: routing.Prefer, ProviderID: 2},
			{ID: 7, Action: routing.Forbid, Match: routing.Match{BPrefix: "79"}},
		},
		Blocks: []routing.Block{{ID: 9, Side: routing.SideB, Prefix: "7800"}},
	}
	rows := map[int64][]routing.DeckRow{}
	for id := int64(1); id <= 2; id++ {
		d.Providers = append(d.Providers, routing.Provider{ID: id, Name: "p", CurrencyID: 1, Enabled: true, Plain: true})
		d.Addresses = append(d.Addresses, routing.Address{ID: id, ProviderID: id, Host: "x", Direction: routing.Out, Protocol: "SIP"})
		d.Decks = append(d.Decks, routing.Deck{ID: id, ProviderID: id, Tier: routing.TierCLI})
		rows[id] = []routing.DeckRow{{Prefix: "7", Rate: rate.Rate{First: 1, Next: 1}}}
	}
	var err error
	if d.Rates, err = routing.TableOf(d.Decks, rows); err != nil {
		t.Fatal(err)
	}
	s, problems, err := routing.NewSnapshot(d, routing.Options{BaseCurrency: "USD"}, now)
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	for b, want := range map[e164.Number]string{
		"74951112233": "1.c.a1 rule_blocks route_rules id 5, 2.c.a2 preferred by route_rules id 6",
		"79161112233": "refused rule_blocks route_rules id 7",
		"78001112233": "refused called_blocked block_list id 9, prefix 7800",
	} {
		var p routing.Plan
		s.Plan(routing.Request{Server: s.Server("sw"), Account: s.Account(1), BNumber: b, At: now}, &p)
		r, err := routing.ParseReasons(p.Reasons().Append(nil))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		if r.Refused != "" {
			got = append(got, "refused "+string(r.Refused)+" "+r.Detail)
		}
		for _, v := range r.Dropped {
			got = append(got, v.Key.String()+" "+string(v.Reason)+" "+v.Detail)
		}
		for _, v := range r.Routes {
			got = append(got, v.Key.String()+" preferred by "+v.Why)
		}
		if story := strings.Join(got, ", "); story != want {
			t.Errorf("%s: %s, want %s", b, story, want)
		}
	}
}
