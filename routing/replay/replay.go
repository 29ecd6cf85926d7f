package replay

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tandem/internal/money"
	"tandem/routing"
)

// Run replays the calls of a source through both snapshots, which may be the
// same. told, unless nil, hears now and then how many calls have been read. An
// error, also that ctx has ended, leaves no report: a part of the calls would
// pass for all of them.
func Run(ctx context.Context, before, after *routing.Snapshot, o Options, calls Source, told func(read int64)) (*Report, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	r := newReplay(before, after, o)
	err := calls(ctx, func(c *Call) error {
		r.read++
		if r.read%toldEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if told != nil {
				told(r.read)
			}
		}
		return r.add(c)
	})
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("replay stopped at call %d: %w", r.read, err)
	}
	if told != nil {
		told(r.read)
	}
	return r.report(), nil
}

// toldEvery is after how many calls told is called and ctx is asked.
const toldEvery = 1024

// replay is the state of a run.
type replay struct {
	Options
	before, after *side
	byPrefix      bool

	read     int64 // calls that the source gave
	taken    int64 // of them, those of the account
	calls    int64 // of them, those of the sample
	skipped  map[Skip]int64
	volume   money.Amount // of all sums together
	total    Row
	areas    areas
	prefixes table[string]
	carriers table[int64]
	accounts table[int64]
	moves    moves
	keys     keys
	recorded Recorded
	noRoute  [2]reasons // before, after
	examples examples
}

func newReplay(before, after *routing.Snapshot, o Options) *replay {
	return &replay{
		Options: o, before: newSide(before, nil), after: newSide(after, o.Policy), byPrefix: slices.Contains(o.By, ByPrefix),
		skipped: map[Skip]int64{}, total: Row{Name: "total"},
		areas: newAreas(o.Place), prefixes: newTable[string](), carriers: newTable[int64](), accounts: newTable[int64](),
		moves: moves{}, keys: keys{}, examples: examples{room: o.Examples},
		noRoute: [2]reasons{{counts: map[routing.Reason]*reasonCount{}}, {counts: map[routing.Reason]*reasonCount{}}},
	}
}

// add replays one call.
func (r *replay) add(c *Call) error {
	if r.Account != 0 && c.AccountID != r.Account {
		return nil
	}
	r.taken++
	if r.Sample > 1 && (r.taken-1)%r.Sample != 0 {
		return nil
	}
	r.calls++
	if why := r.admit(c); why != "" {
		r.skipped[why]++
		return nil
	}
	r.before.decide()
	r.after.decide()
	p := pair{answered: c.Answered}
	talk := time.Duration(0)
	if c.Answered {
		talk, p.talkMS = c.Talk, c.Talk.Milliseconds()
	}
	var errs [2]error
	p.before, errs[0] = r.before.outcome(talk)
	p.after, errs[1] = r.after.outcome(talk)
	if errs != [2]error{} {
		r.skipped[SkipNotPriced]++
		return nil
	}
	return r.sum(c, &p)
}

// admit says what stands against replaying a call, on either side.
func (r *replay) admit(c *Call) Skip {
	switch {
	case c.InProgress:
		return SkipInProgress
	case r.keys.of(c.Route).SubscriberID != 0:
		return SkipInternal
	case c.BNumber == "":
		return SkipNoNumber
	}
	at := r.at(c.StartedAt)
	if why := r.before.admit(c, at); why != "" {
		return why
	}
	return r.after.admit(c, at)
}

// sum adds a call to everything it belongs to.
func (r *replay) sum(c *Call, p *pair) error {
	key := r.keys.of(c.Route)
	var recorded money.Amount
	priced := false
	if p.answered && key.ProviderID != 0 && p.before.routed {
		recorded, priced = r.before.recordedCost(c, key)
	}
	for _, v := range [...]money.Amount{p.before.cost, p.before.sale, p.after.cost, p.after.sale, recorded} {
		var ok bool
		if r.volume, ok = plus(r.volume, v); !ok {
			return fmt.Errorf("the sums of calls up to %s: %w", c.ID, money.ErrOverflow)
		}
	}
	if p.answered && key.ProviderID != 0 {
		r.recorded.add(c, key, &p.before, recorded, priced)
	}
	r.total.add(p)
	r.group(p)
	if p.changed() {
		r.moves.add(p)
		r.examples.add(c, p)
	}
	if !p.before.routed {
		r.noRoute[0].add(&r.before.plan)
	}
	if !p.after.routed {
		r.noRoute[1].add(&r.after.plan)
	}
	return nil
}
