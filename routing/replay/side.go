package replay

import (
	"slices"
	"time"

	"tandem/routing"
)

// side is one of the two ways to decide the calls.
type side struct {
	snapshot *routing.Snapshot
	policy   *routing.Policy  // instead of those that rules pick; nil: those
	tickets  map[int64]uint64 // next ticket by policy
	request  routing.Request
	plan     routing.Plan
}

func newSide(s *routing.Snapshot, p *routing.Policy) *side {
	return &side{snapshot: s, policy: p, tickets: map[int64]uint64{}}
}

// admit makes the request of a call, or says what stands against it today.
func (s *side) admit(c *Call, at time.Time) Skip {
	account := s.snapshot.Account(c.AccountID)
	server := s.snapshot.Server(c.Server)
	number := s.snapshot.Number(c.CLI)
	switch {
	case account == nil:
		return SkipAccountGone
	case !account.Enabled:
		return SkipAccountDisabled
	case server == nil:
		return SkipServerGone
	case number != nil && !number.Enabled:
		return SkipNumberDisabled
	case number == nil && c.CLI != "" && !s.mayShow(c, account):
		return SkipNumberGone
	case s.internal(c):
		return SkipInternal
	}
	if home := s.snapshot.Home(number, server); home != nil && home != server && home.IAX2 != "" {
		// There the call belongs to whoever owns the number.
		server, account = home, s.snapshot.Account(number.AccountID)
		if account == nil {
			return SkipAccountGone
		}
		if !account.Enabled {
			return SkipAccountDisabled
		}
	}
	s.request = routing.Request{
		Server: server, Account: account, Shown: routing.Presented{CLI: c.CLI, Number: number},
		BNumber: c.BNumber, Routing: c.Routing, At: at,
	}
	return ""
}

// mayShow says whether a number that is not of the pool is still the caller's to
// show.
func (s *side) mayShow(c *Call, account *routing.Account) bool {
	if c.CLI == account.DefaultCLI {
		return true
	}
	caller := s.snapshot.Subscriber(c.SubscriberID)
	return caller != nil && slices.Contains(caller.MayShow, c.CLI)
}

// internal says whether a call ends at a subscriber of ours.
func (s *side) internal(c *Call) bool {
	number := s.snapshot.Number(c.BNumber)
	return number != nil && number.Enabled && s.snapshot.Subscriber(number.DestinationSubscriberID) != nil
}

// decide plans the call that admit has let in.
func (s *side) decide() {
	r := &s.request
	r.Policy = s.policy
	if r.Policy == nil {
		r.Policy = s.snapshot.Policy(r.Account.ID, r.Shown.CLI, r.BNumber, r.At)
	}
	if r.Policy.Shares() {
		r.Ticket = s.tickets[r.Policy.ID]
		s.tickets[r.Policy.ID]++
	}
	s.snapshot.Plan(*r, &s.plan)
}
