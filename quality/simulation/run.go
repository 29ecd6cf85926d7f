package simulation

import (
	"cmp"
	"container/heap"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// call is one caller's wish, the same for every policy.
type call struct {
	id          string
	at          time.Duration
	destination int
	number      string
	talk        time.Duration
	picks       float64 // below the destination's share: the called party answers
	chance      []float64
	patience    time.Duration // how long the caller waits in all
	truths      []truth
}

// outcome is how an attempt ended.
type outcome struct {
	seized   bool // it rang, or was answered
	answered bool // and talked
	false    bool
	ended    bool
	wait     time.Duration
	took     time.Duration // until this was known
}

// calls draws the calls of a scenario: all chances are drawn here, so that two
// policies that try the same carrier see the same thing happen.
func (s *Scenario) calls(seed uint64) []call {
	random := rand.New(rand.NewPCG(seed, 0x7a4d)) //nolint:gosec // it has to be the same each time
	total := 0
	for _, d := range s.Destinations {
		total += d.Weight
	}
	var list []call
	for at := time.Duration(0); ; {
		at += time.Duration(random.ExpFloat64() / s.CallsMinute * float64(time.Minute))
		if at >= s.Length {
			return list
		}
		c := call{id: strconv.Itoa(len(list)), at: at, picks: random.Float64()}
		lot := random.IntN(total)
		for lot >= s.Destinations[c.destination].Weight {
			lot -= s.Destinations[c.destination].Weight
			c.destination++
		}
		c.number = s.Destinations[c.destination].Prefix + strconv.Itoa(1000+random.IntN(9000))
		c.talk = time.Duration(random.ExpFloat64() * float64(s.MeanTalk))
		c.patience = time.Duration(min(random.ExpFloat64()/s.GiveUp, 3600) * float64(time.Second))
		for i := range s.Carriers {
			c.chance = append(c.chance, random.Float64())
			c.truths = append(c.truths, s.truthOf(s.Carriers[i].at(at, c.number), s.Destinations[c.destination].at(at)))
		}
		list = append(list, c)
	}
}

// attempt plays one attempt of a caller who has waited already.
func (s *Scenario) attempt(c *call, carrier int, waited time.Duration) outcome {
	p := s.Carriers[carrier].at(c.at, c.number)
	u, left := c.chance[carrier], c.patience-waited
	delay := p.PDD
	if u < p.Refused {
		delay = p.Refusal
	}
	if delay > left {
		return outcome{ended: true, wait: left, took: left} // the caller has gone
	}
	o := outcome{wait: delay, took: delay, ended: true}
	o.seized = u >= p.Refused
	switch {
	case u < p.Refused:
		o.ended = false
	case u < p.Refused+p.Lost:
		o.took += 40 * time.Second
	case u < p.Refused+p.Lost+p.False:
		o.false = true
		o.took += 4 * time.Second
	case c.picks < s.Destinations[c.destination].at(c.at):
		o.answered = true
		o.took += 8*time.Second + c.talk
	default:
		o.took += 25 * time.Second
	}
	return o
}

// ending is the end of an attempt that is still to be heard of.
type ending struct {
	at      time.Duration
	c       *call
	n       int
	carrier int
	o       outcome
}

type endings []ending

func (e endings) Len() int           { return len(e) }
func (e endings) Less(i, j int) bool { return e[i].at < e[j].at }
func (e endings) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *endings) Push(v any)        { *e = append(*e, v.(ending)) } //nolint:forcetypeassert // heap pushes what it is given
func (e *endings) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

// play lets a policy carry all calls.
func (s *Scenario) play(calls []call, p policy) result {
	r := result{policy: p.name(), first: make([]uint8, len(calls))}
	var pending endings
	var cheapest, order []int
	for i := range s.Carriers {
		cheapest = append(cheapest, i)
	}
	for i := range calls {
		c := &calls[i]
		for len(pending) > 0 && pending[0].at <= c.at {
			e := heap.Pop(&pending).(ending) //nolint:forcetypeassert // it holds nothing else
			p.over(e.c, e.n, e.carrier, e.o)
		}
		p.tick(c.at)
		order = append(order[:0], cheapest...)
		slices.SortStableFunc(order, func(a, b int) int {
			return cmp.Compare(s.Carriers[a].at(c.at, c.number).PerMinute, s.Carriers[b].at(c.at, c.number).PerMinute)
		})
		explored := p.order(c, order)
		r.first[i] = uint8(order[0])
		r.expect(c, order, explored)
		s.hunt(c, order, &r, func(n, carrier int, waited time.Duration, o outcome) {
			p.offered(c, n, carrier)
			heap.Push(&pending, ending{c.at + waited + o.took, c, n, carrier, o})
		})
	}
	return r
}

// hunt offers a call to one carrier after the other.
func (s *Scenario) hunt(c *call, order []int, r *result, tried func(n, carrier int, waited time.Duration, o outcome)) {
	var waited time.Duration
	r.calls++
	for n, carrier := range order {
		o := s.attempt(c, carrier, waited)
		tried(n+1, carrier, waited, o)
		waited += o.wait
		if !o.ended {
			continue
		}
		r.waited += waited
		rate := s.Carriers[carrier].at(c.at, c.number).PerMinute
		switch {
		case o.answered:
			r.answers++
			r.profit += perMinute(s.PerMinute-rate, c.talk)
		case o.false:
			r.fakes++
			r.profit -= perMinute(rate, falseTalk) // the caller is given the money back
		}
		return
	}
	r.waited += waited
}
