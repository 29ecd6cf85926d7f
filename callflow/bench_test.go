package callflow_test

import (
	"testing"
	"time"

	"tandem/bench/demo"
	"tandem/callflow"
	"tandem/routing"
)

// BenchmarkOutbound is the whole decision behind the dialplan's first question,
// with the demo data, the reasons for the record included.
func BenchmarkOutbound(b *testing.B) {
	for _, call := range []struct{ name, dialled string }{
		{"routed", "84957777777"}, // five routes
		{"extension", "102"},      // on-net, no plan
		{"refused", "12"},         // no such number
	} {
		b.Run(call.name, func(b *testing.B) {
			at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			s, err := demo.Snapshot(at)
			if err != nil {
				b.Fatal(err)
			}
			in := callflow.Seizure{
				CallID: "asterisk-macomnet-1700000000.1", Server: "asterisk-macomnet", Endpoint: "moscow-101",
				Source: "192.0.2.1:5060", Dialled: call.dialled, At: at,
			}
			w := callflow.World{Plan: &routing.Plan{}}
			b.ReportAllocs()
			for b.Loop() {
				d := callflow.Outbound(s, limits(), in, w)
				d.Record.Reasons = d.Reasons()
			}
		})
	}
}
