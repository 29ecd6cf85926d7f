package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
	"pgregory.net/rapid"

	"tandem/api/live"
	"tandem/billing"
	"tandem/billing/rate"
	"tandem/callflow"
	"tandem/geo"
	"tandem/internal/money"
	"tandem/routing"
)

var began = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// books are what the database knows.
type books struct {
	starts map[string]billing.Start
	holds  map[string]billing.OpenHold
	err    error
	asked  int
}

func (b *books) Starts(_ context.Context, ids []string) (map[string]billing.Start, error) {
	b.asked += len(ids)
	found := map[string]billing.Start{}
	for _, id := range ids {
		if s, has := b.starts[id]; has {
			found[id] = s
		}
	}
	return found, b.err
}

func (b *books) OpenHolds(context.Context, string) ([]billing.OpenHold, error) {
	list := slices.Collect(maps.Values(b.holds))
	for i := range list {
		list[i].Terms = billing.Terms{}
	}
	return list, b.err
}

func (b *books) HoldsOf(_ context.Context, ids []string) (map[string]billing.OpenHold, error) {
	found := map[string]billing.OpenHold{}
	for _, id := range ids {
		if h, has := b.holds[id]; has {
			found[id] = h
		}
	}
	return found, b.err
}

// house is a board with what it works with.
type house struct {
	now     time.Time
	books   *books
	keeper  *callflow.Keeper
	board   *live.Board
	routing *routing.Snapshot
}

// boardOn is another board of the house, over other books.
func (h *house) boardOn(books live.Books, servers ...string) *live.Board {
	atlas, err := geo.New(0)
	if err != nil {
		panic(err)
	}
	return live.NewBoard(live.Config{
		Places: atlas.Place, Keeper: h.keeper, Books: books, Snapshot: func() *routing.Snapshot { return h.routing }, Now: func() time.Time { return h.now }, Log: zerolog.Nop(),
	}, servers...)
}

func newHouse(tb testing.TB, servers ...string) *house {
	tb.Helper()
	snapshot, _, err := routing.NewSnapshot(routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1},
		Providers: []routing.Provider{{ID: 8, Name: "VoxBeam", CurrencyID: 1, Enabled: true, Plain: true}},
		Accounts:  []routing.Account{{ID: 5, Name: "Moscow office", Enabled: true, CurrencyID: 1}},
	}, routing.Options{BaseCurrency: "USD"}, began)
	if err != nil {
		tb.Fatal(err)
	}
	h := &house{now: began, routing: snapshot, books: &books{starts: map[string]billing.Start{}, holds: map[string]billing.OpenHold{}}}
	now := func() time.Time { return h.now }
	h.keeper = callflow.NewKeeper(callflow.KeeperConfig{Now: now})
	h.board = h.boardOn(h.books, servers...)
	return h
}

// priced is terms of 0.6 a minute, by the second.
func priced() billing.Terms {
	r, err := money.ParseRate("0.6")
	if err != nil {
		panic(err)
	}
	return billing.Terms{Sale: &billing.Price{Card: rate.Card{Rates: []rate.Rate{{PerMinute: r, First: 1, Next: 1}}}, CurrencyID: 1, From: 1_000_000, To: 1_000_000}}
}

func up(id, route string, answered bool) live.Seen {
	return live.Seen{CallID: id, Route: route, Answered: answered, Direction: "out", AccountID: 5, BeganAt: began}
}

func ids(list ...string) map[string]struct{} {
	set := map[string]struct{}{}
	for _, id := range list {
		set[id] = struct{}{}
	}
	return set
}

func (h *house) only(t *testing.T) live.Call {
	t.Helper()
	p := h.board.Picture(t.Context())
	if len(p.Calls) != 1 || p.Total != 1 {
		t.Fatalf("%d calls: %+v", p.Total, p)
	}
	return p.Calls[0]
}

// A call from its first sight to its end, with what it comes to.
func TestCallRunsAndCosts(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "alpha")
	h.board.Saw("alpha", h.now, ids(), nil)
	h.books.starts["a-1"] = billing.Start{CallID: "a-1", Server: "alpha", Direction: "out", AccountID: 5, ANumber: "74951815000", BNumber: "442079460000", Node: "n1", StartedAt: began}
	h.keeper.Add(billing.Hold{CallID: "a-1", AccountID: 5, Amount: 2_000_000, Paid: 2 * time.Minute, Limited: true, Terms: priced(), Server: "alpha", Node: "n1", BeganAt: began}, 5)
	h.board.Told("alpha", up("a-1", "8.c.a1", false))
	c := h.only(t)
	if c.State != live.Ringing || c.Provider != "VoxBeam" || c.Account != "Moscow office" || c.B != "442079460000" || c.BPlace != (geo.Brief{Country: "GB", Region: "London", Type: geo.Fixed}) || c.Node != "n1" || !c.Known || c.Cost != 0 || c.Held != 2_000_000 {
		t.Fatalf("ringing: %+v", c)
	}
	h.now = began.Add(5 * time.Second)
	h.board.Told("alpha", up("a-1", "8.c.a1", true))
	h.now = began.Add(35 * time.Second)
	c = h.only(t)
	if c.State != live.Talking || !c.AnsweredAt.Equal(began.Add(5*time.Second)) || c.Cost.String() != "0.300000" || c.Currency != "USD" || !c.PaidUntil.Equal(began.Add(125*time.Second)) || !c.Sold || !c.Limited {
		t.Fatalf("talking: %+v", c)
	}
	h.board.Ended("alpha", "a-1-other-leg")
	h.only(t)
	h.board.Ended("alpha", "a-1")
	if p := h.board.Picture(t.Context()); p.Total != 0 || len(p.Calls) != 0 {
		t.Fatalf("over: %+v", p)
	}
}

// Calls that other nodes let in, and those of servers that only other nodes reach,
// are shown by what the database has of them.
func TestCallsOfOtherNodes(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "alpha")
	hold := func(id, server string) billing.OpenHold {
		return billing.OpenHold{Hold: billing.Hold{
			CallID: id, AccountID: 5, Amount: 1_200_000, Paid: 2 * time.Minute, Terms: priced(), Server: server, Node: "n2", BeganAt: began,
		}}
	}
	h.books.holds["a-1"], h.books.holds["b-1"] = hold("a-1", "alpha"), hold("b-1", "beta")
	h.books.holds["a-2"] = hold("a-2", "alpha") // over: alpha does not show it
	away := h.books.holds["b-1"]
	away.AnsweredAt, away.Route = began, "8.c.a1"
	h.books.holds["b-1"] = away
	h.board.Saw("alpha", h.now, ids("a-1"), []live.Seen{up("a-1", "8.c.a1", false)})
	h.board.Told("alpha", up("a-1", "8.c.a1", true))
	h.now = h.now.Add(30 * time.Second)
	p := h.board.Picture(t.Context())
	if len(p.Calls) != 2 {
		t.Fatalf("%+v", p)
	}
	for _, c := range p.Calls {
		if c.State != live.Talking || c.Cost.String() != "0.300000" || c.Node != "n2" || c.Provider != "VoxBeam" {
			t.Errorf("%+v", c)
		}
	}
	delete(h.books.holds, "b-1")
	h.now = h.now.Add(3 * time.Second)
	if c := h.only(t); c.CallID != "a-1" || c.Cost.String() != "0.330000" {
		t.Errorf("%+v", c)
	}
}

// A database that is away takes nothing from the list but what it alone knows, and
// a server that is silent leaves its calls as they were seen.
func TestNothingKnown(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "alpha")
	h.books.err = errors.New("away")
	h.board.Saw("alpha", h.now, ids("a-1"), []live.Seen{up("a-1", "8.c.a1", false)})
	c := h.only(t)
	if c.Known || c.Stale || c.Account != "Moscow office" {
		t.Errorf("%+v", c)
	}
	if p := h.board.Picture(t.Context()); len(p.Problems) != 2 {
		t.Errorf("%q", p.Problems)
	}
	h.board.Lost("alpha")
	if c := h.only(t); !c.Stale {
		t.Errorf("%+v", c)
	}
	h.books.err = nil
	h.books.starts["a-1"] = billing.Start{CallID: "a-1", BNumber: "74957777777"}
	h.now = h.now.Add(3 * time.Second)
	h.board.Saw("alpha", h.now, ids("a-1"), []live.Seen{up("a-1", "8.c.a1", false)})
	if c := h.only(t); c.Stale || !c.Known {
		t.Errorf("%+v", c)
	}
	h.board.Restarted("alpha")
	if p := h.board.Picture(t.Context()); p.Total != 0 || len(p.Problems) != 0 {
		t.Errorf("%+v", p)
	}
	h.board.Told("nobody", up("x-1", "", false)) // a server that is not ours
	if p := h.board.Picture(t.Context()); p.Total != 0 {
		t.Errorf("%+v", p)
	}
}

// A record is read once.
func TestRecordsAreReadOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "alpha")
	h.books.starts["a-1"] = billing.Start{CallID: "a-1", BNumber: "74957777777"}
	for range 50 {
		h.board.Saw("alpha", h.now, ids("a-1"), []live.Seen{up("a-1", "", false)})
		h.only(t)
		h.now = h.now.Add(time.Second)
	}
	if h.books.asked != 1 {
		t.Errorf("asked for %d records", h.books.asked)
	}
}

// asterisk is the truth of one server, for the model test.
type asterisk struct {
	calls map[string]live.Seen
}

func (a *asterisk) look() (map[string]struct{}, []live.Seen) {
	set := map[string]struct{}{}
	for id := range a.calls {
		set[id] = struct{}{}
	}
	return set, slices.Collect(maps.Values(a.calls))
}

// With events coming, the board is right at every moment, whatever old looks come
// in late. While they do not come it may be old, and the first look after they are
// back makes it right.
func TestBoardIsRight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		h := newHouse(t, "alpha")
		truth, deaf, next := &asterisk{calls: map[string]live.Seen{}}, false, 0
		type taken struct {
			asOf time.Time
			ids  map[string]struct{}
			list []live.Seen
		}
		var looks []taken
		look := func() {
			asOf := h.now
			set, list := truth.look()
			looks = append(looks, taken{asOf, set, list})
		}
		some := func() (live.Seen, bool) {
			if len(truth.calls) == 0 {
				return live.Seen{}, false
			}
			return truth.calls[rapid.SampledFrom(slices.Sorted(maps.Keys(truth.calls))).Draw(r, "call")], true
		}
		change := func(c live.Seen) {
			truth.calls[c.CallID] = c
			if !deaf {
				h.board.Told("alpha", c)
			}
		}
		for range rapid.IntRange(1, 80).Draw(r, "steps") {
			h.now = h.now.Add(time.Millisecond)
			switch rapid.IntRange(0, 8).Draw(r, "what") {
			case 0, 1:
				next++
				change(live.Seen{CallID: fmt.Sprint("a-", next), BeganAt: h.now})
			case 2:
				if c, ok := some(); ok && !c.Answered {
					c.Route = rapid.SampledFrom([]string{"", "8.c.a1", "8.c.a2"}).Draw(r, "route")
					change(c)
				}
			case 3:
				if c, ok := some(); ok && !c.Answered {
					c.Answered = true
					change(c)
				}
			case 4:
				if c, ok := some(); ok {
					delete(truth.calls, c.CallID)
					if !deaf {
						h.board.Ended("alpha", c.CallID)
					}
				}
			case 5:
				look()
			case 6: // a look comes in, maybe long after it was taken
				if len(looks) > 0 {
					v := looks[0]
					looks = looks[1:]
					if !deaf { // old looks are worth something only as long as nothing was missed since
						h.board.Saw("alpha", v.asOf, v.ids, v.list)
					}
				}
			case 7:
				deaf = true
			case 8:
				if deaf { // the stream is back: the whole is asked for
					deaf, looks = false, nil
					look()
					v := looks[0]
					looks = nil
					h.board.Saw("alpha", v.asOf, v.ids, v.list)
				}
			}
			if deaf {
				continue
			}
			got := map[string]live.Seen{}
			for _, c := range h.board.Picture(t.Context()).Calls {
				got[c.CallID] = live.Seen{CallID: c.CallID, Route: c.Route, Answered: c.State == live.Talking, BeganAt: c.BeganAt}
			}
			if diff := cmp.Diff(truth.calls, got); diff != "" {
				r.Fatalf("- there is, + is shown\n%s", diff)
			}
		}
	})
}

// What listeners put together from the changes is what there is.
func TestTopicTellsAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		h := newHouse(t, "alpha")
		topic, err := h.board.Topic("live")
		if err != nil {
			r.Fatal(err)
		}
		client := map[string]live.Call{}
		take := func(text []byte) {
			var d live.Delta
			if err := json.Unmarshal(text, &d); err != nil {
				r.Fatalf("%s: %v", text, err)
			}
			if d.Full {
				clear(client)
			}
			for _, c := range append(d.Calls, d.Upsert...) {
				client[c.CallID] = c
			}
			for _, id := range d.Remove {
				delete(client, id)
			}
			for id, m := range d.Cost {
				c, has := client[id]
				if !has {
					r.Fatalf("money of %s, which was never told of", id)
				}
				c.Cost = m.Cost
				client[id] = c
			}
		}
		if _, err := topic.Next(t.Context()); err != nil {
			r.Fatal(err)
		}
		take(topic.Full())
		for range rapid.IntRange(1, 30).Draw(r, "steps") {
			h.now = h.now.Add(time.Second)
			id := rapid.SampledFrom([]string{"a-1", "a-2", "a-3", "a-4"}).Draw(r, "call")
			switch rapid.IntRange(0, 3).Draw(r, "what") {
			case 0:
				h.board.Told("alpha", up(id, "8.c.a1", rapid.Bool().Draw(r, "answered")))
			case 1:
				h.board.Ended("alpha", id)
			case 2:
				h.keeper.Add(billing.Hold{CallID: id, AccountID: 5, Amount: 9_000_000, Paid: time.Hour, Terms: priced(), Server: "alpha", BeganAt: began}, 5)
			}
			text, err := topic.Next(t.Context())
			if err != nil {
				r.Fatal(err)
			}
			if text != nil {
				take(text)
			}
			if rapid.Bool().Draw(r, "anew") {
				take(topic.Full())
			}
			want := map[string]live.Call{}
			for _, c := range h.board.Picture(t.Context()).Calls {
				want[c.CallID] = c
			}
			if diff := cmp.Diff(want, client); diff != "" {
				r.Fatalf("- there is, + the client has\n%s", diff)
			}
		}
	})
}

// A customer sees its own calls and money, and not by whom we send them.
func TestOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "alpha")
	h.books.starts["a-1"] = billing.Start{CallID: "a-1", AccountID: 5, SubscriberID: 3}
	h.books.starts["a-2"] = billing.Start{CallID: "a-2", AccountID: 6}
	other := up("a-2", "8.c.a1", true)
	other.AccountID = 6
	h.board.Saw("alpha", h.now, ids("a-1", "a-2"), []live.Seen{up("a-1", "8.c.a1", true), other})
	own, err := h.board.OwnOf(t.Context(), purse{}, 5, 0)
	if err != nil || own.Total != 1 || own.Calls[0].CallID != "a-1" || own.Account == nil || own.Account.Balance != 7_000_000 {
		t.Fatalf("%+v, %v", own, err)
	}
	if own.Calls[0].Provider != "VoxBeam" {
		t.Errorf("those who work here see %+v", own.Calls[0])
	}
	c := own.ForCustomer().Calls[0]
	if c.Provider != "" || c.ProviderID != 0 || c.Route != "" || c.Server != "" || c.Node != "" || c.CallID != "a-1" {
		t.Errorf("a customer sees %+v", c)
	}
	agent, err := h.board.OwnOf(t.Context(), purse{}, 5, 3)
	if err != nil || agent.Total != 1 || agent.Account != nil {
		t.Errorf("an agent sees %+v, %v", agent, err)
	}
	if nobody, err := h.board.OwnOf(t.Context(), purse{}, 5, 4); err != nil || nobody.Total != 0 {
		t.Errorf("another agent sees %+v, %v", nobody, err)
	}
}

type purse struct{}

func (purse) Balances(_ context.Context, ids []int64) ([]billing.Balance, error) {
	return []billing.Balance{{AccountID: ids[0], CurrencyID: 1, Balance: 7_000_000}}, nil
}
