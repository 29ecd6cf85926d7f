package callflow_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"tandem/billing"
	"tandem/callflow"
	"tandem/internal/q850"
	"tandem/routing"
)

// shelves are the books: what a database knows of calls that are not over.
type shelves struct {
	holds   map[string]billing.OpenHold
	calls   map[string]billing.Start
	failed  map[string][]billing.Attempt
	cdrs    map[string][]billing.AsteriskCDR
	seen    map[string]time.Time // servers
	orphans []billing.Orphan
	done    time.Time // how far orphans were looked through
	bite    int       // orphans that are told at a time
	read    []string  // calls whose whole holds were asked for
	sights  []int     // sightings of each transaction
	most    int       // sightings that can be written in time; 0: any number, -1: none
	broken  error
}

func (s *shelves) OpenHolds(_ context.Context, server string) ([]billing.OpenHold, error) {
	var list []billing.OpenHold
	for _, h := range s.holds {
		if h.Server == server {
			h.Terms = billing.Terms{}
			list = append(list, h)
		}
	}
	return list, s.broken
}

func (s *shelves) HoldsOf(_ context.Context, ids []string) (map[string]billing.OpenHold, error) {
	found := map[string]billing.OpenHold{}
	for _, id := range ids {
		s.read = append(s.read, id)
		if h, ok := s.holds[id]; ok {
			found[id] = h
		}
	}
	return found, s.broken
}

func (s *shelves) UnfinishedCalls(_ context.Context, server string, before time.Time) ([]billing.Start, error) {
	var list []billing.Start
	for _, c := range s.calls {
		if c.Server == server && c.StartedAt.Before(before) {
			list = append(list, c)
		}
	}
	return list, s.broken
}

func (s *shelves) FinishedAttempts(_ context.Context, ids []string) (map[string][]billing.Attempt, error) {
	found := map[string][]billing.Attempt{}
	for _, id := range ids {
		found[id] = slices.Clone(s.failed[id])
	}
	return found, s.broken
}

func (s *shelves) AsteriskCDRs(_ context.Context, ids []string) (map[string][]billing.AsteriskCDR, error) {
	found := map[string][]billing.AsteriskCDR{}
	for _, id := range ids {
		if list, ok := s.cdrs[id]; ok {
			found[id] = list
		}
	}
	return found, s.broken
}

func (s *shelves) Sight(_ context.Context, list []billing.Sighting) error {
	if s.broken != nil {
		return s.broken
	}
	if s.sights = append(s.sights, len(list)); s.most != 0 && len(list) > s.most {
		return context.DeadlineExceeded
	}
	for _, v := range list {
		h, ok := s.holds[v.CallID]
		if !ok {
			continue
		}
		if h.AnsweredAt.IsZero() {
			h.AnsweredAt = v.AnsweredAt
		}
		if h.SeenAt = v.SeenAt; v.Route != "" {
			h.Route = v.Route
		}
		s.holds[v.CallID] = h
	}
	return nil
}

func (s *shelves) ServerSeen(_ context.Context, server string, at time.Time) error {
	if s.broken == nil && at.After(s.seen[server]) {
		s.seen[server] = at
	}
	return s.broken
}

func (s *shelves) LastSeen(_ context.Context, server string) (time.Time, error) {
	return s.seen[server], s.broken
}

func (s *shelves) Orphans(_ context.Context, age time.Duration) (list []billing.Orphan, to time.Time, more bool, err error) {
	if age < time.Minute {
		return nil, to, false, fmt.Errorf("age %s: a report may be on its way", age)
	}
	to = noon.Add(1000 * time.Hour)
	for _, o := range s.orphans {
		if o.CollectedAt.Before(s.done) {
			continue
		}
		if s.bite > 0 && len(list) == s.bite {
			return list, o.CollectedAt, true, s.broken
		}
		list = append(list, o)
	}
	return list, to, false, s.broken
}

func (s *shelves) OrphansClosed(_ context.Context, to time.Time) error {
	if to.After(s.done) {
		s.done = to
	}
	return s.broken
}

// archive is a Recorder that takes what it is given into the books.
type archive struct {
	notebook
	books *shelves
}

func (a *archive) Put(ctx context.Context, r billing.Record) error {
	err := a.notebook.Put(ctx, r)
	if err == nil {
		delete(a.books.holds, r.CallID())
		delete(a.books.calls, r.CallID())
	}
	return err
}

// night is a node's reconciler, with a clock that the test turns.
type night struct {
	*callflow.Reconciler
	t      *testing.T
	books  *shelves
	ends   *archive
	closed map[billing.Source]int
	clock  time.Time
}

func newNight(t *testing.T) *night {
	t.Helper()
	books := &shelves{
		failed: map[string][]billing.Attempt{}, holds: map[string]billing.OpenHold{}, calls: map[string]billing.Start{}, cdrs: map[string][]billing.AsteriskCDR{}, seen: map[string]time.Time{},
	}
	return nodeOf(t, books, noon)
}

// nodeOf is a node that was started at that moment.
func nodeOf(t *testing.T, books *shelves, at time.Time) *night {
	t.Helper()
	n := &night{t: t, books: books, ends: &archive{books: books}, closed: map[billing.Source]int{}, clock: at}
	snapshot := market(t)
	now := func() time.Time { return n.clock }
	n.Reconciler = &callflow.Reconciler{
		Books: books, Records: n.ends, Patience: 30 * time.Second, Every: 5 * time.Second, Longest: 2 * time.Hour,
		Keeper:   callflow.NewKeeper(callflow.KeeperConfig{Money: slices10(), Now: now}),
		Mine:     func(_, node string) bool { return node != "n2" },
		Closed:   func(by billing.Source) { n.closed[by]++ },
		Snapshot: func() *routing.Snapshot { return snapshot }, Now: now, Log: zerolog.Nop(),
	}
	return n
}

// hold is a call of the poor account that this node let in at noon.
func (n *night) hold(id string, change func(*billing.OpenHold)) {
	h := billing.OpenHold{Hold: billing.Hold{
		CallID: id, AccountID: poor, Amount: 60 * cent, Paid: time.Minute, Limited: true, Server: "alpha", Node: "n1", BeganAt: noon,
		Terms: billing.Terms{Sale: centASecond().Sale, Routes: []billing.RouteTerms{{Key: "1.c.a1"}, {Key: "2.c.a2"}}},
	}}
	if change != nil {
		change(&h)
	}
	n.books.holds[id] = h
	n.Keeper.Add(h.Hold, poor)
}

// sees looks at a whole list of alpha's channels, so long after noon.
func (n *night) sees(after time.Duration, calls ...callflow.Up) {
	n.clock = noon.Add(after)
	ids := map[string]struct{}{}
	for _, c := range calls {
		ids[c.CallID] = struct{}{}
	}
	n.Saw(n.t.Context(), "alpha", n.clock, calls, ids)
}

// watches looks every two seconds, as a node does.
func (n *night) watches(from, to time.Duration, calls ...callflow.Up) {
	for after := from; after <= to; after += 2 * time.Second {
		n.sees(after, calls...)
	}
}

// story tells the ends that were written since the last time.
func (n *night) story() []string {
	var list []string
	for _, r := range n.ends.records {
		e := r.End
		list = append(list, fmt.Sprintf("%s %s by %s, talk %s over %q, ended %s", e.Start.CallID, e.Disposition, e.Source, e.Talk, e.Route, e.EndedAt.Sub(noon)))
	}
	n.ends.records = nil
	slices.Sort(list)
	return list
}

func (n *night) expect(want ...string) {
	n.t.Helper()
	if diff := cmp.Diff(want, n.story()); diff != "" {
		n.t.Fatal(diff)
	}
}

func up(id string) callflow.Up { return callflow.Up{CallID: id} }

func talking(id, route string) callflow.Up {
	return callflow.Up{CallID: id, Answered: true, Route: route}
}

func s(n int) time.Duration { return time.Duration(n) * time.Second }

// cdr is what Asterisk writes for an attempt that was answered, or not (0), and
// ended, in seconds after noon.
func cdr(id string, began, answered, ended int) billing.AsteriskCDR {
	c := billing.AsteriskCDR{
		UniqueID: id, LinkedID: id, Channel: "PJSIP/" + login(poor) + "-00000001", DestChannel: "PJSIP/trunk-1-1-00000002",
		Start: noon.Add(s(began)), End: noon.Add(s(ended)), Disposition: "NO ANSWER",
	}
	if answered > 0 {
		c.Answer, c.Disposition = noon.Add(s(answered)), "ANSWERED"
	}
	return c
}

// A call that is gone is given its patience, and closed by when it was last seen:
// the talk is what was seen of it.
func TestGoneCallIsClosedByWhatWasSeen(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.hold("alpha-1.1", nil)
	n.watches(s(2), s(10), up("alpha-1.1"))
	n.watches(s(12), s(40), talking("alpha-1.1", "2.c.a2"))
	n.watches(s(42), s(70))
	n.expect()
	n.watches(s(72), s(80))
	n.expect(`alpha-1.1 answered by estimate, talk 28s over "2.c.a2", ended 40s`)
	if n.Keeper.Has("alpha-1.1") || n.closed[billing.ByEstimate] != 1 {
		t.Errorf("kept %t, closed %v", n.Keeper.Has("alpha-1.1"), n.closed)
	}
	n.watches(s(82), s(200))
	n.expect()
}

func TestGoneCallThatNobodyAnswered(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.hold("alpha-1.1", nil)
	n.watches(s(2), s(20), up("alpha-1.1"))
	n.watches(s(22), s(80))
	n.expect(`alpha-1.1 failed by estimate, talk 0s over "", ended 20s`)
}

// Never more than was paid for, whatever was seen.
func TestClosedCallTalkedNoLongerThanPaid(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.hold("alpha-1.1", nil)
	n.watches(s(2), s(100), talking("alpha-1.1", ""))
	n.watches(s(102), s(160))
	n.expect(`alpha-1.1 answered by estimate, talk 1m0s over "1.c.a1", ended 1m2s`)
	n.hold("alpha-1.2", nil)
	n.books.cdrs["alpha-1.2"] = []billing.AsteriskCDR{cdr("alpha-1.2", 1, 5, 500)}
	n.watches(s(600), s(640))
	n.expect(`alpha-1.2 answered by cdr, talk 1m0s over "1.c.a1", ended 1m5s`)
}

// Which route carried it nobody saw: the first of the plan that had not failed.
func TestClosedCallWhoseRouteNobodySaw(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	for id, failed := range map[string]int{"alpha-1.1": 0, "alpha-1.2": 1, "alpha-1.3": 7} {
		n.hold(id, func(h *billing.OpenHold) { h.AnsweredAt, h.SeenAt = noon.Add(s(5)), noon.Add(s(15)) })
		n.books.calls[id] = billing.Start{CallID: id, Server: "alpha", StartedAt: noon}
		for i := range failed {
			n.books.failed[id] = append(n.books.failed[id], billing.Attempt{CallID: id, N: i + 1, Result: billing.Failed})
		}
	}
	n.watches(s(20), s(60))
	n.expect(`alpha-1.1 answered by estimate, talk 10s over "1.c.a1", ended 15s`, `alpha-1.2 answered by estimate, talk 10s over "2.c.a2", ended 15s`,
		`alpha-1.3 answered by estimate, talk 10s over "2.c.a2", ended 15s`)
}

// Asterisk's own record knows better than who looked now and then.
func TestGoneCallIsClosedByAsterisksRecord(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.hold("alpha-1.1", nil)
	n.watches(s(2), s(40), talking("alpha-1.1", "2.c.a2"))
	n.books.cdrs["alpha-1.1"] = []billing.AsteriskCDR{cdr("alpha-1.1", 0, 0, 2), cdr("alpha-1.1", 2, 4, 41)}
	n.watches(s(42), s(80))
	n.expect(`alpha-1.1 answered by cdr, talk 37s over "2.c.a2", ended 41s`)
	n.hold("alpha-1.2", nil)
	n.books.cdrs["alpha-1.2"] = []billing.AsteriskCDR{cdr("alpha-1.2", 0, 0, 20)}
	n.watches(s(82), s(120))
	n.expect(`alpha-1.2 failed by cdr, talk 0s over "", ended 20s`)
}

// A killed Asterisk has written the record of the attempt that failed, and none
// of the one that was talking.
func TestRecordsOfAKilledAsteriskAreNotAll(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.hold("alpha-1.1", nil)
	n.watches(s(2), s(4), up("alpha-1.1"))
	n.watches(s(6), s(40), talking("alpha-1.1", "2.c.a2"))
	n.books.cdrs["alpha-1.1"] = []billing.AsteriskCDR{cdr("alpha-1.1", 0, 0, 2)}
	n.watches(s(60), s(100))
	n.expect(`alpha-1.1 answered by estimate, talk 34s over "2.c.a2", ended 40s`)
}

// Tandem and Asterisk were killed together and are back half an hour later: the
// time between is nobody's talk.
func TestTheTimeOfAnOutageIsNoTalk(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.hold("alpha-1.1", func(h *billing.OpenHold) { h.Paid, h.Limited = 2*time.Hour, false })
	n.watches(s(2), s(40), talking("alpha-1.1", ""))
	again := nodeOf(t, n.books, noon.Add(s(1800)))
	again.watches(s(1800), s(1816))
	// And once more, before the patience is over.
	third := nodeOf(t, n.books, noon.Add(s(1900)))
	third.watches(s(1900), s(1940))
	third.expect(`alpha-1.1 answered by estimate, talk 38s over "1.c.a1", ended 40s`)
	// Nobody had ever seen this server.
	blank := newNight(t)
	blank.hold("alpha-1.2", func(h *billing.OpenHold) { h.AnsweredAt = noon.Add(s(5)) })
	blank.watches(s(1800), s(1840))
	blank.expect(`alpha-1.2 answered by estimate, talk 0s over "1.c.a1", ended 5s`)
}

// A node that is started anew takes up what is up, and closes what is not.
func TestRestartedNodeTakesUpItsCalls(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.hold("alpha-1.1", nil)
	n.hold("alpha-1.2", nil)
	again := nodeOf(t, n.books, noon.Add(s(20)))
	again.watches(s(20), s(60), talking("alpha-1.1", "1.c.a1"))
	if !again.Keeper.Has("alpha-1.1") || again.Keeper.Has("alpha-1.2") {
		t.Fatal("not what is up")
	}
	if shown := again.Keeper.Running(); len(shown) != 1 || shown[0].AnsweredAt == nil {
		t.Errorf("shown %+v", shown)
	}
	again.expect(`alpha-1.2 failed by estimate, talk 0s over "", ended 0s`)
	if h := n.books.holds["alpha-1.1"]; h.AnsweredAt.IsZero() || h.Route != "1.c.a1" {
		t.Errorf("nothing is kept of what was seen: %+v", h)
	}
}

// The report comes while the patience lasts: there is nothing to close.
func TestLateReportIsWaitedFor(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.hold("alpha-1.1", nil)
	n.watches(s(2), s(10), talking("alpha-1.1", ""))
	n.watches(s(12), s(38))
	delete(n.books.holds, "alpha-1.1")
	n.watches(s(40), s(100))
	n.expect()
	// And a call that is back, or was not looked at for a while, begins anew.
	n.hold("alpha-1.2", nil)
	n.watches(s(110), s(130))
	n.watches(s(132), s(140), up("alpha-1.2"))
	n.watches(s(142), s(168))
	n.expect()
}

// Calls of a node that lives are its own to close.
func TestCallsOfAnotherNodeAreLeft(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	other := func(h *billing.OpenHold) { h.Node = "n2" }
	n.hold("alpha-1.1", other)
	n.hold("alpha-1.2", other)
	n.Keeper.Remove("alpha-1.1")
	n.Keeper.Remove("alpha-1.2")
	n.books.calls["alpha-1.3"] = billing.Start{CallID: "alpha-1.3", Server: "alpha", StartedAt: noon, Node: "n2"}
	n.watches(s(2), s(200), talking("alpha-1.1", ""))
	n.expect()
	if n.Keeper.Has("alpha-1.1") {
		t.Error("another node's call is taken")
	}
	// The node is gone: they fall to this one.
	n.Mine = func(string, string) bool { return true }
	n.watches(s(202), s(250), talking("alpha-1.1", ""))
	n.expect(`alpha-1.2 failed by estimate, talk 0s over "", ended 3m24s`, `alpha-1.3 failed by estimate, talk 0s over "", ended 0s`)
	if !n.Keeper.Has("alpha-1.1") {
		t.Error("a call that is up was not taken")
	}
}

// A call without a hold is closed as well, and so is one that began on a server
// after the list was made: later.
func TestCallsWithoutAHoldAndNewOnes(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.books.calls["alpha-1.1"] = billing.Start{
		CallID: "alpha-1.1", Server: "alpha", Direction: billing.Incoming, StartedAt: noon, Node: "n1", BNumber: "74950000001", Reason: "x", Snapshot: 7, Reasons: []byte("{}"),
	}
	n.hold("alpha-1.2", func(h *billing.OpenHold) { h.BeganAt = noon.Add(s(100)) })
	n.hold("beta-1.1", func(h *billing.OpenHold) { h.Server = "beta" })
	n.watches(s(2), s(90))
	start := n.ends.records[0].End.Start
	if start.Direction != billing.Incoming || start.BNumber != "74950000001" || start.Reason != "" || start.Reasons != nil || start.Snapshot != 0 {
		t.Errorf("start %+v", start)
	}
	n.expect(`alpha-1.1 failed by estimate, talk 0s over "", ended 0s`)
}

// A server that gives no list proves nothing about calls that may still be up.
func TestServerThatIsAway(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.hold("alpha-1.1", nil)
	n.watches(s(2), s(20), talking("alpha-1.1", ""))
	away := func(after time.Duration) {
		t.Helper()
		n.clock = noon.Add(after)
		if err := n.Away(t.Context(), "alpha"); err != nil {
			t.Fatal(err)
		}
	}
	away(s(30))
	away(time.Hour)
	away(2 * time.Hour)
	n.expect()
	away(2*time.Hour + s(31))
	n.expect(`alpha-1.1 answered by estimate, talk 18s over "1.c.a1", ended 20s`)
	if n.Keeper.Has("alpha-1.1") {
		t.Error("a call that is closed is still kept")
	}
	// It is heard, so it is not away, however long ago its calls began.
	n.hold("alpha-1.2", nil)
	n.sees(3*time.Hour, talking("alpha-1.2", ""))
	away(3*time.Hour + s(30))
	n.expect()
}

// As long as the books cannot be read nothing is closed; and what could not be
// kept is closed at the next look.
func TestBooksThatAreAway(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.hold("alpha-1.1", nil)
	n.watches(s(2), s(10), up("alpha-1.1"))
	n.books.broken = errors.New("database is away")
	n.watches(s(12), s(20), talking("alpha-1.1", "2.c.a2"))
	n.watches(s(22), s(100))
	n.expect()
	n.books.broken = nil
	n.ends.broken = errors.New("disk full")
	n.watches(s(102), s(140))
	n.expect()
	if len(n.books.holds) != 1 {
		t.Fatal("the hold is gone")
	}
	n.ends.broken = nil
	n.watches(s(142), s(150))
	// When it went was known all the time, and is not forgotten.
	n.expect(`alpha-1.1 answered by estimate, talk 8s over "2.c.a2", ended 20s`)
}

// A call that only Asterisk's own record knows gets one: from whom it was, and how
// long it talked.
func TestOrphansGetARecord(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	tell := func(id, channel string, answered int) {
		c := cdr(id, 1, answered, 30)
		c.Channel = channel
		n.books.cdrs[id] = []billing.AsteriskCDR{c, cdr(id, 30, 0, 31)}
		n.books.orphans = append(n.books.orphans, billing.Orphan{CallID: id, CollectedAt: noon.Add(s(35))})
	}
	tell("alpha-1.1", "PJSIP/"+login(poor)+"-0000002a", 10)
	tell("alpha-1.2", "PJSIP/trunk-1-1-0000002b", 0)
	tell("alpha-1.3", "IAX2/macomnet-12", 20)
	tell("gamma-1.1", "PJSIP/x-1", 1)
	tell("nonsense", "", 1)
	n.sees(s(100))
	closed, err := n.CloseOrphans(t.Context())
	if err != nil || closed != 5 {
		t.Fatalf("%d, %v", closed, err)
	}
	var starts []billing.Start
	for _, r := range n.ends.records {
		starts = append(starts, r.End.Start)
	}
	if diff := cmp.Diff([]billing.Start{
		{CallID: "alpha-1.1", Server: "alpha", Direction: billing.Outgoing, Endpoint: login(poor), AccountID: poor, SubscriberID: poor, StartedAt: noon.Add(s(1))},
		{CallID: "alpha-1.2", Server: "alpha", Direction: billing.Incoming, Endpoint: "trunk-1-1", StartedAt: noon.Add(s(1))},
		{CallID: "alpha-1.3", Server: "alpha", Direction: billing.Outgoing, Endpoint: "macomnet", StartedAt: noon.Add(s(1))},
	}, starts); diff != "" {
		t.Fatal(diff)
	}
	if e := n.ends.records[0].End; e.Cause != q850.NormalClearing || e.SIPStatus != 200 || e.Terms != nil {
		t.Errorf("%+v", e)
	}
	n.expect(`alpha-1.1 answered by cdr, talk 20s over "", ended 30s`, `alpha-1.2 failed by cdr, talk 0s over "", ended 31s`, `alpha-1.3 answered by cdr, talk 10s over "", ended 30s`)
	if closed, err := n.CloseOrphans(t.Context()); err != nil || closed != 0 {
		t.Fatalf("again: %d, %v", closed, err)
	}
}

// The start of a call was lost, its first attempt failed, and it is talking: its
// record is no end. Nor is it when nobody can say whether it is up.
func TestOrphanThatIsUpIsNotClosed(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	for i := range 5 {
		id := fmt.Sprint("alpha-1.", i)
		n.books.cdrs[id] = []billing.AsteriskCDR{cdr(id, 1, 0, 3)}
		n.books.orphans = append(n.books.orphans, billing.Orphan{CallID: id, CollectedAt: noon.Add(s(10 + i))})
	}
	n.books.bite = 2
	look := func(after time.Duration, want int) {
		t.Helper()
		n.clock = noon.Add(after)
		if got, err := n.CloseOrphans(t.Context()); err != nil || got != want {
			t.Fatalf("after %s: %d, %v; want %d", after, got, err, want)
		}
		for _, r := range n.ends.records { // the books know them now
			id := r.End.Start.CallID
			n.books.orphans = slices.DeleteFunc(n.books.orphans, func(o billing.Orphan) bool { return o.CallID == id })
		}
		n.ends.records = nil
	}
	look(s(100), 0) // no list at all
	n.sees(s(100), talking("alpha-1.2", ""))
	look(s(140), 0) // too old a list
	n.sees(s(141), talking("alpha-1.2", ""))
	look(s(142), 3) // 0, 1 and 3: what comes after one that is up waits for it
	if len(n.books.orphans) != 2 || n.books.done.After(noon.Add(s(12))) {
		t.Fatalf("left %v, done to %s", n.books.orphans, n.books.done.Sub(noon))
	}
	look(s(143), 1)
	look(2*time.Hour, 0)
	look(2*time.Hour+s(32), 1) // no call can be up for so long
	look(3*time.Hour, 0)
}
