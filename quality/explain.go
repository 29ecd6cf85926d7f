package quality

import (
	"fmt"
	"strings"
	"time"

	"tandem/internal/money"
	"tandem/routing"
)

// Effect is what quality does to one route of a call, with every figure that
// went into it. Sums are in the base currency.
type Effect struct {
	Key    routing.Key `json:"-"`
	Route  string      `json:"route"`
	Prefix string      `json:"prefix"` // at which its own calls are counted

	Calls        uint32  `json:"calls"`         // that it ever had there, as far as is remembered
	Samples      float64 `json:"samples"`       // that still count
	Own          *Share  `json:"own,omitempty"` // of them answered
	Borrowed     Share   `json:"borrowed"`      // what would be expected of it without calls of its own
	BorrowedFrom string  `json:"borrowed_from"`
	Others       Share   `json:"others"` // answered on all routes of the destination
	Expected     Share   `json:"expected"`
	Low          Share   `json:"low"` // the bound that counts
	High         Share   `json:"high"`
	Ended        Share   `json:"ended"` // of its calls the hunt ends there, one way or the other

	Wait  int64        `json:"wait_ms"` // until something is heard
	Gain  money.Amount `json:"gain"`    // of an answered call: margin and goodwill
	Delay money.Amount `json:"delay"`   // what the expected waiting costs
	Fee   money.Amount `json:"fee"`     // of a failed attempt
	Worth money.Amount `json:"worth"`   // of a call that ends there

	Floor     *Floor     `json:"floor,omitempty"` // that puts it behind all others
	Demoted   *time.Time `json:"demoted_since,omitempty"`
	LastTried *time.Time `json:"last_tried,omitempty"`
	Exploring bool       `json:"exploring"` // it comes first to be tested, not for its worth

	Words string `json:"words"`
}

// Explain is Weigh with its reasoning: the same functions on the same figures.
// Effects are in the order of the offers, whose Worth it sets too.
func (e *Evidence) Explain(c *Call, offers []Offer) []Effect {
	now := seconds(c.At)
	d := e.destination(c.B, now)
	all := e.stake(c, &d, offers)
	effects := make([]Effect, len(offers))
	for i := range offers {
		o := &offers[i]
		v := e.rate(e.subjects.find(o.Key), &d, now)
		effects[i] = e.effect(c, o, &d, &v, all.of(o))
	}
	if explored := e.Weigh(c, offers); explored >= 0 {
		effects[explored].Exploring = true
	}
	for i := range effects {
		effects[i].Words = effects[i].words()
	}
	return effects
}

func (e *Evidence) effect(c *Call, o *Offer, d *destination, v *estimate, s stake) Effect {
	w := &v.own.long
	f := Effect{
		Key: o.Key, Route: o.Key.String(), Prefix: d.prefixes.text(c.B, d.prefixes.n-1),
		Calls: v.own.samples, Samples: float64(w.n), Borrowed: shareOf(v.borrowed), BorrowedFrom: lender(c, d, v.lender),
		Others: shareOf(d.rate), Expected: shareOf(v.rate), Low: shareOf(v.low), High: shareOf(v.high), Ended: shareOf(v.ended),
		Wait: int64(v.wait * 1000), Gain: money.Amount(s.gain), Fee: money.Amount(s.fee),
		Delay: money.Amount(times(s.delay, Share(v.wait*1000), 1000)), Worth: money.Amount(s.index(v.low, v.ended, v.wait)),
		Floor: e.floored(v, c.B), Demoted: moment(v.own.worse), LastTried: moment(v.own.last),
	}
	if w.n > 0 {
		f.Own = new(shareOf(float64(w.answered / w.n)))
	}
	return f
}

// lender names where a borrowed rate comes from.
func lender(c *Call, d *destination, level int) string {
	switch level {
	case -1:
		return "the destination's routes"
	case 0:
		return "the destination's routes and how the provider's tier does everywhere"
	default:
		return "the destination's routes and how the route does at " + d.prefixes.text(c.B, level)
	}
}

func moment(at uint32) *time.Time {
	if at == 0 {
		return nil
	}
	return new(time.Unix(int64(at), 0).UTC())
}

// words says the effect as a sentence for people.
func (f *Effect) words() string {
	var b strings.Builder
	if f.Own == nil {
		fmt.Fprintf(&b, "no call to %s counts; %s expected, from %s", prefixWord(f.Prefix), f.Borrowed, f.BorrowedFrom)
	} else {
		fmt.Fprintf(&b, "%s of %.0f calls to %s answered; with %s borrowed from %s, %s is expected", *f.Own, f.Samples, prefixWord(f.Prefix), f.Borrowed, f.BorrowedFrom, f.Expected)
	}
	fmt.Fprintf(&b, ", at least %s (all routes: %s); worth %s a call that ends here", f.Low, f.Others, f.Worth)
	if f.Floor != nil {
		fmt.Fprintf(&b, "; behind all others: below %s over %d calls", f.Floor.Least, f.Floor.Over)
	}
	if f.Demoted != nil {
		fmt.Fprintf(&b, "; worse than the others since %s", f.Demoted.Format(time.DateTime))
	}
	if f.Exploring {
		b.WriteString("; first to test it")
	}
	return b.String()
}

func prefixWord(p string) string {
	if p == "" {
		return "any number"
	}
	return p
}
