package callflow_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tandem/billing"
	"tandem/callflow"
	"tandem/internal/q850"
	"tandem/routing"
	"tandem/routing/capacity"
)

// ask is a call of anna's to Moscow, where providers 1 and 2 go.
func ask(t *testing.T, f *callflow.Flow, n int) callflow.Decision {
	t.Helper()
	in := seizure()
	in.CallID = fmt.Sprintf("alpha-1.%d", n)
	d, err := f.Outgoing(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func inUse(f *callflow.Flow) int { return f.Capacity.State(f.Now(), 10).Calls }

func limit(t *testing.T, f *callflow.Flow, limits map[capacity.Subject]capacity.Limit) {
	t.Helper()
	if err := f.Capacity.SetLimits(limits, f.Now()); err != nil {
		t.Fatal(err)
	}
}

// Two channels for two providers: the third call is told that all is busy, not
// that its number is wrong; and whatever ends a call frees its channel.
func TestChannelsAreHeldAndFreed(t *testing.T) {
	f, c, _ := flow(t, &notebook{}, agents{})
	limit(t, f, map[capacity.Subject]capacity.Limit{{Kind: capacity.Provider, ID: 1}: {Channels: 1}, {Kind: capacity.Provider, ID: 2}: {Channels: 1}})
	if d := ask(t, f, 1); len(d.Offers) != 2 || d.Offers[0].Key.ProviderID != 1 {
		t.Fatalf("first call %+v", d.Offers)
	}
	if d := ask(t, f, 2); len(d.Offers) != 1 || d.Offers[0].Key.ProviderID != 2 {
		t.Fatalf("second call %+v", d.Offers)
	}
	d := ask(t, f, 3)
	if d.Action != callflow.Reject || d.Refusal.Cause != q850.NoCircuit || !slices.Contains(c.leftOut, routing.ReasonNoChannel) {
		t.Fatalf("third call %s %+v, left out %v", d.Action, d.Refusal, c.leftOut)
	}
	f.Abandon("alpha-1.2")
	if got := inUse(f); got != 1 {
		t.Fatalf("%d calls hold something after one was abandoned", got)
	}
	// The first fails on provider 1 and goes on over provider 2.
	step, err := f.Next(t.Context(), callflow.Hunt{
		CallID: "alpha-1.1", Server: "alpha", StartedAt: f.Now(), At: f.Now(), Place: 1, KeysLeft: []string{"2.c.a2"},
		Log: fmt.Sprintf("1:1.c.a1:%d:CONGESTION:34:503:::20:", f.Now().UnixMilli()),
	})
	if err != nil || step.Next != 2 {
		t.Fatalf("%+v, %v", step, err)
	}
	way := capacity.Way{ProviderID: 1, AddressID: 1}
	i := slices.IndexFunc(f.Capacity.State(f.Now(), 10).Ways, func(w capacity.WayState) bool { return w.Way == way && w.Failures == 1 && w.InUse == 0 })
	if i < 0 {
		t.Fatalf("the failure was not told: %+v", f.Capacity.State(f.Now(), 10).Ways)
	}
	r := report()
	r.CallID, r.Direction, r.EndedAt = "alpha-1.1", billing.Outgoing, noon.Add(10*time.Second)
	if err := f.End(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if got := inUse(f); got != 0 {
		t.Fatalf("%d calls hold something after all have ended", got)
	}
}

func TestAccountLimitIsToldAndCounted(t *testing.T) {
	f, c, _ := flow(t, &notebook{}, agents{})
	limit(t, f, map[capacity.Subject]capacity.Limit{{Kind: capacity.Account, ID: 1}: {Channels: 1}})
	ask(t, f, 1)
	d := ask(t, f, 2)
	told, err := callflow.Tell(f.Snapshot(), d.Record.Reasons)
	if err != nil || d.Action != callflow.Reject || told.Refused != routing.ReasonAccountFull || len(told.Plan) != 0 || len(c.leftOut) != 1 {
		t.Fatalf("%s, told %+v, left out %v, %v", d.Action, told, c.leftOut, err)
	}
}
