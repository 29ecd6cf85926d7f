package quality

import (
	"math"
	"time"

	"tandem/internal/e164"
	"tandem/routing"
)

// Evidence is what the calls of the last while say about each route, in memory.
// All methods are safe for concurrent use; those that answer a call's question
// take no lock and allocate nothing. The clock is passed in.
type Evidence struct {
	config   Config
	halfLife float64 // seconds
	sigmas   float64 // of Config.Sure
	subjects *subjects
	table    *table
	repeats  repeats
}

// New makes evidence that knows nothing yet.
func New(c Config) (*Evidence, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return &Evidence{
		config: c, halfLife: c.HalfLife.Seconds(), sigmas: math.Sqrt2 * math.Erfinv(2*float64(c.Sure)/float64(Whole)-1),
		subjects: newSubjects(), table: newTable(c.MaxCells),
	}, nil
}

// Learn takes an attempt into account. Tell it what happened in the order of the
// bids, not of the ends: Settle sees to that.
func (e *Evidence) Learn(t *Tried) {
	if t.Key.ProviderID == 0 || t.Spoilt {
		return
	}
	s, ok := e.subjects.add(t.Key)
	if !ok {
		return
	}
	now := seconds(t.At)
	if e.repeats.seen(s.own, t.B, now, uint32(e.config.RepeatWithin/time.Second)) {
		return
	}
	v := sample{n: 1, waited: bounded(t.Wait)}
	if t.Answered {
		v.answered = 1
	}
	if t.Seized || t.Answered {
		v.seized = 1
	}
	if t.Ended || t.Answered {
		v.ended = 1
	}
	e.learn(s, t.B, now, v)
}

// bounded keeps one strange delay from ruling an average. Below zero: not known.
func bounded(wait time.Duration) float32 { return float32(min(wait.Seconds(), 300)) }

// Count is a number of attempts that are told at once, from a rollup.
type Count struct {
	Bids, Seized, Answered, Ended int64
	Waited                        time.Duration // of all

	// Among is how many routes the count is of, when it is not known which of them:
	// each is told of its part, which need not be whole attempts. 0 and 1: of one.
	Among int
}

// Prime tells what is known of a route's calls to a prefix, or to one number of
// it, at about that time. It is for the start of a node: rollups first, oldest
// first, then live calls.
func (e *Evidence) Prime(k routing.Key, prefix e164.Number, at time.Time, c Count) {
	if k.ProviderID == 0 || c.Bids <= 0 {
		return
	}
	s, ok := e.subjects.add(k)
	if !ok {
		return
	}
	v := sample{
		n: float32(c.Bids), answered: float32(min(c.Answered, c.Bids)), seized: float32(min(max(c.Seized, c.Answered), c.Bids)),
		ended: float32(min(max(c.Ended, c.Answered), c.Bids)), waited: float32(c.Bids) * bounded(c.Waited/time.Duration(c.Bids)),
	}
	v.scale(1 / float32(max(1, c.Among)))
	e.learn(s, prefix, seconds(at), v)
}

// learn counts a sample wherever it belongs: for the route at each prefix, for
// its provider everywhere, and for the destination.
func (e *Evidence) learn(s subject, b e164.Number, now uint32, v sample) {
	d := e.destination(b, now)
	v.expected = v.n * float32(d.rate)
	borrowed := float32(e.config.Borrowed)
	say := v
	var own, provider memo
	e.read(d.prefixes.id(s.own, d.prefixes.n-1), now, &own)
	e.read(d.prefixes.id(s.provider, 0), now, &provider)
	// A route that is well known counts less in what is held against all, or the
	// busiest would be compared with itself.
	say.scale(borrowed / max(borrowed, own.long.n+v.n))
	memory, sudden := float32(e.config.Memory), float32(e.config.Sudden)
	for level := range d.prefixes.n {
		h := e.hold(d.prefixes.id(everybody, level), now)
		h.add(say, now, memory, sudden)
		h.release()
		if level == 0 {
			continue
		}
		h = e.hold(d.prefixes.id(s.own, level), now)
		if h.samples == 0 {
			h.better = now // it knows nothing that could be doubted
		}
		h.doubt(&provider, borrowed)
		h.learn(v, now, memory, sudden, false)
		h.release()
	}
	h := e.hold(d.prefixes.id(s.provider, 0), now)
	h.learn(v, now, providerTimes*memory, providerTimes*sudden, true)
	h.release()
	e.mark(s, &d, now)
}

// providerTimes is how much longer the memory of a provider everywhere is: it has
// more calls.
const providerTimes = 5

// hold takes a memory, as it is now, to change it.
func (e *Evidence) hold(id uint64, now uint32) held {
	h := e.table.hold(id)
	h.fade(now, e.halfLife)
	return h
}

// mark notes since when the route is worse than the destination's routes are,
// and that it no longer is. Its short memory then begins anew: from there on it
// holds tests.
func (e *Evidence) mark(s subject, d *destination, now uint32) {
	if d.prefixes.n == 1 {
		return
	}
	r := e.rate(s, d, now)
	worse, better := r.high < d.rate, r.rate >= 0.9*d.rate
	if r.own.worse == 0 && !worse || r.own.worse != 0 && !better {
		return
	}
	h := e.hold(d.prefixes.id(s.own, d.prefixes.n-1), now)
	h.worse = 0
	if worse {
		h.worse, h.short = now, window{}
	}
	h.release()
}

// read gives a memory as it is now; an empty one where nothing is known.
func (e *Evidence) read(id uint64, now uint32, m *memo) {
	if id == 0 { // a route that was never tried
		*m = memo{}
		return
	}
	e.table.read(id, m)
	m.fade(now, e.halfLife)
}

// Known is how many pairs of a route and a prefix are known, of how many at most.
func (e *Evidence) Known() (cells, most int) { return e.table.count(), e.table.size() }

// seconds is a time as memories keep it.
func seconds(t time.Time) uint32 { return uint32(max(0, t.Unix())) }
