package routing

import (
	"time"

	"tandem/internal/e164"
	"tandem/internal/money"
)

// Evidence orders the routes of a call by what is known of their quality. Weigh
// sets Worth and Weight of every offer and the Destination of the call, and keeps
// nothing of them. Of a call that explores it says which offer comes first to be
// tested; -1 otherwise.
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

	Destination Destination // the answer, as far as it is the same for all routes
}

// Destination is what calls there come to, whatever their route.
type Destination struct {
	Prefix   string // of the number, at which a route's own calls are counted; empty: any number
	Answered int32  // share of calls, in millionths
}

// Weighed is a route that may carry the call.
type Weighed struct {
	Key  Key
	Cost money.Amount // expected, of an answered call, in the base currency
	Fee  money.Amount // of a failed attempt

	Worth  int64 // the answer: the higher the better; ranks of floors and tests are in it
	Weight Weight
}

// Weight is why a route was worth what it was:
//
//	Worth = (Low × Gain − (1 − Low) × Fee − Delay) ÷ Ended
//
// (where Gain is negative, all of it counts). Shares are in millionths, sums in the
// base currency.
type Weight struct {
	Worth     money.Amount // of a call that ends on the route
	Low       int32        // share of its calls that are answered at least
	Samples   uint32       // of its own calls to the destination that count, rounded
	Exploring bool         // it came first to be tested, not for its worth
	Floored   bool         // Floor put it behind all others
	Demoted   uint32       // since when it is worse than the destination's other routes, Unix time; 0: it is not

	// What that was worked out from. Decisions of versions that did not keep it have
	// zeros; Ended is 0 in these alone.
	Own      int32        // share of Samples that was answered
	Borrowed int32        // share that would be, if it had no calls of its own
	Lender   int8         // where that is from: digits of the destination's prefix at which the route was compared with the others; 0: its provider's tier, everywhere
	Expected int32        // Own and Borrowed together; Low is its lower bound
	Ended    int32        // share of its calls after which the hunt does not go on
	Gain     money.Amount // of an answered call: margin and goodwill
	Fee      money.Amount // of a failed attempt
	Wait     uint32       // ms until something is heard
	Delay    money.Amount // what that costs
	Floor    Floor        // of a route that is Floored
}

// LentByDestination is the Lender of a route of which nothing is known anywhere:
// it is expected to do what the destination's routes do.
const LentByDestination int8 = -1

// Floor is the hard rule that put a route behind all others, and what it went by.
// Shares are in millionths.
type Floor struct {
	ABR    bool   // answers of bids; otherwise ASR, of seizures
	Prefix string // of the numbers that the rule is for; empty: any
	Least  int32  // share that would have been enough
	Over   uint32 // bids or seizures from which on it holds
	Share  int32  // that the route had
	Of     uint32 // of so many bids or seizures, rounded; 0: not kept
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
