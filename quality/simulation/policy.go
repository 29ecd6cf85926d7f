package simulation

import (
	"cmp"
	"slices"
	"time"

	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/quality"
)

// policy orders the carriers for a call and hears what became of its attempts.
type policy interface {
	name() string
	order(c *call, order []int) (explored bool) // order comes in with every carrier, cheapest first
	offered(c *call, n, carrier int)
	over(c *call, n, carrier int, o outcome)
	tick(now time.Duration)
}

// quiet is a policy that learns nothing.
type quiet struct{}

func (quiet) offered(*call, int, int)       {}
func (quiet) over(*call, int, int, outcome) {}
func (quiet) tick(time.Duration)            {}

// leastCost takes the cheapest first, whatever it does.
type leastCost struct{ quiet }

func (leastCost) name() string            { return "least cost" }
func (leastCost) order(*call, []int) bool { return false }

// oracle knows what every carrier is about to do.
type oracle struct{ quiet }

func (oracle) name() string { return "oracle" }
func (oracle) order(c *call, order []int) bool {
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(c.truths[b].index(), c.truths[a].index()) })
	return false
}

// lock is the usual threshold: every quarter of an hour, a carrier whose ASR over
// its last hundred attempts to a destination is below the limit is locked there,
// until a person unlocks it.
type lock struct {
	limit  float64
	person time.Duration // how long until somebody comes
	tries  map[[2]int][]bool
	locked map[[2]int]time.Duration // until when
	next   time.Duration
}

func newLock(limit float64, person time.Duration) *lock {
	return &lock{limit: limit, person: person, tries: map[[2]int][]bool{}, locked: map[[2]int]time.Duration{}}
}

func (l *lock) name() string { return "threshold lock" }

func (l *lock) order(c *call, order []int) bool {
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(btoi(l.locked[[2]int{a, c.destination}] > c.at), btoi(l.locked[[2]int{b, c.destination}] > c.at))
	})
	return false
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (l *lock) offered(*call, int, int) {}

func (l *lock) over(c *call, _, carrier int, o outcome) {
	key := [2]int{carrier, c.destination}
	list := append(l.tries[key], o.answered || o.false)
	l.tries[key] = list[max(0, len(list)-100):]
}

func (l *lock) tick(now time.Duration) {
	if now < l.next {
		return
	}
	l.next = now + 15*time.Minute
	for key, list := range l.tries {
		answers := 0
		for _, ok := range list {
			answers += btoi(ok)
		}
		if len(list) >= 30 && float64(answers) < l.limit*float64(len(list)) && l.locked[key] <= now {
			l.locked[key] = now + l.person
			delete(l.tries, key)
		}
	}
}

// learning is package quality.
type learning struct {
	label    string
	evidence *quality.Evidence
	settle   *quality.Settle
	offers   []quality.Offer
	scenario *Scenario
	tickets  uint64
}

func newLearning(label string, s *Scenario, c quality.Config) (*learning, error) {
	e, err := quality.New(c)
	if err != nil {
		return nil, err
	}
	return &learning{label: label, evidence: e, settle: quality.NewSettle(e, 90*time.Second, 1<<14), scenario: s}, nil
}

func (l *learning) name() string { return l.label }

// epoch is when simulated time begins.
func epoch(t time.Duration) time.Time { return time.Unix(1_767_225_600, 0).UTC().Add(t) }

func (l *learning) order(c *call, order []int) bool {
	talk := l.scenario.MeanTalk
	l.offers = l.offers[:0]
	for i := range l.scenario.Carriers {
		l.offers = append(l.offers, quality.Offer{Key: keyOf(i), Cost: money.Amount(perMinute(l.scenario.Carriers[i].at(c.at, c.number).PerMinute, talk))})
	}
	explored := l.evidence.Weigh(&quality.Call{
		B: e164.Number(c.number), At: epoch(c.at), Sale: money.Amount(perMinute(l.scenario.PerMinute, talk)), Sold: true, Ticket: l.tickets,
	}, l.offers)
	l.tickets++
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(l.offers[b].Worth, l.offers[a].Worth) })
	return explored >= 0
}

func (l *learning) offered(c *call, n, carrier int) {
	l.settle.Offered(c.id, n, quality.Tried{Key: keyOf(carrier), B: e164.Number(c.number), At: epoch(c.at)})
}

func (l *learning) over(c *call, n, _ int, o outcome) {
	l.settle.Over(c.id, n, quality.Outcome{Seized: o.seized, Answered: o.answered, Ended: o.ended, Wait: o.wait})
}

func (l *learning) tick(now time.Duration) { l.settle.Tick(epoch(now)) }
