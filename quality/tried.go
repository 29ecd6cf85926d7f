package quality

import (
	"time"

	"tandem/internal/e164"
	"tandem/internal/q850"
	"tandem/routing"
)

// Tried is a finished attempt as evidence: the call offered to a route and what
// became of it.
type Tried struct {
	Key routing.Key
	B   e164.Number // by which the route was chosen: the routing number of a ported one
	At  time.Time   // of the bid
	Outcome
	// Spoilt says that an attempt of the same call before this one did not fail
	// for its route's sake: a number that does not exist is no test of the next
	// route. See Spoils.
	Spoilt bool
}

// Outcome is what became of an attempt.
type Outcome struct {
	Seized   bool          // the far side took it up; see Attempt.Seized
	Answered bool          // with at least Config.Short of talk
	Ended    bool          // the hunt did not go on to another route
	Wait     time.Duration // until something was heard, or the attempt was over; -1: not known
}

// Talked says whether an attempt counts as answered: a false answer does not.
func (c *Config) Talked(a *Attempt) bool { return a.Answered && a.Talk >= c.Short }

// Waited is how long the caller of an attempt heard nothing: talk is no waiting.
// -1: nobody saw when the call was answered.
func (a *Attempt) Waited() time.Duration {
	switch {
	case a.PDD > 0:
		return a.PDD
	case !a.Answered:
		return a.Elapsed
	case a.Elapsed > a.Talk:
		return a.Elapsed - a.Talk
	}
	return -1
}

// Spoils says whether a failed attempt makes those after it in the same call no
// fair test of their routes: it failed for the caller's or the called party's
// sake, and a number that does not exist exists nowhere. Only what came before
// an attempt may decide this, never how it went itself.
func Spoils(blame q850.Blame) bool {
	return blame == q850.BlameCaller || blame == q850.BlameCalled
}
