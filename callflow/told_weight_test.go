package callflow_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem/callflow"
	"tandem/routing"
)

// tellWeights keeps the reasons of a call of the quality policy, and tells them.
func tellWeights(t *testing.T, d routing.Destination, weights ...*routing.Weight) callflow.Told {
	t.Helper()
	r := routing.Reasons{Policy: 1, Ticket: 149, Destination: d}
	for i, w := range weights {
		r.Routes = append(r.Routes, routing.ReasonRoute{Key: routing.Key{ProviderID: int64(i + 1), Tier: routing.TierCLI, AddressID: int64(i + 1)}, Weight: w})
	}
	told, err := callflow.Tell(company(t), r.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	return told
}

// Every figure that went into the worth of a route is told: what was borrowed and
// from where, the wait and its cost, and which floor.
func TestWeightInWords(t *testing.T) {
	t.Parallel()
	moscow := routing.Destination{Prefix: "7495123", Answered: 441_000}
	weight := func(change func(*routing.Weight)) *routing.Weight {
		w := &routing.Weight{
			Worth: 16_904, Low: 563_000, Samples: 188, Own: 610_000, Borrowed: 430_000, Lender: 5, Expected: 592_000, Ended: 700_000,
			Gain: 31_000, Fee: 100, Wait: 2340, Delay: 213,
		}
		change(w)
		return w
	}
	for want, w := range map[string]*routing.Weight{
		"worth 0.016904 a call that ends here: at least 56.3 % answered, by 188 calls of its own (61.0 %) and 43.0 % borrowed from its calls to 74951; ends 70.0 % of its calls; 2.3 s of waiting cost 0.000213": weight(func(*routing.Weight) {}),
		"at least 56.3 % answered, by 0 calls of its own and 43.0 % borrowed from the destination's routes; ends":                                                                                                weight(func(w *routing.Weight) { w.Samples, w.Own, w.Lender = 0, 0, routing.LentByDestination }),
		"and 43.0 % borrowed from its provider; ends": weight(func(w *routing.Weight) { w.Lender = 0 }),
		"cost 0.000213, behind all others by a floor (ASR 8.1 % of 57 seizures to 7495, below 15.0 % over 50), worse than the others since 2026-11-22 10:31:07": weight(func(w *routing.Weight) {
			w.Floored, w.Floor, w.Demoted = true, routing.Floor{Prefix: "7495", Least: 150_000, Over: 50, Share: 81_000, Of: 57}, 1_795_343_467
		}),
		"by a floor (ABR 8.1 % of 57 bids, below 15.0 % over 50), first to be tested": weight(func(w *routing.Weight) {
			w.Floored, w.Floor, w.Exploring = true, routing.Floor{ABR: true, Least: 150_000, Over: 50, Share: 81_000, Of: 57}, true
		}),
		"at least 56.3 % answered, by 188 calls of its own, behind all others by a floor": {Worth: 16_904, Low: 563_000, Samples: 188, Floored: true}, // of an older decision
	} {
		told := tellWeights(t, moscow, w)
		if got := told.Plan[0].Reason; !strings.Contains(got, want) {
			t.Errorf("told  %s\nwant %s", got, want)
		}
		if known := told.Destination != nil; known != (w.Ended > 0) || known && (*told.Destination != callflow.ToldDestination{Prefix: "7495123", Answered: 441_000}) {
			t.Errorf("destination %+v", told.Destination)
		}
	}
}

// What the console and scripts read.
func TestWeightAsJSON(t *testing.T) {
	t.Parallel()
	told := tellWeights(t, routing.Destination{Prefix: "7495", Answered: 441_000}, &routing.Weight{
		Worth: 16_904, Low: 563_000, Samples: 188, Floored: true, Own: 610_000, Borrowed: 430_000, Lender: 3, Expected: 592_000, Ended: 700_000,
		Gain: 31_000, Fee: 100, Wait: 2340, Delay: 213, Floor: routing.Floor{Least: 900_000, Over: 50, Share: 810_000, Of: 57},
	})
	b, err := json.Marshal(struct {
		All   any
		Route any
	}{told.Destination, told.Plan[0].Weighed})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"All":{"prefix":"7495","answered_ppm":441000},"Route":{"worth":"0.016904","answered_at_least_ppm":563000,"samples":188,"exploring":false,"floored":true,` +
		`"figures":{"own_ppm":610000,"borrowed_ppm":430000,"borrowed_from":"prefix","borrowed_prefix":"749","expected_ppm":592000,"ended_ppm":700000,` +
		`"gain":"0.031000","fee":"0.000100","wait_ms":2340,"wait_cost":"0.000213"},` +
		`"floor":{"measure":"asr","least_ppm":900000,"over":50,"share_ppm":810000,"of":57}}}`
	if diff := cmp.Diff(want, string(b)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// How a call was ordered is said without numbers that nobody knows.
func TestQualityPolicyInWords(t *testing.T) {
	t.Parallel()
	for want, w := range map[string]*routing.Weight{
		"best (quality)": {Ended: 1},
		"best (quality, one of the few calls that test a route)": {Ended: 1, Exploring: true},
		"best (quality, of which nothing was known: by cost)":    nil,
	} {
		if got := tellWeights(t, routing.Destination{}, w).Policy; got != want {
			t.Errorf("ordered by %q, want %q", got, want)
		}
	}
}
