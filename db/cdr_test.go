package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/e164"
)

// started is the first half of a call's record: node a decided.
func started(id string) *billing.Start {
	return &billing.Start{
		CallID: id, Server: "asterisk-macomnet", Direction: billing.Outgoing, Endpoint: "moscow-101", Source: "[2001:db8::7]:5060",
		AccountID: 1, SubscriberID: 1, Dialled: "84957777777", ANumber: "74951815000", BNumber: "74957777777", CLI: "74951815000",
		StartedAt: at("2026-03-04 05:06:07").Add(123 * time.Millisecond), Snapshot: 1<<63 + 5, Reason: "the account's default", Node: "a",
		Reasons: []byte("\x01 7.c.g8 \x00 quote \" ' \\ \xff end"), RoutingNumber: "74957777000",
	}
}

// ended is the second half: it repeats who and whom, knows no reasons, and took
// the start's time from another clock.
func ended(id string) *billing.End {
	s := *started(id)
	s.Reasons, s.Reason, s.Snapshot, s.Node = nil, "", 0, "b"
	s.StartedAt = s.StartedAt.Add(-7 * time.Millisecond)
	return &billing.End{
		Start: s, AnsweredAt: at("2026-03-04 05:06:12"), EndedAt: at("2026-03-04 05:07:00"), Disposition: billing.Answered, Cause: 16,
		SIPStatus: 200, HangupBy: billing.SideCalled, Talk: 48 * time.Second, PDD: 2400 * time.Millisecond, Route: "11.c.a35",
		Source: billing.ByReport, Cut: true,
		Attempts: []billing.Attempt{*tried(id), *answered(id)},
	}
}

func tried(id string) *billing.Attempt {
	return &billing.Attempt{
		CallID: id, N: 1, Key: "7.c.g8", ProviderID: 7, Tier: "cli", GateID: 8, StartedAt: at("2026-03-04 05:06:07").Add(200 * time.Millisecond),
		Result: billing.Failed, DialStatus: "CONGESTION", SIPStatus: 503, Cause: 34, Elapsed: 80 * time.Millisecond, Blame: "route",
	}
}

func answered(id string) *billing.Attempt {
	return &billing.Attempt{
		CallID: id, N: 2, Key: "11.c.a35", ProviderID: 11, Tier: "cli", AddressID: 35, StartedAt: at("2026-03-04 05:06:08"),
		Result: billing.Answered, DialStatus: "ANSWER", SIPStatus: 200, Cause: 16, Rang: true, Progress: true, PDD: 2 * time.Second,
		Elapsed: 52 * time.Second, Talk: 48 * time.Second,
	}
}

// underway is attempt 2 before it had a result.
func underway(id string) *billing.Attempt {
	return &billing.Attempt{
		CallID: id, N: 2, Key: "11.c.a35", ProviderID: 11, Tier: "cli", AddressID: 35, StartedAt: at("2026-03-04 05:06:08"),
		Result: billing.InProgress, Rang: true,
	}
}

// whole is what the two halves make: the start wins where both speak.
func whole(id string) billing.End {
	e := *ended(id)
	e.Start = *started(id)
	return e
}

func (b bundle) write(records ...billing.Record) {
	b.t.Helper()
	if err := b.WriteRecords(b.t.Context(), records); err != nil {
		b.t.Fatal(err)
	}
}

func (b bundle) call(id string) billing.End {
	b.t.Helper()
	call, err := b.Call(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return call
}

func TestRecordFieldByField(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.write(billing.Record{Start: started("c1")})
	halfWay := billing.End{Start: *started("c1"), Disposition: billing.InProgress}
	same(t, "in progress", halfWay, b.call("c1"))

	b.write(billing.Record{Attempt: tried("c1")})
	b.write(billing.Record{End: ended("c1")})
	same(t, "over", whole("c1"), b.call("c1"))

	// The end alone is enough, but for the reasons.
	b.write(billing.Record{End: ended("c2")})
	same(t, "start lost", *ended("c2"), b.call("c2"))

	// A start without candidates is a start: empty, not nil.
	for _, none := range [][]byte{nil, {}} {
		s := started("c4")
		s.Reasons = none
		b.exec("DELETE FROM calls WHERE call_id = 'c4'")
		b.write(billing.Record{Start: s})
		if got := b.call("c4").Start.Reasons; got == nil || len(got) != 0 {
			t.Errorf("reasons %#v came back as %#v, want them empty and not nil", none, got)
		}
	}

	// As rows: a person reads them too.
	got := b.table(`SELECT direction, provider_id, started_at, answered_at, disposition, talk_ms, pdd_ms, routing_number, HEX(reasons), snapshot FROM calls WHERE call_id = 'c1'`)
	want := [][]string{{"out", "NULL", "2026-03-04T05:06:07.123Z", "2026-03-04T05:06:12Z", "answered", "48000", "2400", "74957777000", "0120372E632E673820002071756F746520222027205C20FF20656E64", "9223372036854775813"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	if _, err := b.Call(t.Context(), "c3"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("unknown call: %v; want %v", err, db.ErrNotFound)
	}
}

// In whatever order the facts of a call arrive, in whatever batches, however
// often: the same row.
func TestRecordsMergeInEveryOrder(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	number := 0
	rapid.Check(t, func(rt *rapid.T) {
		number++
		id := fmt.Sprintf("call-%d", number)
		end := ended(id)
		if rapid.Bool().Draw(rt, "end's clock ahead") {
			end.Start.StartedAt = end.Start.StartedAt.Add(14 * time.Millisecond)
		}
		facts := []billing.Record{
			{Start: started(id)}, {Attempt: tried(id)}, {Attempt: underway(id)}, {Attempt: answered(id)}, {End: end},
		}
		// Every fact at least once, some again.
		for range rapid.IntRange(0, 6).Draw(rt, "repeated") {
			facts = append(facts, facts[rapid.IntRange(0, 4).Draw(rt, "again")])
		}
		facts = rapid.Permutation(facts).Draw(rt, "order")
		for len(facts) > 0 {
			n := rapid.IntRange(1, len(facts)).Draw(rt, "batch")
			b.write(facts[:n]...)
			facts = facts[n:]
		}
		if diff := cmp.Diff(whole(id), b.call(id)); diff != "" {
			rt.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// Two nodes were asked because the first hung. It wakes up and writes its start
// after all: the routes that were followed, the later ones, stay.
func TestOfTwoStartsTheLaterWins(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	second := started("x")
	second.StartedAt = second.StartedAt.Add(2 * time.Second)
	second.Node, second.Reasons, second.Reason = "b", []byte{}, "asked for by the caller"
	want := *ended("x")
	want.Start = *second
	for i, order := range [][]billing.Record{
		{{Start: started("x")}, {Start: second}, {End: ended("x")}},
		{{Start: second}, {Start: started("x")}, {End: ended("x")}},
		{{End: ended("x")}, {Start: started("x")}, {Start: second}},
		{{End: ended("x")}, {Start: second}, {Start: started("x")}},
		{{Start: started("x")}, {End: ended("x")}, {Start: second}},
		{{Start: second}, {End: ended("x")}, {Start: started("x")}},
	} {
		b.exec("DELETE FROM calls")
		for _, r := range order {
			b.write(r)
		}
		same(t, fmt.Sprintf("order %d one by one", i), want, b.call("x"))
		b.exec("DELETE FROM calls")
		b.write(order...)
		same(t, fmt.Sprintf("order %d at once", i), want, b.call("x"))
	}
}

func TestRefusedRecordIsNamed(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	long := started("poison")
	long.Endpoint = strings.Repeat("x", 300)
	noTime := ended("poison")
	noTime.Start.StartedAt = time.Time{}
	cause := ended("poison")
	cause.Attempts[1].Tier = "platinum"
	huge := started("poison")
	huge.Reasons = make([]byte, 1<<16)
	for name, poison := range map[string]billing.Record{
		"too long":         {Start: long},
		"no time":          {End: noTime},
		"unknown tier":     {End: cause},
		"not UTF-8":        {Start: &billing.Start{CallID: "poison", Endpoint: "\xff\xfe", StartedAt: at("2026-01-01 00:00:00")}},
		"call id not text": {Start: &billing.Start{CallID: "poison-ü", StartedAt: at("2026-01-01 00:00:00")}},
		"call id too long": {Start: &billing.Start{CallID: strings.Repeat("9", 65), StartedAt: at("2026-01-01 00:00:00")}},
		"huge reasons":     {Start: huge},
		"nothing":          {},
		"no call id":       {Attempt: &billing.Attempt{N: 1}},
		"two facts":        {Start: started("poison"), End: ended("poison")},
		"talk of years":    {End: &billing.End{Start: *started("poison"), Disposition: billing.Answered, Talk: 1 << 62}},
	} {
		t.Run(name, func(t *testing.T) {
			b := b.in(t)
			records := []billing.Record{{Start: started("good-1")}, {End: ended("good-2")}, poison, {Attempt: tried("good-3")}}
			err := b.WriteRecords(t.Context(), records)
			var refused *billing.RefusedError
			if !errors.As(err, &refused) || refused.Index != 2 {
				t.Fatalf("%v; want record 2 refused", err)
			}
			if errors.Is(err, billing.ErrUnavailable) {
				t.Errorf("%v: refused and unavailable at once", err)
			}
			if n := b.one("SELECT (SELECT COUNT(*) FROM calls) + (SELECT COUNT(*) FROM attempts)"); n != "0" {
				t.Errorf("%s rows written of a refused batch", n)
			}
			if err := b.WriteRecords(t.Context(), slices.Delete(slices.Clone(records), 2, 3)); err != nil {
				t.Errorf("without the poison: %v", err)
			}
			b.exec("DELETE FROM calls")
			b.exec("DELETE FROM attempts")
		})
	}
}

func TestLargeBatches(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	var records []billing.Record
	for i := range 500 {
		s := started(fmt.Sprintf("call-%d", i))
		// 32 MB, twice that when quoted: more than one statement may carry.
		s.Reasons = bytes.Repeat([]byte(`"`), 1<<16-1)
		records = append(records, billing.Record{Start: s}, billing.Record{End: ended(s.CallID)})
	}
	b.write(records...)
	if got := b.table("SELECT (SELECT COUNT(*) FROM calls WHERE disposition = 'answered' AND LENGTH(reasons) = 65535), (SELECT COUNT(*) FROM attempts)")[0]; got[0] != "500" || got[1] != "1000" {
		t.Errorf("%v calls and attempts, want 500 and 1000", got)
	}
	if err := b.WriteRecords(t.Context(), nil); err != nil {
		t.Errorf("empty batch: %v", err)
	}
}

func TestHostileTextInRecordsIsData(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	for i, text := range []string{`'); DROP TABLE calls; --`, `\'; SELECT 1`, "a\x00b\r\n\x1a%00", "😀\\", `"`} {
		s := started(fmt.Sprintf("call-%d", i))
		s.Endpoint, s.Dialled, s.Reason, s.Reasons = text, text, text, []byte(text)
		b.write(billing.Record{Start: s})
		same(t, text, *s, b.call(s.CallID).Start)
	}
}

// Two nodes write the same calls in opposite orders, many at once: every
// deadlock is resolved by running the transaction again.
func TestWritersOfTheSameCalls(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	failed := make(chan error, 8)
	for w := range 8 {
		go func() {
			var err error
			for round := range 10 {
				var records []billing.Record
				for i := range 20 {
					id := fmt.Sprintf("call-%d", i)
					records = append(records, billing.Record{Start: started(id)}, billing.Record{End: ended(id)})
				}
				if (w+round)%2 == 0 {
					slices.Reverse(records)
				}
				err = errors.Join(err, b.WriteRecords(t.Context(), records))
			}
			failed <- err
		}()
	}
	for range 8 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	for i := range 20 {
		id := fmt.Sprintf("call-%d", i)
		same(t, id, whole(id), b.call(id))
	}
}

func TestLastAgent(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	const caller = e164.Number("447700900123")
	agent := func() (id int64) {
		t.Helper()
		id, found, err := b.LastAgent(t.Context(), 0, caller)
		if err != nil || found != (id != 0) {
			t.Fatalf("%d, %t, %v", id, found, err)
		}
		return id
	}
	call := func(id string, ago time.Duration, change func(s *billing.Start)) {
		t.Helper()
		s := started(id)
		s.BNumber, s.StartedAt = caller, time.Now().UTC().Add(-ago)
		change(s)
		b.write(billing.Record{Start: s})
	}
	by := func(subscriber int64) func(s *billing.Start) {
		return func(s *billing.Start) { s.SubscriberID = subscriber }
	}
	expect := func(what string, want int64) {
		t.Helper()
		if got := agent(); got != want {
			t.Errorf("%s: subscriber %d, want %d", what, got, want)
		}
	}
	expect("nobody has called", 0)
	call("old", 31*24*time.Hour, by(1))
	expect("a call of last month", 0)
	call("1", 3*time.Hour, by(1))
	expect("one call", 1)
	call("2", 2*time.Hour, by(2))
	expect("the later of two", 2)
	call("3", 150*time.Minute, by(4))
	expect("written later, but earlier", 2)
	call("4", time.Hour, func(s *billing.Start) { s.SubscriberID, s.BNumber = 4, "447700900124" })
	expect("another number", 2)
	call("5", 50*time.Minute, func(s *billing.Start) { s.SubscriberID, s.Direction = 4, billing.Incoming })
	expect("an incoming call", 2)
	call("6", 40*time.Minute, by(0))
	expect("a call of nobody of ours", 2)
	call("7", 30*time.Minute, func(s *billing.Start) { s.SubscriberID, s.Direction = 4, billing.Redirected })
	expect("by way of another server", 4)
	// The call of one customer never reaches another customer's agent.
	if id, found, err := b.LastAgent(t.Context(), 1, caller); id != 2 || !found || err != nil {
		t.Errorf("within account 1: %d, %t, %v; want 2", id, found, err)
	}
	if _, found, err := b.LastAgent(t.Context(), 3, caller); found || err != nil {
		t.Errorf("within account 3, which never called: %t, %v", found, err)
	}

	rejected := ended("8")
	rejected.Start.BNumber, rejected.Start.SubscriberID, rejected.Start.StartedAt = caller, 2, time.Now().UTC()
	rejected.Disposition = billing.Rejected
	b.write(billing.Record{End: rejected})
	expect("a call that we refused", 4)

	b.exec("UPDATE subscribers SET enabled = 0 WHERE id = 4")
	expect("the last one is switched off", 2)
	b.exec("UPDATE accounts SET enabled = 0 WHERE id = 1")
	expect("the whole account is switched off", 0)
}

// The look-up runs while a caller waits: it must not read the table.
func TestLastAgentUsesItsIndex(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	var records []billing.Record
	for i := range 2000 {
		s := started(fmt.Sprintf("call-%d", i))
		s.BNumber = e164.Number(fmt.Sprintf("4477009%05d", i))
		s.StartedAt = time.Now().UTC()
		records = append(records, billing.Record{Start: s})
	}
	b.write(records...)
	b.exec("ANALYZE TABLE calls")
	plan := b.table(`EXPLAIN SELECT s.id FROM calls c
		JOIN subscribers s ON s.id = c.subscriber_id AND s.enabled
		JOIN accounts a ON a.id = s.account_id AND a.enabled
		WHERE c.b_number = '447700900123' AND c.direction IN ('out', 'redirect') AND c.disposition <> 'rejected' AND (0 = 0 OR s.account_id = 0) AND c.started_at >= '2026-01-01'
		ORDER BY c.started_at DESC LIMIT 1`)
	if !slices.ContainsFunc(plan, func(row []string) bool { return row[2] == "c" && row[5] == "calls_b_number" }) {
		t.Errorf("plan %v does not use calls_b_number", plan)
	}
}

func TestCallsNewestFirst(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	for i := range 5 {
		s := started(fmt.Sprintf("call-%d", i))
		s.StartedAt = s.StartedAt.Add(time.Duration(i%3) * time.Minute)
		b.write(billing.Record{Start: s})
	}
	calls, err := b.Calls(t.Context(), 4)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range calls {
		got = append(got, c.Start.CallID)
	}
	if diff := cmp.Diff([]string{"call-2", "call-4", "call-1", "call-3"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if calls, err := b.Calls(t.Context(), -1); err != nil || len(calls) != 0 {
		t.Errorf("limit -1: %d calls, %v", len(calls), err)
	}
}

func TestCancelledWriteIsUnavailable(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.WriteRecords(ctx, []billing.Record{{Start: started("c")}}); !errors.Is(err, billing.ErrUnavailable) {
		t.Errorf("%v; want %v", err, billing.ErrUnavailable)
	}
}
