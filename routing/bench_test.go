package routing_test

import (
	"testing"
	"time"

	"tandem/bench/demo"
	"tandem/internal/e164"
	"tandem/routing"
)

// BenchmarkPlanDemo is the plan of a call to Moscow with the demo data: six
// providers, ten candidates, five routes.
func BenchmarkPlanDemo(b *testing.B) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s, err := demo.Snapshot(at)
	if err != nil {
		b.Fatal(err)
	}
	caller := s.Login("moscow-101")
	account := s.Account(caller.AccountID)
	request := routing.Request{
		Server: s.Server("asterisk-macomnet"), Account: account, Shown: s.Present(account, caller, ""),
		BNumber: e164.Number("74957777777"), At: at,
	}
	var plan routing.Plan
	s.Plan(request, &plan)
	if n := len(plan.Routes); n != 5 {
		b.Fatalf("%d routes, want 5", n)
	}
	b.ReportAllocs()
	for b.Loop() {
		s.Plan(request, &plan)
	}
}
