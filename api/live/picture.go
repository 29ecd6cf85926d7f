package live

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"tandem/billing"
	"tandem/callflow"
	"tandem/geo"
	"tandem/internal/e164"
	"tandem/routing"
)

// Books is what the database knows of calls in progress.
type Books interface {
	// Starts are the records of calls, by call id.
	Starts(ctx context.Context, callIDs []string) (map[string]billing.Start, error)
	// OpenHolds are the holds of all servers without their terms.
	OpenHolds(ctx context.Context, server string) ([]billing.OpenHold, error)
	// HoldsOf are holds with their terms.
	HoldsOf(ctx context.Context, callIDs []string) (map[string]billing.OpenHold, error)
}

// Times of the look-ups.
const (
	holdsEvery = 2 * time.Second
	fresh      = 900 * time.Millisecond // a picture is, unless something has changed
	lookWithin = time.Second
	holdsAgain = holdsEvery / 4 // after a look that failed, or did not know a new call
)

// pictures keeps what was looked up. Whoever has the turn changes it and asks the
// database; the last picture is everybody's.
type pictures struct {
	turn     chan struct{} // has room for one
	records  map[string]*record
	holds    map[string]billing.OpenHold // of calls that this node does not keep
	holdsAt  time.Time
	holdsErr error
	made     time.Time // when the last picture was finished
	version  uint64    // of the board, in the last one
	last     atomic.Pointer[Picture]
}

// record is what was looked up of a call once.
type record struct {
	billing.Start

	a, b geo.Brief // where its numbers are from
}

// sight is a sighting with its server, taken out of the board.
type sight struct {
	sighting

	server string
	lost   bool
}

// Picture is what goes on now. What cannot be looked up is left out, and Problems
// says so. Who leaves while it is made leaves it to the others: it is made all the
// same.
func (b *Board) Picture(ctx context.Context) *Picture {
	p := &b.look
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		if last := p.last.Load(); last != nil {
			return last
		}
		return &Picture{At: b.cfg.Now().UTC(), Calls: []Call{}, Problems: []string{"calls are not known yet"}}
	}
	now := b.cfg.Now()
	sights, problems, version := b.sights()
	if last := p.last.Load(); last != nil && p.version == version && now.Sub(p.made) < fresh {
		return last
	}
	picture := b.draw(context.WithoutCancel(ctx), now, sights, problems)
	p.last.Store(picture)
	p.version, p.made = version, b.cfg.Now()
	return picture
}

// draw is called by who has the turn.
func (b *Board) draw(ctx context.Context, now time.Time, sights []sight, problems []string) *Picture {
	p := &b.look
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	own := b.own(sights)
	if err := p.lookUpHolds(ctx, b.cfg.Books, sights, own, now); err != nil {
		b.cfg.Log.Debug().Err(err).Msg("holds are not shown")
		problems = append(problems, "the money of some calls is not known just now")
	}
	sights = b.withUnwatched(sights, p.holds)
	if err := p.lookUpRecords(ctx, b.cfg.Books, b.cfg.Places, sights); err != nil {
		b.cfg.Log.Debug().Err(err).Msg("records are not shown")
		problems = append(problems, "the records of some calls are not known just now")
	}
	picture := &Picture{At: now.UTC().Truncate(time.Millisecond), Total: len(sights), Problems: problems}
	snapshot := b.cfg.Snapshot()
	slices.SortFunc(sights, func(a, b sight) int {
		return cmp.Or(a.BeganAt.Compare(b.BeganAt), cmp.Compare(a.CallID, b.CallID))
	})
	sights = sights[:min(len(sights), most)]
	picture.Calls = make([]Call, len(sights))
	for i := range sights {
		picture.Calls[i] = p.call(snapshot, &sights[i], own, now)
	}
	return picture
}

// sights copies what the servers show.
func (b *Board) sights() (list []sight, problems []string, version uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	problems = []string{}
	for name, s := range b.servers {
		if s.lost {
			problems = append(problems, "server "+name+" gives no answer; its calls are shown as they were seen last")
		}
		for _, c := range s.calls {
			list = append(list, sight{sighting: *c, server: name, lost: s.lost})
		}
	}
	slices.Sort(problems)
	return list, problems, b.version
}

// own are the calls that this node keeps, with their money.
func (b *Board) own(sights []sight) map[string]callflow.Running {
	answered := make(map[string]time.Time, len(sights))
	for i := range sights {
		answered[sights[i].CallID] = sights[i].answered
	}
	running := b.cfg.Keeper.RunningSince(func(id string) time.Time { return answered[id] })
	own := make(map[string]callflow.Running, len(running))
	for _, r := range running {
		own[r.CallID] = r
	}
	return own
}

// withUnwatched adds the calls of servers whose ARI nobody asks here: those that
// have a hold.
func (b *Board) withUnwatched(sights []sight, holds map[string]billing.OpenHold) []sight {
	for id, h := range holds {
		if _, watched := b.servers[h.Server]; watched { // the map itself never changes
			continue
		}
		sights = append(sights, sight{server: h.Server, sighting: sighting{answered: h.AnsweredAt, Seen: Seen{
			CallID: id, Answered: !h.AnsweredAt.IsZero(), Route: h.Route, AccountID: h.AccountID, BeganAt: h.BeganAt,
		}}})
	}
	return sights
}

// lookUpHolds keeps the holds of calls that other nodes keep: their terms once,
// their sums again and again. What a look could not find out is an error until one
// can.
func (p *pictures) lookUpHolds(ctx context.Context, books Books, sights []sight, own map[string]callflow.Running, now time.Time) error {
	soon := p.holdsErr != nil
	for i := range sights {
		id := sights[i].CallID
		_, kept := own[id]
		soon = soon || (!kept && p.records[id] == nil)
	}
	if age := now.Sub(p.holdsAt); age < holdsEvery && (!soon || age < holdsAgain) {
		return p.holdsErr
	}
	holds, err := p.openHolds(ctx, books, own)
	if err == nil {
		p.holds = holds
	}
	p.holdsAt, p.holdsErr = now, err
	return err
}

func (p *pictures) openHolds(ctx context.Context, books Books, own map[string]callflow.Running) (map[string]billing.OpenHold, error) {
	light, err := books.OpenHolds(ctx, "")
	if err != nil {
		return nil, err
	}
	holds := make(map[string]billing.OpenHold, len(light))
	var untold []string
	for _, h := range light {
		if _, kept := own[h.CallID]; kept {
			continue
		}
		before, has := p.holds[h.CallID]
		if !has {
			untold = append(untold, h.CallID)
		}
		h.Terms = before.Terms
		holds[h.CallID] = h
	}
	if len(untold) > 0 {
		whole, err := books.HoldsOf(ctx, untold)
		if err != nil {
			return nil, err
		}
		maps.Copy(holds, whole)
	}
	return holds, nil
}

// lookUpRecords reads the records that are not known yet and forgets those of
// calls that are over.
func (p *pictures) lookUpRecords(ctx context.Context, books Books, places func(string) geo.Place, sights []sight) error {
	records := make(map[string]*record, len(sights))
	var untold []string
	for i := range sights {
		id := sights[i].CallID
		if r := p.records[id]; r != nil {
			records[id] = r
		} else {
			untold = append(untold, id)
		}
	}
	p.records = records
	if len(untold) == 0 {
		return nil
	}
	found, err := books.Starts(ctx, untold)
	for id, start := range found {
		records[id] = &record{Start: start, a: briefOf(places, start.ANumber), b: briefOf(places, start.BNumber)}
	}
	return err
}

func briefOf(places func(string) geo.Place, n e164.Number) geo.Brief {
	if places == nil {
		return geo.Brief{}
	}
	p := places(string(n))
	return p.Brief()
}

// call puts together what is known of a call.
func (p *pictures) call(s *routing.Snapshot, v *sight, own map[string]callflow.Running, now time.Time) Call {
	c := Call{
		CallID: v.CallID, Server: v.server, Direction: v.Direction, State: stateOf(v), Route: v.Route, AccountID: v.AccountID,
		BeganAt: v.BeganAt.UTC().Round(time.Millisecond), AnsweredAt: v.answered, Stale: v.lost,
	}
	if r := p.records[v.CallID]; r != nil {
		c.fill(r)
	}
	if running, kept := own[v.CallID]; kept {
		c.price(s, running)
	} else if h, has := p.holds[v.CallID]; has {
		c.price(s, callflow.RunningOf(&h, c.AccountID, v.answered, now))
	}
	c.name(s)
	c.AnsweredAt = c.AnsweredAt.UTC().Round(time.Millisecond)
	return c
}

func stateOf(v *sight) State {
	switch {
	case v.Answered:
		return Talking
	case v.Route != "":
		return Ringing
	}
	return Routing
}

func (c *Call) fill(r *record) {
	c.Known, c.Node, c.A, c.B, c.CLI = true, r.Node, r.ANumber, r.BNumber, r.CLI
	c.APlace, c.BPlace = r.a, r.b
	c.SubscriberID, c.FromID = r.SubscriberID, r.ProviderID
	if r.AccountID != 0 {
		c.AccountID = r.AccountID
	}
	if r.Direction != "" {
		c.Direction = string(r.Direction)
	}
}

func (c *Call) price(s *routing.Snapshot, r callflow.Running) {
	c.Sold, c.Limited, c.Cost, c.Held, c.Low = r.Sold, r.Limited, r.Cost, r.Held, r.Low
	if r.Sold {
		c.Currency = s.Currency(r.CurrencyID)
	}
	if c.Node == "" {
		c.Node = r.Node
	}
	if c.AccountID == 0 {
		c.AccountID = r.AccountID
	}
	if r.AnsweredAt != nil { // ours is in it
		c.AnsweredAt = *r.AnsweredAt
		c.PaidUntil = r.AnsweredAt.Add(r.Paid).UTC().Round(time.Millisecond)
	}
}

// name adds the names of what the call has ids of.
func (c *Call) name(s *routing.Snapshot) {
	if key, err := routing.ParseKey(c.Route); err == nil {
		c.ProviderID, c.GateID = key.ProviderID, key.GateID
		if c.SubscriberID == 0 {
			c.SubscriberID = key.SubscriberID
		}
	}
	if p := s.Provider(c.ProviderID); p != nil {
		c.Provider = p.Name
	}
	if p := s.Provider(c.FromID); p != nil {
		c.From = p.Name
	}
	if a := s.Account(c.AccountID); a != nil {
		c.Account = a.Name
	} else if c.AccountID != 0 {
		c.Account = "#" + strconv.FormatInt(c.AccountID, 10)
	}
	if sub := s.Subscriber(c.SubscriberID); sub != nil {
		c.Subscriber = sub.Login
	}
}

// Call is one call in progress.
func (b *Board) Call(ctx context.Context, id string) (Call, bool) {
	p := b.Picture(ctx)
	i := slices.IndexFunc(p.Calls, func(c Call) bool { return c.CallID == id })
	if i < 0 {
		return Call{}, false
	}
	return p.Calls[i], true
}
