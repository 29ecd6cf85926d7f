package quality

import (
	"math"

	"tandem/internal/money"
)

// stake is the money in a call over one route: what each turn of it is worth, in
// millionths of the base currency.
type stake struct {
	gain  int64 // when it is answered: margin and goodwill
	fee   int64 // when it is not
	delay int64 // each second of waiting
}

// stake is the money in a call before any route has its cost. Who waits in vain
// loses what a call to the destination brings on average, answered or not.
func (e *Evidence) stake(c *Call, d *destination, offers []Offer) stake {
	price := e.price(c, offers)
	return stake{
		gain:  price + times(price, e.config.Goodwill, Whole),
		delay: times(times(price, shareOf(d.rate), Whole), e.config.Impatience, Whole),
	}
}

// price is what the call is sold for, or what takes the place of that.
func (e *Evidence) price(c *Call, offers []Offer) int64 {
	if c.Sold {
		return int64(c.Sale)
	}
	cheapest := money.Amount(math.MaxInt64)
	for i := range offers {
		cheapest = min(cheapest, offers[i].Cost)
	}
	return times(int64(max(0, cheapest)), Share(e.config.Unsold), 1)
}

// of is the stake of one of the routes.
func (s stake) of(o *Offer) stake {
	return stake{gain: s.gain - int64(o.Cost), fee: int64(o.Fee), delay: s.delay}
}

// index is the expected worth of offering the call to a route,
//
//	answered × gain − (1 − answered) × fee − wait × delay
//
// for each call that ends there. The division is what makes it right for hunts:
// an attempt that fails and passes the call on costs only its time and its fee,
// one that ends the call unanswered costs the call. Sorting by it gives the order
// that earns most of all orders, as long as attempts do not depend on each other.
//
// A route that loses on every answer is not made better by answering less: its
// loss counts in full.
func (s *stake) index(answered, ended, wait float64) int64 {
	p := shareOf(answered)
	worth := times(s.gain, p, Whole)
	if s.gain < 0 {
		worth = s.gain
	}
	worth -= times(s.fee, Whole-p, Whole)
	worth -= s.waiting(wait)
	return clamp(times(worth, Whole, max(1, shareOf(max(ended, answered)))))
}

// waiting is what so many seconds of it cost.
func (s *stake) waiting(seconds float64) int64 { return times(s.delay, Share(seconds*1000), 1000) }

// times is a × b / c, rounded half away from zero; what leaves the range stays at
// its end.
func times(a int64, b, c Share) int64 {
	if max(a, -a) < 1<<42 && b <= Whole { // the product is in range, as of any call that anybody pays for
		half := int64(c) / 2
		if a < 0 {
			half = -half
		}
		return (a*int64(b) + half) / int64(c)
	}
	v, err := money.MulDiv(a, int64(b), int64(c))
	if err == nil {
		return v
	}
	if a < 0 {
		return -math.MaxInt64
	}
	return math.MaxInt64
}

// Worths stay within these bounds, so that the ranks of floors and of exploring
// calls lie outside.
const (
	mostWorth = 1 << 50
	floorRank = 1 << 52
	firstRank = 1 << 60
)

func clamp(v int64) int64 { return min(max(v, -mostWorth), mostWorth) }
