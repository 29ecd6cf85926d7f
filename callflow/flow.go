package callflow

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"tandem/billing"
	"tandem/internal/e164"
	"tandem/routing"
	"tandem/routing/capacity"
)

// Seizure is a call at the moment it asks what to do with it.
type Seizure struct {
	CallID   string
	Server   string // Asterisk's systemname
	Endpoint string // which endpoint Asterisk matched; identity comes from here, never from a header
	Source   string // packet source "ip:port"; empty over IAX2
	Dialled  string // filtered digits, may begin with +
	CLI      string // filtered digits the caller presents; may be empty
	Hops     int    // how many of our servers it has passed
	At       time.Time
}

// Action is what the dialplan does next.
type Action string

// The actions.
const (
	Dial     Action = "dial"     // hunt through the offers
	Redirect Action = "redirect" // hand the call to another server of ours
	Echo     Action = "echo"     // answer and send the caller's voice back
	Reject   Action = "reject"   // announcement, then release
)

// Offer is one route as Asterisk needs it.
type Offer struct {
	Key     routing.Key
	Dial    string
	CLI     e164.Number
	Ring    time.Duration // how long it may ring
	Silence time.Duration // how long it may stay silent; 0: no limit of its own
	Why     string        // of an offer without a price
}

// Decision is the answer to a Seizure.
type Decision struct {
	Action  Action
	Offers  []Offer // Dial and Redirect: in order, at least one
	Refusal Refusal // Reject only
	Record  billing.Start
	Plan    *routing.Plan // behind it; nil when no route was sought
	Hold    *billing.Hold // what pays for it; nil: nobody has to

	Language string // of announcements; empty: Asterisk's own

	routed e164.Number // by which the routes were chosen: of a ported number, its routing number
}

// Talk is how long the call may talk, from its answer.
func (d Decision) Talk(limits Limits) time.Duration {
	if d.Hold != nil {
		return d.Hold.Paid
	}
	return limits.MaxTalk
}

// Spent is what the caller hears when the talk that was paid for is over.
func (d Decision) Spent(limits Limits) Message {
	if d.Hold != nil && (d.Hold.Limited || d.Hold.Paid < limits.MaxTalk) {
		return MessageSpent
	}
	return MessageNone
}

// Limits bound every call.
type Limits struct {
	MaxTalk     time.Duration // longest call, armed on the called leg at the answer
	HuntBudget  time.Duration // no new attempt after this long
	HopLimit    int           // servers of ours one call may pass
	Ring        time.Duration // how long a route may ring
	NoProgress  time.Duration // how long a route may stay silent
	AgentWithin time.Duration // how long the last-agent look-up may take
}

// Validate names the limit that makes no sense.
func (l Limits) Validate() error {
	for _, v := range []struct {
		name     string
		got      time.Duration
		min, max time.Duration
	}{
		{"max_talk", l.MaxTalk, time.Second, 24 * time.Hour},
		{"hunt_budget", l.HuntBudget, 5 * time.Second, 5 * time.Minute},
		{"ring", l.Ring, time.Second, 5 * time.Minute},
		{"no_progress", l.NoProgress, time.Second, time.Minute},
		{"agent_within", l.AgentWithin, time.Millisecond, time.Second},
	} {
		if v.got < v.min || v.got > v.max {
			return fmt.Errorf("limits.%s %s: want %s to %s, with its unit", v.name, v.got, v.min, v.max)
		}
	}
	if l.HopLimit < 1 || l.HopLimit > 10 {
		return fmt.Errorf("limits.hop_limit %d: want 1 to 10", l.HopLimit)
	}
	return nil
}

// Recorder keeps records. Put returns when the record is durable; Queue hands
// it over without waiting and says whether there was room.
type Recorder interface {
	Put(ctx context.Context, r billing.Record) error
	Queue(r billing.Record) bool
}

// Agents finds the subscriber of an account (0: of any) who last called a
// number.
type Agents interface {
	LastAgent(ctx context.Context, account int64, caller e164.Number) (subscriber int64, found bool, err error)
}

// Metrics counts what callflow does; see package api for the names.
type Metrics interface {
	Decided(direction billing.Direction, action Action)
	// Attempted: an attempt is over. The provider is its route's, by name; empty: none.
	Attempted(a *billing.Attempt, provider string)
	// Heard: an answered leg of a provider was listened to.
	Heard(m *billing.Media, provider string)
	Ended(direction billing.Direction, disposition billing.Disposition)
	LeftOut(reason routing.Reason) // a route was not offered because of its load, its health or its price
	RecordLost()
}

// Flow decides calls and writes their records.
type Flow struct {
	Snapshot func() *routing.Snapshot // the newest; never nil
	Records  Recorder
	Agents   Agents
	Metrics  Metrics
	Limits   Limits
	Live     *Live // calls in progress, for the drain
	Capacity *capacity.Pool
	Money    Money
	Holds    billing.HoldStore
	Keeper   *Keeper // of the calls whose money is set aside
	Tickets  *Tickets
	Quality  routing.Evidence                                                    // nil: none
	Lessons  *Lessons                                                            // nil: nobody learns from the calls
	Ported   func(ctx context.Context, number e164.Number) (routing e164.Number) // nil: nothing is ported
	Node     string                                                              // this Tandem's name in records
	Now      func() time.Time
	Log      zerolog.Logger

	LetIn atomic.Int64 // calls decided since somebody set it to zero

	plans sync.Pool // of *routing.Plan
}

// ErrBadRequest is the door's fault or an attack: the exchange makes no sense
// and is answered with nothing.
var ErrBadRequest = errors.New("bad request")

// Outgoing decides a call of a subscriber, or of a neighbour server. Seized must
// follow once the answer is taken, Abandon when it is not.
func (f *Flow) Outgoing(ctx context.Context, in Seizure) (Decision, error) {
	if err := in.validate(); err != nil {
		return Decision{}, err
	}
	w, done := f.world(ctx)
	defer done()
	s := f.Snapshot()
	return f.take(ctx, s, Outbound(s, f.Limits, in, w), in), nil
}

// Incoming decides a call from a provider. Seized must follow once the answer is
// taken, Abandon when it is not.
func (f *Flow) Incoming(ctx context.Context, in Seizure) (Decision, error) {
	if err := in.validate(); err != nil {
		return Decision{}, err
	}
	w, done := f.world(ctx)
	defer done()
	s := f.Snapshot()
	return f.take(ctx, s, Inbound(s, in, func(account int64, caller e164.Number) *routing.Subscriber {
		return f.lastAgent(ctx, s, account, caller)
	}, w), in), nil
}

// world is what is going on right now. Plans are used again: done gives this one
// back.
func (f *Flow) world(ctx context.Context) (w World, done func()) {
	plan, ok := f.plans.Get().(*routing.Plan)
	if !ok {
		plan = &routing.Plan{}
	}
	w = World{Plan: plan, Room: f.Capacity, Quality: f.Quality, Ticket: f.Tickets.Next}
	if f.Ported != nil {
		w.Ported = func(n e164.Number) e164.Number { return f.Ported(ctx, n) }
	}
	return w, func() { f.plans.Put(plan) }
}

// take takes the channels and the money that the decision needs and keeps its
// reasons. The plan saw room a moment ago; another call may have taken it since.
func (f *Flow) take(ctx context.Context, s *routing.Snapshot, d Decision, in Seizure) Decision {
	if d.Plan != nil && d.Action == Dial {
		d = f.seize(d, in)
	}
	if d.Plan != nil && d.Action == Dial {
		d = f.hold(ctx, s, d, in)
	}
	if d.Plan != nil {
		if d.Plan.Refused.Protects() {
			f.Metrics.LeftOut(d.Plan.Refused)
		}
		for _, v := range d.Plan.Dropped {
			if v.Reason.Protects() {
				f.Metrics.LeftOut(v.Reason)
			}
		}
	}
	if account := s.Account(d.Record.AccountID); account != nil {
		d.Language = account.Language
	}
	d.Record.Reasons = d.Reasons()
	d.Plan = nil
	return d.patient(f.Limits)
}

// seize takes a channel of the account and of the first route that still has
// room; routes before it are left out.
func (f *Flow) seize(d Decision, in Seizure) Decision {
	keys := make([]routing.Key, len(d.Offers))
	for i, o := range d.Offers {
		keys[i] = o.Key
	}
	grant := f.Capacity.Seize(in.CallID, d.Record.AccountID, keys, f.Now())
	switch {
	case grant.Place == 0 && grant.Skipped[0] == "":
		d.Plan.Refuse(grant.Reason) // the account's own limit
		return d.reject(refusedBy(grant.Reason))
	case grant.Place == 0:
		d.Plan.Skip(grant.Skipped[:len(keys)])
		return d.reject(routesExhausted)
	}
	d.Plan.Skip(grant.Skipped[:grant.Place-1])
	d.Offers = d.Offers[grant.Place-1:]
	return d
}

// Abandon gives back what a decision took whose answer Asterisk did not take. The
// hold stays: another node may have answered the same call by it, and its end
// report closes it in any case.
func (f *Flow) Abandon(callID string) {
	f.Live.Remove(callID)
	f.Capacity.Release(callID, f.Now())
}

// patient says how long each offer may ring and be silent.
func (d Decision) patient(limits Limits) Decision {
	for i := range d.Offers {
		o := &d.Offers[i]
		o.Ring, o.Silence = limits.Ring, limits.NoProgress
		switch {
		case o.Key.ServerID != 0:
			// The other server hunts through routes of its own before anything rings.
			o.Ring, o.Silence = limits.HuntBudget, 0
		case o.Key.SubscriberID != 0:
			o.Silence = 0 // a telephone on the table may think before it rings
		}
	}
	return d
}

// lastAgent asks the store who last called the caller. It may fail or be late:
// then nobody is known, and the call goes to the number's own destination.
func (f *Flow) lastAgent(ctx context.Context, s *routing.Snapshot, account int64, caller e164.Number) *routing.Subscriber {
	ctx, cancel := context.WithTimeout(ctx, f.Limits.AgentWithin)
	defer cancel()
	id, found, err := f.Agents.LastAgent(ctx, account, caller)
	if err != nil {
		f.Log.Warn().Err(err).Msg("last agent unknown; the number's own destination is rung")
		return nil
	}
	if !found {
		return nil
	}
	return s.Subscriber(id)
}

// Seized counts a decision and hands its record over. The door calls it when
// Asterisk has taken the whole answer and not before: a node that was stopped
// for a while answers calls that have long gone on without it. Nobody waits for
// the record: the end report repeats what matters.
func (f *Flow) Seized(d Decision) {
	f.LetIn.Add(1)
	if d.Hold != nil {
		f.Keeper.Add(*d.Hold, d.Record.AccountID)
	}
	if d.Action == Dial {
		f.Lessons.begin(&d, f.Now())
	}
	f.Metrics.Decided(d.Record.Direction, d.Action)
	d.Record.Node = f.Node
	if !f.Records.Queue(billing.Record{Start: &d.Record}) {
		f.Metrics.RecordLost()
		f.Log.Warn().Str("call_id", d.Record.CallID).Msg("record queue is full; the reasons of this call are not kept")
	}
}

// Speaks holds a server's name against the address that uses it: one server's
// dialplan cannot speak for another.
func (f *Flow) Speaks(server string, from netip.Addr) error {
	v := f.Snapshot().Server(server)
	if v == nil {
		return fmt.Errorf("%w: no server %q", ErrBadRequest, server)
	}
	for _, a := range v.Addresses {
		if a.Unmap() == from.Unmap() {
			return nil
		}
	}
	return fmt.Errorf("%w: %s is no address of server %s", ErrBadRequest, from, server)
}

// maxCallID is what the calls table holds.
const maxCallID = 64

func (in Seizure) validate() error {
	if err := validCallID(in.CallID); err != nil {
		return err
	}
	if in.Hops < 0 {
		return fmt.Errorf("%w: hops %d", ErrBadRequest, in.Hops)
	}
	if !strings.HasPrefix(in.CallID, in.Server+"-") {
		return fmt.Errorf("%w: call_id %q is not of server %q", ErrBadRequest, in.CallID, in.Server)
	}
	for _, v := range []struct{ name, value, alphabet string }{
		{"server", in.Server, nameAlphabet},
		{"endpoint", in.Endpoint, nameAlphabet},
		{"source", in.Source, "0123456789abcdefABCDEF.:[]"},
		{"dialled", in.Dialled, "+0123456789"},
		{"cli", in.CLI, "+0123456789"},
	} {
		// The dialplan filters with the same alphabets; what comes back is checked again.
		if len(v.value) > 80 || strings.Trim(v.value, v.alphabet) != "" {
			return fmt.Errorf("%w: %s %q", ErrBadRequest, v.name, v.value[:min(len(v.value), 80)])
		}
	}
	return nil
}

const nameAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

func validCallID(id string) error {
	if id == "" || len(id) > maxCallID {
		return fmt.Errorf("%w: call id %q", ErrBadRequest, id)
	}
	for i := range len(id) {
		if c := id[i]; c <= ' ' || c > '~' {
			return fmt.Errorf("%w: call id %q", ErrBadRequest, id)
		}
	}
	return nil
}

// sourceAddr is the packet's source without the port.
func sourceAddr(source string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(source); err == nil {
		return ap.Addr().Unmap(), true
	}
	a, err := netip.ParseAddr(source)
	return a.Unmap(), err == nil
}
