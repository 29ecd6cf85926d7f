package simulation

import (
	"math"
	"strings"
	"time"

	"tandem/routing"
)

// Carrier is a simulated provider with one way out. What it does to calls
// changes from phase to phase.
type Carrier struct {
	Name   string
	Phases []Phase // by From, the first from 0
}

// Phase is how a carrier behaves from some time on. Of its calls the share
// Refused is refused, so that the hunt goes on; Lost rings into nothing, so that
// the caller gives up; False is answered by a machine and charged; the others
// reach the called party.
type Phase struct {
	From      time.Duration
	Refused   float64
	Lost      float64
	False     float64
	PDD       time.Duration // until it rings
	Refusal   time.Duration // until it refuses
	PerMinute int64         // price, millionths
	Only      string        // the prefix that all this is true of; elsewhere the first phase is
}

// at is how the carrier treats a call to a number at some time.
func (c *Carrier) at(t time.Duration, number string) *Phase {
	p := &c.Phases[0]
	for i := range c.Phases {
		if v := &c.Phases[i]; v.From <= t {
			if p = v; !strings.HasPrefix(number, v.Only) {
				p = &c.Phases[0]
			}
		}
	}
	return p
}

// keyOf is the route of the i-th carrier.
func keyOf(i int) routing.Key {
	return routing.Key{ProviderID: int64(i + 1), Tier: routing.TierCLI, AddressID: int64(i + 1)}
}

// Destination is where a share of the calls goes, and how many of those who are
// reached pick up.
type Destination struct {
	Name   string
	Prefix string
	Weight int
	Answer []Pickup // by From, the first from 0
}

// Pickup is the share of reached parties that answer, from some time on.
type Pickup struct {
	From  time.Duration
	Share float64
}

func (d *Destination) at(t time.Duration) float64 {
	share := d.Answer[0].Share
	for _, p := range d.Answer {
		if p.From <= t {
			share = p.Share
		}
	}
	return share
}

// truth is what a route will do to a call, exactly: what an oracle knows.
type truth struct {
	answered float64 // picked up by a person who talks
	false    float64
	goesOn   float64 // refused in time for the next route
	margin   float64 // of an answer, millionths
	lossFake float64 // of a false answer
}

// truthOf works out the probabilities, callers who lose patience included.
func (s *Scenario) truthOf(p *Phase, answer float64) truth {
	stays := s.patience(p.PDD)
	return truth{
		answered: (1 - p.Refused - p.Lost - p.False) * stays * answer,
		false:    p.False * stays,
		goesOn:   p.Refused * s.patience(p.Refusal),
		margin:   float64(perMinute(s.PerMinute-p.PerMinute, s.MeanTalk)),
		lossFake: float64(perMinute(p.PerMinute, falseTalk)),
	}
}

// falseTalk is what a false answer is charged for.
const falseTalk = time.Minute

func perMinute(price int64, talk time.Duration) int64 { return price * talk.Milliseconds() / 60_000 }

// patience is the share of callers who are still there after a wait.
func (s *Scenario) patience(wait time.Duration) float64 {
	return math.Exp(-s.GiveUp * wait.Seconds())
}

// worth is what a call earns on average that is offered in this order.
func worth(order []int, truths []truth) (profit float64) {
	left := 1.0
	for _, i := range order {
		t := &truths[i]
		profit += left * (t.answered*t.margin - t.false*t.lossFake)
		left *= t.goesOn
	}
	return profit
}

// index orders routes so that worth is the highest there is.
func (t *truth) index() float64 {
	return (t.answered*t.margin - t.false*t.lossFake) / max(1e-9, 1-t.goesOn)
}
