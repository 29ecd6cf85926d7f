package db_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/billing"
	"tandem/db"
)

// What was heard of a leg comes before its result, after it or with it, and stays:
// whatever comes later, nothing takes it away or tells less of the attempt.
func TestMediaMergesInEveryOrder(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	heard := billing.Media{Received: 950, Lost: 50, Sent: 1000, Jitter: 12_345 * time.Microsecond, RTT: 80 * time.Millisecond, MOS: 384}
	media := func(id string) billing.Record {
		return billing.Record{Attempt: &billing.Attempt{
			CallID: id, N: 2, Key: "11.c.a35", ProviderID: 11, Tier: "cli", AddressID: 35, StartedAt: at("2026-03-04 05:06:08"),
			Result: billing.InProgress, Media: heard,
		}}
	}
	start := func(id string) billing.Record { return billing.Record{Start: started(id)} }
	guess := func(id string) billing.Record { // closed by how it looked, before its report came
		e := ended(id)
		e.Source, e.Attempts = billing.ByEstimate, []billing.Attempt{*tried(id), *answered(id)}
		return billing.Record{End: e}
	}
	end := func(id string) billing.Record { return billing.Record{End: ended(id)} }
	with := func(id string) billing.Record {
		e := ended(id)
		e.Attempts[1].Media = heard
		return billing.Record{End: e}
	}
	for i, order := range [][]func(string) billing.Record{
		{start, end, media},
		{media, start, end},
		{start, media, end},
		{end, media, start},
		{with, start},
		{start, with, media, end},
		{start, guess, media, end},
		{start, media, guess, end},
		{guess, with},
		{media, end, media},
	} {
		id := "asterisk-macomnet-1772600767." + string(rune('a'+i))
		for _, record := range order {
			b.write(record(id))
		}
		got, err := b.Call(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		want := *answered(id)
		want.Media = heard
		if diff := cmp.Diff([]billing.Attempt{*tried(id), want}, got.Attempts); diff != "" {
			t.Errorf("order %d (-want +got):\n%s", i, diff)
		}
		list, err := b.ListAttempts(t.Context(), db.AttemptFilter{CallID: id}, db.AttemptPlace{}, true, 10, b.NewNames())
		if err != nil {
			t.Fatal(err)
		}
		n := slices.IndexFunc(list, func(a db.AttemptLine) bool { return a.N == 2 })
		if m := list[n].Media; m == nil || m.Received != 950 || m.JitterMS != 12.345 || *m.RTTMS != 80 || *m.MOS != 3.84 {
			t.Errorf("order %d: the list tells %+v", i, m)
		}
		if m := list[1-n].Media; m != nil {
			t.Errorf("order %d: the attempt that was not answered: %+v", i, m)
		}
	}
}
