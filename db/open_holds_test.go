package db_test

import (
	"testing"
	"time"

	"tandem/billing"
)

func TestOpenHoldsAndSightings(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "5.00")
	h1, h2 := held("c1", 1, time.Minute), held("c2", 1, 30*time.Second)
	h2.Server, h2.Limited = "asterisk-msm", false
	b.hold(h1, prepaid())
	b.hold(h2, prepaid())
	open := func(server string) []billing.OpenHold {
		t.Helper()
		list, err := b.OpenHolds(t.Context(), server)
		if err != nil {
			t.Fatal(err)
		}
		for i, h := range list {
			if h.Terms.Sale != nil || h.Terms.Routes != nil {
				t.Errorf("%s: read with its terms", h.CallID)
			}
			list[i] = wholeHold(b, h)
		}
		return list
	}
	same(t, "all", []billing.OpenHold{{Hold: h1}, {Hold: h2}}, open(""))
	same(t, "of a server", []billing.OpenHold{{Hold: h2}}, open("asterisk-msm"))
	same(t, "of another", nil, open("elsewhere"))

	sight := func(seen ...billing.Sighting) {
		t.Helper()
		if err := b.Sight(t.Context(), seen); err != nil {
			t.Fatal(err)
		}
	}
	up, later := at("2026-03-04 05:06:20"), at("2026-03-04 05:06:50")
	sight(billing.Sighting{CallID: "c2", AnsweredAt: up, Route: "7.c.g8"}, billing.Sighting{CallID: "nobody"}, billing.Sighting{CallID: "c1", Route: "11.c.a35"})
	same(t, "answered", []billing.OpenHold{{Hold: h1, Route: "11.c.a35"}, {Hold: h2, AnsweredAt: up, Route: "7.c.g8"}}, open(""))
	sight(billing.Sighting{CallID: "c2", AnsweredAt: later, SeenAt: later})
	same(t, "gone", []billing.OpenHold{{Hold: h2, AnsweredAt: up, SeenAt: later, Route: "7.c.g8"}}, open("asterisk-msm"))
	sight(billing.Sighting{CallID: "c2"})
	same(t, "seen again", []billing.OpenHold{{Hold: h2, AnsweredAt: up, Route: "7.c.g8"}}, open("asterisk-msm"))
	b.exec("UPDATE holds SET terms = '{}x' WHERE call_id = 'c1'")
	same(t, "without terms that can be read", 0, len(open("asterisk-macomnet")[0].Terms.Routes))

	m, err := b.AccountMoney(t.Context(), 1)
	if err != nil || len(m.Holds) != 2 || m.Held != amount("0.90") || *new(billing.Balance) == m.Balance {
		t.Errorf("%+v, %v", m, err)
	}
}

// wholeHold is a hold with its terms; what else is in it does not differ.
func wholeHold(b bundle, light billing.OpenHold) billing.OpenHold {
	b.t.Helper()
	holds, err := b.HoldsOf(b.t.Context(), []string{light.CallID, "nobody"})
	if err != nil || len(holds) != 1 {
		b.t.Fatal(holds, err)
	}
	whole := holds[light.CallID]
	light.Terms = whole.Terms
	same(b.t, "read whole", light, whole)
	return whole
}

func TestUnfinishedCalls(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	s := started("c1")
	b.write(billing.Record{Start: s}, billing.Record{Attempt: tried("c1")}, billing.Record{Attempt: underway("c1")}, billing.Record{Start: started("c2")}, billing.Record{End: ended("c2")})
	late := started("c3")
	late.StartedAt = late.StartedAt.Add(time.Hour)
	other := started("c4")
	other.Server = "asterisk-msm"
	b.write(billing.Record{Start: late}, billing.Record{Start: other})
	got, err := b.UnfinishedCalls(t.Context(), s.Server, s.StartedAt.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	want := *s
	want.Reasons = nil
	same(t, "unfinished", []billing.Start{want}, got)
}

func TestServersSeen(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	seen := func() time.Time {
		t.Helper()
		at, err := b.LastSeen(t.Context(), "asterisk-msm")
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	if got := seen(); !got.IsZero() {
		t.Errorf("never seen, but at %s", got)
	}
	last := at("2026-03-04 05:06:07")
	for _, v := range []time.Time{last.Add(-time.Hour), last, last.Add(-time.Minute)} {
		if err := b.ServerSeen(t.Context(), "asterisk-msm", v); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "last", last, seen())
}

func TestAsteriskCDRs(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	record := func(id string, sequence int64, begun time.Time) billing.AsteriskCDR {
		return billing.AsteriskCDR{
			UniqueID: id, LinkedID: id, Sequence: sequence, Channel: "PJSIP/moscow-101-1", DestChannel: "PJSIP/7-2", Start: begun,
			Answer: begun.Add(time.Second), End: begun.Add(time.Minute), Disposition: "ANSWERED",
		}
	}
	begun := at("2026-03-04 05:06:07")
	first, second, again := record("c1", 7, begun), record("c1", 8, begun.Add(time.Minute)), record("c1", 7, begun.Add(time.Hour))
	second.Answer = time.Time{}
	put := func(list ...billing.AsteriskCDR) {
		t.Helper()
		if err := b.PutAsteriskCDRs(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
	put(again, first, second, record("c2", 1, begun))
	changed := first
	changed.Disposition = "BUSY"
	put(changed, first, record("c3", 1, begun))
	put()
	got, err := b.AsteriskCDRs(t.Context(), []string{"c1", "c3", "c9"})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "records", map[string][]billing.AsteriskCDR{"c1": {first, second, again}, "c3": {record("c3", 1, begun)}}, got)
}
