package routing

import (
	"time"

	"tandem/internal/e164"
	"tandem/internal/money"
)

// Evidence orders the routes of a call by what is known of their quality. Weigh
// sets Worth and Weight of every offer and keeps nothing of them. Of a call that
// explores it says which offer comes first to be tested; -1 otherwise.
type Evidence interface {
	Weigh(c *Weighing, offers []Weighed) (explored int)
}

// Weighing is a call whose routes are weighed.
type Weighing struct {
	B    e164.Number // by which routes are chosen
	At   time.Time
	Sale money.Amount // expected price, in the base currency
	Sold bool         // Sale is known

	// Ticket numbers the calls that are weighed: 0, 1, 2, … The same ticket and
	// the same evidence give the same order; ticket 0 never explores.
	Ticket uint64
}

// Weighed is a route that may carry the call.
type Weighed struct {
	Key  Key
	Cost money.Amount // expected, of an answered call, in the base currency
	Fee  money.Amount // of a failed attempt

	Worth  int64 // the answer: the higher the better; ranks of floors and tests are in it
	Weight Weight
}

// Weight is why a route was worth what it was.
type Weight struct {
	Worth     money.Amount // of a call that ends on the route, in the base currency
	Low       int32        // share of its calls that are answered at least, in millionths
	Samples   uint32       // of its own calls to the destination that count, rounded
	Exploring bool         // it came first to be tested, not for its worth
	Floored   bool         // a hard rule put it behind all others
	Demoted   uint32       // since when it is worse than the destination's other routes, Unix time; 0: it is not
}

// weigh asks for the worth of all candidates at once: a route is compared with
// the others. Preferred routes still go first, and who must not lose still does
// not.
func (p *Plan) weigh() {
	if len(p.found) == 0 {
		return
	}
	if draw := p.request.Draw; draw != nil && len(p.found) > 1 {
		p.Ticket = draw(p.Policy) // one route is no choice, and its ticket would be missing from the tests
	}
	for i := range p.found {
		c := &p.found[i]
		v := &p.prices[c.price]
		*room(&p.offers) = Weighed{Key: c.key(), Cost: v.cost.Nearest, Fee: v.attempt}
	}
	p.weighing = Weighing{B: p.request.Routing, At: p.request.At, Sale: p.Sale, Sold: p.Sold, Ticket: p.Ticket}
	p.request.Quality.Weigh(&p.weighing, p.offers)
	for i := range p.found {
		p.found[i].worth = p.offers[i].Worth
	}
}

// weight is what was weighed of the next route; nil when nothing was.
func (p *Plan) weight(at uint32) *Weight {
	if int(at) >= len(p.offers) {
		return nil
	}
	w := &p.offers[at].Weight
	if len(p.Routes) > 0 {
		w.Exploring = false // a rule prefers another one: nothing is tested
	}
	return w
}
