package routing_test

import (
	"encoding/hex"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tandem/billing/rate"
	"tandem/internal/money"
	"tandem/routing"
)

func TestWeightsAreKept(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := routing.Reasons{Destination: routing.Destination{Prefix: "7495123", Answered: drawShare(t, "all")}}
		weights := 0
		for i := range rapid.IntRange(1, routing.MaxRoutes).Draw(t, "routes") {
			v := routing.ReasonRoute{Key: routing.Key{ProviderID: int64(i + 1)}, Rate: rate.Rate{Grace: int32(i % 3)}}
			if rapid.IntRange(0, 3).Draw(t, "weighed") > 0 {
				weights++
				v.Weight = drawWeight(t)
			}
			r.Routes = append(r.Routes, v)
		}
		b := r.Append(nil)
		if weighed := b[0] == 4; weighed != (weights > 0) {
			t.Fatalf("version %d with %d weights", b[0], weights)
		}
		if weights == 0 {
			r.Destination = routing.Destination{}
		}
		got, err := routing.ParseReasons(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r.Routes, got.Routes); diff != "" || r.Destination != got.Destination {
			t.Fatalf("kept %+v of %+v (-want +got):\n%s", got.Destination, r.Destination, diff)
		}
		for n := range b {
			if _, err := routing.ParseReasons(b[:n]); n > 0 && !errors.Is(err, routing.ErrReasons) {
				t.Fatalf("the first %d of %d bytes: %v", n, len(b), err)
			}
		}
	})
}

func drawWeight(t *rapid.T) *routing.Weight {
	sum := func(name string) money.Amount { return money.Amount(rapid.Int64().Draw(t, name)) }
	w := &routing.Weight{
		Worth: sum("worth"), Low: drawShare(t, "low"), Samples: rapid.Uint32().Draw(t, "samples"),
		Exploring: rapid.Bool().Draw(t, "exploring"), Floored: rapid.Bool().Draw(t, "floored"), Demoted: rapid.Uint32().Draw(t, "demoted"),
		Own: drawShare(t, "own"), Borrowed: drawShare(t, "borrowed"), Lender: rapid.Int8Range(routing.LentByDestination, 15).Draw(t, "lender"),
		Expected: drawShare(t, "expected"), Ended: drawShare(t, "ended"), Gain: sum("gain"), Fee: sum("fee"), Wait: rapid.Uint32().Draw(t, "wait"), Delay: sum("delay"),
	}
	if w.Floored {
		w.Floor = routing.Floor{
			ABR: rapid.Bool().Draw(t, "abr"), Prefix: rapid.StringMatching(`[0-9]{0,15}`).Draw(t, "prefix"), Least: drawShare(t, "least"),
			Over: rapid.Uint32().Draw(t, "over"), Share: drawShare(t, "share"), Of: rapid.Uint32().Draw(t, "of"),
		}
	}
	return w
}

func drawShare(t *rapid.T, name string) int32 {
	return rapid.Int32Range(0, 1_000_000).Draw(t, name)
}

// A live plan's weights come back, and take a few bytes.
func TestPlanIsRememberedWithItsWeights(t *testing.T) {
	t.Parallel()
	s := sharing(t, 1_000_000, 3_000_000, 2_000_000)
	r := routing.Request{Server: s.Server("sw"), Account: s.Account(1), BNumber: "74950000000", At: now, Policy: weighs()}
	var p routing.Plan
	s.Plan(r, &p)
	plain := p.Reasons().Append(nil)
	r.Quality, r.Ticket = &answers{percent: map[int64]int64{1: 20, 2: 90, 3: 50}, tested: 3, floored: 1}, 1
	s.Plan(r, &p)
	b := p.Reasons().Append(nil)
	got, err := routing.ParseReasons(b)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range got.Routes {
		if v.Weight == nil || *v.Weight != *p.Routes[i].Weight {
			t.Errorf("place %d: kept %+v of %+v", i+1, v.Weight, p.Routes[i].Weight)
		}
	}
	if w := got.Routes[0].Weight; !w.Exploring || got.Routes[0].Key.ProviderID != 3 || !got.Routes[2].Weight.Floored {
		t.Errorf("kept %+v", got.Routes)
	}
	if plain[0] != 1 || b[0] != 4 || len(b)-len(plain) > 3*60 {
		t.Errorf("version %d in %d bytes, %d in %d with weights", plain[0], len(plain), b[0], len(b))
	}
}

// What earlier versions have written is read as ever.
func TestOldReasonsAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]routing.Reasons{
		"0300000000000000000300100000000000000000000000000000000000000000000000000b0980b5183980f2d6ca060012000000000000000000000000000000000000000000000000050e01000014000000000000000000000000000000000000000000000000000000": {
			Routes: []routing.ReasonRoute{
				{Key: routing.Key{ProviderID: 8}, Weight: &routing.Weight{Worth: -5, Low: 400_000, Samples: 57, Exploring: true, Demoted: 1_767_225_600}},
				{Key: routing.Key{ProviderID: 9}, Weight: &routing.Weight{Worth: 7, Low: 1, Floored: true}},
				{Key: routing.Key{ProviderID: 10}},
			},
		},
		"01000004030137010a0101100002000009504a5349502f314078000000000012000000020200080100120000000002000000": {
			Ticket: 3, Lengths: "7", Sale: 5, Sold: true, Policy: 2,
			Routes:  []routing.ReasonRoute{{Key: routing.Key{ProviderID: 8, Tier: routing.TierCLI, AddressID: 1}, Dial: "PJSIP/1@x", Rate: rate.Rate{PerMinute: 9, First: 1, Next: 1}, Cost: 4}},
			Dropped: []routing.ReasonDrop{{Key: routing.Key{ProviderID: 9}, Reason: routing.ReasonNoRate}},
		},
		"0200000000000000010a0c0100100000000000000000000000000000000000000a3c060800000000": {
			Markup: &routing.Markup{Percent: 5, PerMinute: 6},
			Routes: []routing.ReasonRoute{{Key: routing.Key{ProviderID: 8}, Rate: rate.Rate{Grace: 5, Free: 30, Steps: [rate.MaxSteps]rate.Step{{After: 3, PerMinute: 4}}}}},
		},
	} {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := routing.ParseReasons(b)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
		again := hex.EncodeToString(want.Append(nil))
		if text[:2] == "03" { // is written with more
			again = text
		}
		if again != text {
			t.Errorf("written anew as %s, was %s", again, text)
		}
	}
}
