package callflow_test

import (
	"testing"
	"time"

	"tandem/billing"
)

// A call was closed by estimate while nobody read Asterisk's records. They came
// late, and are better.
func TestRecordAfterAnEstimate(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	tell := func(id string, cdrs []billing.AsteriskCDR, change func(*billing.OpenHold)) {
		h := billing.OpenHold{
			Hold: billing.Hold{
				CallID: id, AccountID: poor, Amount: 60 * cent, Server: "removed", BeganAt: noon,
				Terms: billing.Terms{Sale: centASecond().Sale, Routes: []billing.RouteTerms{{Key: "1.c.a1"}, {Key: "2.c.a2"}}},
			},
			AnsweredAt: noon.Add(s(10)), SeenAt: noon.Add(s(12)), Route: "2.c.a2",
		}
		change(&h)
		n.books.cdrs[id] = cdrs
		n.books.orphans = append(n.books.orphans, billing.Orphan{
			CallID: id, CollectedAt: noon.Add(s(35)), Hold: &h,
			Closed: &billing.Start{CallID: id, Server: "removed", Direction: billing.Outgoing, AccountID: poor, Dialled: "100", StartedAt: noon},
		})
	}
	n.books.failed = map[string][]billing.Attempt{"removed-1.1": {
		{N: 1, Key: "1.c.a1", Result: billing.Failed}, {N: 2, Key: "2.c.a2", Result: billing.Answered, Talk: s(2)},
	}}
	tell("removed-1.1", []billing.AsteriskCDR{cdr("removed-1.1", 1, 0, 9), cdr("removed-1.1", 9, 10, 30)}, func(*billing.OpenHold) {})
	tell("removed-1.2", []billing.AsteriskCDR{cdr("removed-1.2", 1, 0, 9)}, func(*billing.OpenHold) {}) // a killed Asterisk's
	tell("removed-1.3", []billing.AsteriskCDR{cdr("removed-1.3", 1, 20, 30)}, func(h *billing.OpenHold) { h.AnsweredAt, h.Route = time.Time{}, "" })
	n.sees(s(100))
	if closed, err := n.CloseOrphans(t.Context()); err != nil || closed != 3 {
		t.Fatalf("%d, %v", closed, err)
	}
	if len(n.ends.records) != 2 {
		t.Fatalf("%+v", n.ends.records)
	}
	e := n.ends.records[0].End
	if len(e.Attempts) != 2 || e.Attempts[1].N != 2 || e.Attempts[1].Key != "2.c.a2" || e.Attempts[1].Talk != s(20) || e.Start.Dialled != "100" || e.Start.AccountID != poor {
		t.Errorf("%+v", e)
	}
	n.expect(`removed-1.1 answered by cdr, talk 20s over "2.c.a2", ended 30s`, `removed-1.3 answered by cdr, talk 10s over "1.c.a1", ended 30s`)
}
