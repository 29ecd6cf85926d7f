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
	Key      routing.Key
	B        e164.Number   // by which the route was chosen: the routing number of a ported one
	At       time.Time     // of the bid
	Answered bool          // with at least Config.Short of talk
	Ended    bool          // the hunt did not go on to another route
	Wait     time.Duration // until something was heard, or the attempt was over; -1: not known
	// Spoilt says that an attempt of the same call before this one did not fail
	// for its route's sake: a number that does not exist is no test of the next
	// route. See Spoils.
	Spoilt bool
}

// Talked says whether an attempt counts as answered: a false answer does not.
func (c *Config) Talked(a *Attempt) bool { return a.Answered && a.Talk >= c.Short }

// Waited is how long the caller of an attempt heard nothing.
func (a *Attempt) Waited() time.Duration {
	if a.PDD > 0 {
		return a.PDD
	}
	return a.Elapsed
}

// Spoils says whether a failed attempt makes those after it in the same call no
// fair test of their routes: it failed for the caller's or the called party's
// sake, and a number that does not exist exists nowhere. Only what came before
// an attempt may decide this, never how it went itself.
func Spoils(blame q850.Blame) bool {
	return blame == q850.BlameCaller || blame == q850.BlameCalled
}
