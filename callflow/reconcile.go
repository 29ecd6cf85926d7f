package callflow

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"tandem/billing"
	"tandem/routing"
)

// Books is what the reconciler reads of calls that are not over, and writes of
// what was seen of them.
type Books interface {
	// OpenHolds are the holds of a server's calls, without their terms.
	OpenHolds(ctx context.Context, server string) ([]billing.OpenHold, error)
	// HoldsOf are the whole holds of calls, by call id; one that is settled is not there.
	HoldsOf(ctx context.Context, callIDs []string) (map[string]billing.OpenHold, error)
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
	at      time.Time                   // of the last whole list; zero: none yet
	up      map[string]upState          // calls with money that were up then
	missing map[string]time.Time        // open calls that are not up, and since when
	looked  time.Time                   // when open calls were read for the last time
	unkept  map[string]billing.Sighting // what the books do not have yet, by call id
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

// lookWithin bounds what is written to the books after a list, and one look at them.
const lookWithin = 10 * time.Second

// Saw takes a whole list of a server's channels: calls are those of callers, ids
// all channels. A call that began before asOf and is not among them is over.
func (r *Reconciler) Saw(ctx context.Context, server string, asOf time.Time, calls []Up, ids map[string]struct{}) {
	w := r.watched(server)
	w.list.Store(&whole{asOf, ids})
	before, err := r.note(ctx, server, w, asOf, calls, ids)
	if err != nil {
		r.Log.Warn().Err(err).Str("server", server).Msg("open calls are not looked at yet")
		return
	}
	if asOf.Sub(w.looked) < r.Every {
		return
	}
	w.looked = asOf
	// Its time is its own: sightings that pile up must not take it.
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
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
		w = &watched{up: map[string]upState{}, missing: map[string]time.Time{}, unkept: map[string]billing.Sighting{}}
		r.servers[server] = w
	}
	return w
}

// look finds the open calls of a server that it has no more, and closes those
// that have been gone for long enough. before is when the server was seen before
// this list.
func (r *Reconciler) look(ctx context.Context, server string, w *watched, asOf, before time.Time, ids map[string]struct{}) error {
	open, err := r.open(ctx, server, asOf)
	if err != nil {
		return err
	}
	var due, unknown []openCall
	for id, c := range open {
		if c.hold != nil {
			w.complete(c.hold)
		}
		_, up := ids[id]
		if up && c.hold != nil && !r.Keeper.Has(id) {
			unknown = append(unknown, c) // another node's, or from before a restart
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
			w.add(billing.Sighting{CallID: id, SeenAt: c.hold.SeenAt})
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
	if err := r.adopt(ctx, unknown); err != nil {
		return err
	}
	if err := r.keepSightings(ctx, w); err != nil {
		return err // another node would take the server's last sign of life for the call's
	}
	return r.close(ctx, server, due)
}

// adopt takes calls up that the keeper does not have yet.
func (r *Reconciler) adopt(ctx context.Context, calls []openCall) error {
	calls, err := r.whole(ctx, calls)
	for _, c := range calls {
		r.Keeper.Add(c.hold.Hold, c.account())
	}
	return err
}

// whole reads the terms of holds, which OpenHolds leaves out. A call that was
// settled meanwhile is left out.
func (r *Reconciler) whole(ctx context.Context, calls []openCall) ([]openCall, error) {
	var ids []string
	for _, c := range calls {
		if c.hold != nil {
			ids = append(ids, c.id)
		}
	}
	if len(ids) == 0 {
		return calls, nil
	}
	holds, err := r.Books.HoldsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(calls, func(c openCall) bool {
		if c.hold == nil {
			return false
		}
		h, open := holds[c.id]
		c.hold.Hold = h.Hold
		return !open
	}), nil
}

// silentFor is how long a server gives no list before it counts as away.
const silentFor = time.Minute

// Away closes, on a server that gives no list of its channels, the calls that
// cannot be up any more: the limit in Asterisk has ended them.
func (r *Reconciler) Away(ctx context.Context, server string) error {
	now := r.Now()
	r.Keeper.Forget(now.Add(-r.Longest - r.Patience)) // here, as nobody else looks at such a server's calls
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
