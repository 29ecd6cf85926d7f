package live

import (
	"sync"
	"time"

	"github.com/rs/zerolog"

	"tandem/billing"
	"tandem/callflow"
	"tandem/geo"
	"tandem/routing"
)

// Seen is what Asterisk shows of a call.
type Seen struct {
	CallID    string
	Answered  bool
	Route     string // key of the route it is offered to or talks over; empty: none
	Direction string // empty: not known
	AccountID int64  // 0: not known
	BeganAt   time.Time
}

// Config is what a board works with.
type Config struct {
	Keeper   Keeper
	Books    Books
	Snapshot func() *routing.Snapshot
	Places   func(number string) geo.Place // nil: nobody knows where numbers are from
	Now      func() time.Time
	Log      zerolog.Logger
}

// Keeper has the money of the calls of this node.
type Keeper interface {
	RunningSince(answered func(callID string) time.Time) []callflow.Running
}

// Board keeps which calls each server has.
type Board struct {
	cfg     Config
	changed chan struct{}

	mu      sync.Mutex
	servers map[string]*server
	version uint64

	look pictures
}

// server is one Asterisk as it was seen last.
type server struct {
	calls  map[string]*sighting
	over   map[string]time.Time // calls that have ended, until no look can show them any more
	seenAt time.Time            // zero: never
	lost   bool
}

// sighting is a call with what is known of it by whom.
type sighting struct {
	Seen

	first    time.Time // when it was seen first, by our clock
	told     time.Time // when an event told of it last
	answered time.Time // when it was answered; zero: it was not, or before anybody looked
	asked    int       // how often somebody went to find out when
}

// closeLook is the longest time between two looks of which the later one tells
// when a call was answered.
const closeLook = 10 * time.Second

// overFor is longer than any look takes.
const overFor = time.Minute

// NewBoard makes a board of the servers whose ARI is asked. Of all others the
// holds tell.
func NewBoard(c Config, servers ...string) *Board {
	b := &Board{cfg: c, changed: make(chan struct{}, 1), servers: map[string]*server{}}
	b.look.turn = make(chan struct{}, 1)
	b.look.records = map[string]*record{}
	b.look.holds = map[string]billing.OpenHold{}
	for _, name := range servers {
		b.servers[name] = &server{calls: map[string]*sighting{}, over: map[string]time.Time{}}
	}
	return b
}

// Changed yields when there is something new.
func (b *Board) Changed() <-chan struct{} { return b.changed }

// change does something to a server under the lock.
func (b *Board) change(name string, do func(s *server) (news bool)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.servers[name]
	if s == nil || !do(s) {
		return
	}
	b.version++
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

// Saw replaces what was known of a server by what it showed. asOf is our time
// before it was asked: what an event told later stands.
func (b *Board) Saw(name string, asOf time.Time, channelIDs map[string]struct{}, calls []Seen) {
	b.change(name, func(s *server) bool {
		news := s.lost || s.seenAt.IsZero()
		answered := asOf // of calls that were not at the look before
		if asOf.Sub(s.seenAt) > closeLook {
			answered = time.Time{}
		}
		s.seenAt, s.lost = b.cfg.Now(), false
		for id, c := range s.calls {
			if _, up := channelIDs[id]; !up && c.first.Before(asOf) {
				delete(s.calls, id)
				news = true
			}
		}
		for _, c := range calls {
			if s.put(c, asOf, asOf, answered) {
				news = true
			}
		}
		for id, at := range s.over {
			if asOf.Sub(at) > overFor {
				delete(s.over, id)
			}
		}
		return news
	})
}

// Told takes an event about a call.
func (b *Board) Told(name string, c Seen) {
	now := b.cfg.Now()
	b.change(name, func(s *server) bool {
		news := s.put(c, now, now, now)
		if kept := s.calls[c.CallID]; kept != nil {
			kept.told = now
		}
		return news
	})
}

// Ended takes an event about a channel that is gone.
func (b *Board) Ended(name, callID string) {
	now := b.cfg.Now()
	b.change(name, func(s *server) bool {
		_, was := s.calls[callID]
		delete(s.calls, callID)
		if was {
			s.over[callID] = now
		}
		return was
	})
}

// Restarted says that a server has lost all its calls.
func (b *Board) Restarted(name string) {
	now := b.cfg.Now()
	b.change(name, func(s *server) bool {
		had := len(s.calls) > 0
		for id := range s.calls {
			s.over[id] = now
		}
		clear(s.calls)
		return had
	})
}

// Lost says that a server gives no answer: what is known of it is old.
func (b *Board) Lost(name string) {
	b.change(name, func(s *server) bool {
		was := s.lost
		s.lost = true
		return !was
	})
}

// put takes what was seen of a call at a moment. What happens to a call happens in
// one order only: it is not unanswered again. answered is when it was, if it was not
// before; of a call that was up when it was seen first nobody knows.
func (s *server) put(c Seen, asOf, now, answered time.Time) (news bool) {
	if ended, over := s.over[c.CallID]; over && !asOf.After(ended) {
		return false
	}
	kept := s.calls[c.CallID]
	if kept == nil {
		kept = &sighting{Seen: c, first: now}
		s.calls[c.CallID] = kept
		news = true
	}
	before := kept.Seen
	if asOf.After(kept.told) || asOf.Equal(kept.told) {
		kept.Route = c.Route
	}
	if c.Answered && !before.Answered {
		kept.answered = answered
	}
	kept.Answered = kept.Answered || c.Answered
	if c.Direction != "" {
		kept.Direction = c.Direction
	}
	if c.AccountID != 0 {
		kept.AccountID = c.AccountID
	}
	return news || kept.Seen != before
}

// Count is how many calls the servers show.
func (b *Board) Count() (calls, talking, ringing int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.servers {
		for _, c := range s.calls {
			calls++
			switch {
			case c.Answered:
				talking++
			case c.Route != "":
				ringing++
			}
		}
	}
	return calls, talking, ringing
}

// CountAt is how many calls a server shows, and whether it answers.
func (b *Board) CountAt(name string) (calls int, answers bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.servers[name]
	if s == nil {
		return 0, false
	}
	return len(s.calls), !s.lost && !s.seenAt.IsZero()
}
