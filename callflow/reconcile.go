package callflow

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"tandem/billing"
	"tandem/internal/q850"
	"tandem/routing"
)

// Books is what the reconciler reads of calls that are not over, and writes of
// what was seen of them.
type Books interface {
	OpenHolds(ctx context.Context, server string) ([]billing.OpenHold, error)
	UnfinishedCalls(ctx context.Context, server string, before time.Time) ([]billing.Start, error)
	FinishedAttempts(ctx context.Context, callIDs []string) (map[string][]billing.Attempt, error)
	AsteriskCDRs(ctx context.Context, callIDs []string) (map[string][]billing.AsteriskCDR, error)
	Sight(ctx context.Context, seen []billing.Sighting) error
	ServerSeen(ctx context.Context, server string, at time.Time) error
	LastSeen(ctx context.Context, server string) (time.Time, error)
	// Orphans lists calls that only Asterisk's records of that age know. It goes on
	// from where OrphansClosed was told to; to says how far it has looked.
	Orphans(ctx context.Context, age time.Duration) (list []billing.Orphan, to time.Time, more bool, err error)
	OrphansClosed(ctx context.Context, to time.Time) error
}

// Up is a call that a server has, as its list of channels shows it.
type Up struct {
	CallID   string
	Answered bool
	Route    string // key of the attempt in progress; empty: not shown
}

// Reconciler closes the calls whose end report never came: those that Asterisk
// has no more, some time after they were gone. It closes them by Asterisk's own
// record, else by when they were last seen, and never above their hold. A report
// that comes all the same is the better source: it corrects the charge.
//
//	Asterisk's channels ──▶ Saw ──▶ sightings, and what is gone since when
//	holds, calls ─────────────────▶ open, not up, gone for Patience ──▶ End (cdr, estimate) ──▶ records
//
// Only a whole list of channels says that a call is gone; no event does.
type Reconciler struct {
	Books    Books
	Records  Recorder
	Keeper   *Keeper
	Patience time.Duration                  // how long an end report may take
	Every    time.Duration                  // how often open calls are looked at
	Longest  time.Duration                  // no call can be up for longer
	Mine     func(callID, node string) bool // whether this node looks after a call
	Closed   func(billing.Source)           // counts
	Snapshot func() *routing.Snapshot
	Now      func() time.Time
	Log      zerolog.Logger

	mu      sync.Mutex
	servers map[string]*watched
}

// watched is what is known of one server's calls. Only the goroutine that
// watches the server uses it, but for heard and list.
type watched struct {
	heard   atomic.Int64 // at, for others: Unix milliseconds
	list    atomic.Pointer[whole]
	at      time.Time            // of the last whole list; zero: none yet
	up      map[string]upState   // calls with money that were up then
	missing map[string]time.Time // open calls that are not up, and since when
	looked  time.Time            // when open calls were read for the last time
	unkept  []billing.Sighting   // that the books could not take yet
}

// whole is a whole list of a server's channels.
type whole struct {
	at  time.Time
	ids map[string]struct{}
}

type upState struct {
	answered bool
	route    string
}

// lookWithin bounds one look at the books.
const lookWithin = 10 * time.Second

// Saw takes a whole list of a server's channels: calls are those of callers, ids
// all channels. A call that began before asOf and is not among them is over.
func (r *Reconciler) Saw(ctx context.Context, server string, asOf time.Time, calls []Up, ids map[string]struct{}) {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	w := r.watched(server)
	w.list.Store(&whole{asOf, ids})
	before := w.at
	if before.IsZero() {
		// The first list: whoever is not in it was up before this node looked.
		var err error
		if before, err = r.Books.LastSeen(ctx, server); err != nil {
			r.Keeper.Gone(server, asOf, ids)
			r.Log.Warn().Err(err).Str("server", server).Msg("open calls are not looked at yet")
			return
		}
	}
	seen := merged(w.unkept, r.sightings(w, asOf, calls))
	r.Keeper.Gone(server, asOf, ids)
	if err := r.Books.ServerSeen(ctx, server, asOf); err != nil {
		r.Log.Debug().Err(err).Str("server", server).Msg("last sight of a server not kept")
	}
	w.unkept = nil
	if len(seen) > 0 {
		if err := r.Books.Sight(ctx, seen); err != nil {
			w.unkept = seen
			r.Log.Warn().Err(err).Int("calls", len(seen)).Msg("what was seen of calls is not kept yet; an estimate would know less of them")
		}
	}
	if asOf.Sub(w.looked) < r.Every {
		return
	}
	w.looked = asOf
	if err := r.look(ctx, server, w, asOf, before, ids); err != nil {
		r.Log.Warn().Err(err).Str("server", server).Msg("open calls are not looked at yet")
	}
}

func (r *Reconciler) watched(server string) *watched {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.servers == nil {
		r.servers = map[string]*watched{}
	}
	w := r.servers[server]
	if w == nil {
		w = &watched{up: map[string]upState{}, missing: map[string]time.Time{}}
		r.servers[server] = w
	}
	return w
}

// sightings are what is new since the last list: calls that were answered, took
// another route, or are gone.
func (r *Reconciler) sightings(w *watched, asOf time.Time, calls []Up) []billing.Sighting {
	var list []billing.Sighting
	up := make(map[string]upState, len(calls))
	for _, c := range calls {
		if !r.Keeper.Has(c.CallID) {
			continue
		}
		state, before := upState{c.Answered, c.Route}, w.up[c.CallID]
		if state.route == "" {
			state.route = before.route
		}
		up[c.CallID] = state
		if state == before {
			continue
		}
		s := billing.Sighting{CallID: c.CallID, Route: state.route}
		if state.answered && !before.answered {
			s.AnsweredAt = asOf
			r.Keeper.Answered(c.CallID, asOf)
		}
		list = append(list, s)
	}
	for id := range w.up {
		if _, is := up[id]; !is {
			list = append(list, billing.Sighting{CallID: id, SeenAt: w.at})
		}
	}
	w.up, w.at = up, asOf
	w.heard.Store(asOf.UnixMilli())
	return list
}

// merged is one sighting a call: the later one, with the answer that was seen
// first and the last route.
func merged(before, now []billing.Sighting) []billing.Sighting {
	if len(before) == 0 {
		return now
	}
	place := make(map[string]int, len(before))
	for i, s := range before {
		place[s.CallID] = i
	}
	list := slices.Clone(before)
	for _, s := range now {
		i, there := place[s.CallID]
		if !there {
			list = append(list, s)
			continue
		}
		old := list[i]
		if !old.AnsweredAt.IsZero() {
			s.AnsweredAt = old.AnsweredAt
		}
		s.Route = cmp.Or(s.Route, old.Route)
		list[i] = s
	}
	return list
}

// look finds the open calls of a server that it has no more, and closes those
// that have been gone for long enough. before is when the server was seen before
// this list.
func (r *Reconciler) look(ctx context.Context, server string, w *watched, asOf, before time.Time, ids map[string]struct{}) error {
	open, err := r.open(ctx, server, asOf)
	if err != nil {
		return err
	}
	var due []openCall
	var gone []billing.Sighting
	for id, c := range open {
		_, up := ids[id]
		if up && c.hold != nil && !r.Keeper.Has(id) {
			r.Keeper.Add(c.hold.Hold, c.account()) // another node's, or from before a restart
		}
		if up || !c.began().Before(asOf) {
			delete(open, id)
			continue
		}
		if _, known := w.missing[id]; !known {
			w.missing[id] = asOf
		}
		if c.hold != nil && c.hold.SeenAt.IsZero() {
			c.hold.SeenAt = before
			if before.Before(c.hold.BeganAt) {
				c.hold.SeenAt = c.hold.BeganAt // it began and ended unseen
			}
			gone = append(gone, billing.Sighting{CallID: id, SeenAt: c.hold.SeenAt})
		}
		if asOf.Sub(w.missing[id]) >= r.Patience {
			due = append(due, c)
		}
	}
	for id := range w.missing {
		if _, still := open[id]; !still {
			delete(w.missing, id)
		}
	}
	if len(gone) > 0 {
		if err := r.Books.Sight(ctx, gone); err != nil {
			return err // a later look would take the server's last sign of life for the call's
		}
	}
	return r.close(ctx, server, due)
}

// silentFor is how long a server gives no list before it counts as away.
const silentFor = time.Minute

// Away closes, on a server that gives no list of its channels, the calls that
// cannot be up any more: the limit in Asterisk has ended them.
func (r *Reconciler) Away(ctx context.Context, server string) error {
	now := r.Now()
	if heard := r.watched(server).heard.Load(); now.Sub(time.UnixMilli(heard)) < silentFor {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	open, err := r.open(ctx, server, now)
	if err != nil {
		return err
	}
	var due []openCall
	for _, c := range open {
		if c.began().Before(now.Add(-r.Longest - r.Patience)) {
			due = append(due, c)
		}
	}
	return r.close(ctx, server, due)
}

// openCall is a call that nobody has closed: its hold, its record, or both.
type openCall struct {
	id     string
	hold   *billing.OpenHold
	record *billing.Start
}

func (c openCall) began() time.Time {
	if c.hold != nil {
		return c.hold.BeganAt
	}
	return c.record.StartedAt
}

func (c openCall) account() int64 {
	if c.record != nil {
		return c.record.AccountID
	}
	return c.hold.AccountID
}

// open are the calls of a server without an end that this node looks after.
func (r *Reconciler) open(ctx context.Context, server string, before time.Time) (map[string]openCall, error) {
	holds, err := r.Books.OpenHolds(ctx, server)
	if err != nil {
		return nil, err
	}
	records, err := r.Books.UnfinishedCalls(ctx, server, before)
	if err != nil {
		return nil, err
	}
	open := map[string]openCall{}
	for i := range holds {
		if h := &holds[i]; r.Mine(h.CallID, h.Node) {
			open[h.CallID] = openCall{id: h.CallID, hold: h}
		}
	}
	for i := range records {
		u := &records[i]
		if c := open[u.CallID]; c.hold != nil || r.Mine(u.CallID, u.Node) {
			c.id, c.record = u.CallID, u
			open[u.CallID] = c
		}
	}
	return open, nil
}

// close writes the ends of calls that are over.
func (r *Reconciler) close(ctx context.Context, server string, calls []openCall) error {
	if len(calls) == 0 {
		return nil
	}
	slices.SortFunc(calls, func(a, b openCall) int { return a.began().Compare(b.began()) })
	ids := make([]string, len(calls))
	for i, c := range calls {
		ids[i] = c.id
	}
	records, err := r.Books.AsteriskCDRs(ctx, ids)
	if err != nil {
		return err
	}
	attempts, err := r.Books.FinishedAttempts(ctx, ids)
	if err != nil {
		return err
	}
	last, err := r.Books.LastSeen(ctx, server)
	if err != nil {
		return err
	}
	for _, c := range calls {
		end := c.end(server, records[c.id], attempts[c.id], last)
		if err := r.Records.Put(ctx, billing.Record{End: &end}); err != nil {
			return fmt.Errorf("call %s: %w", c.id, err)
		}
		r.Keeper.Remove(c.id)
		r.Closed(end.Source)
		r.Log.Warn().Str("call_id", c.id).Str("by", string(end.Source)).Dur("talk", end.Talk).Msg("call closed without an end report")
	}
	return nil
}

// end makes the end of a call that nobody reported. lastSeen is when its server
// was seen for the last time; it bounds a call that nobody saw go.
func (c openCall) end(server string, records []billing.AsteriskCDR, attempts []billing.Attempt, lastSeen time.Time) billing.End {
	start := billing.Start{CallID: c.id, Server: server, Direction: billing.Outgoing}
	if c.record != nil {
		start = *c.record
		start.Hold, start.Reasons, start.Reason, start.Snapshot = nil, nil, "", 0
	}
	if c.hold != nil {
		start.StartedAt, start.AccountID = c.hold.BeganAt, max(start.AccountID, c.hold.AccountID)
	}
	end := billing.End{Start: start, Source: billing.ByEstimate, EndedAt: start.StartedAt, Disposition: billing.Failed, Attempts: attempts}
	answered, talk, up := billing.Talk(records)
	// A killed Asterisk has records of the attempts that failed, none of the one
	// that was talking: then who saw the call answered knows better.
	if len(records) > 0 && (up || c.hold == nil || c.hold.AnsweredAt.IsZero()) {
		end.Source = billing.ByCDR
		for _, v := range records {
			if v.End.After(end.EndedAt) {
				end.EndedAt = v.End
			}
		}
	} else if c.hold != nil {
		seen := c.hold.SeenAt
		if seen.IsZero() {
			seen = lastSeen
		}
		if seen.After(end.EndedAt) {
			end.EndedAt = seen
		}
		if answered = c.hold.AnsweredAt; !answered.IsZero() {
			talk = max(0, seen.Sub(answered))
		}
	}
	if answered.IsZero() {
		return end
	}
	if c.hold != nil {
		talk = min(talk, c.hold.Paid)
	}
	end.Disposition, end.Cause, end.SIPStatus = billing.Answered, q850.NormalClearing, 200
	end.AnsweredAt, end.Talk, end.EndedAt = answered, talk, answered.Add(talk)
	if c.hold != nil {
		carried(&end, c.hold)
	}
	return end
}

// carried adds the attempt that carried the call: the route that was seen in use,
// else the first of the plan.
func carried(end *billing.End, hold *billing.OpenHold) {
	failed := len(end.Attempts)
	if failed > 0 {
		failed = end.Attempts[failed-1].N
	}
	key := hold.Route
	if key == "" && len(hold.Terms.Routes) > 0 {
		key = hold.Terms.Routes[min(failed, len(hold.Terms.Routes)-1)].Key
	}
	parsed, err := routing.ParseKey(key)
	if err != nil {
		return
	}
	a := Attempt{N: failed + 1, Key: parsed, StartedAt: end.AnsweredAt, DialStatus: "ANSWER", Elapsed: end.Talk, Talk: end.Talk}
	end.Route = key
	end.Attempts = append(end.Attempts, a.record(end.Start.CallID))
}
