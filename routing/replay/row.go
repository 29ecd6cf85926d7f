package replay

import "tandem/internal/money"

// Row is what becomes of a group of calls. Its sums cannot overflow: all of them
// together are no more than replay.volume, which is checked.
type Row struct {
	Name     string
	Calls    int64
	Answered int64
	TalkMS   int64 // of the answered calls
	Changed  int64 // calls that another route carries
	Lost     int64 // calls that it had a route for before and not after; of a provider: that it carried before and not after
	Won      int64 // the reverse
	Before   Side
	After    Side
	Gain     money.Amount // what the calls bring more after, see the package; of a provider: 0
}

// Side is what one side makes of the calls of a row.
type Side struct {
	Calls    int64        // that have a route; of a provider: that it carries
	NoRoute  int64        // of a provider: 0
	TalkMS   int64        // of Calls
	Cost     money.Amount // of Calls
	Sold     int64        // of Calls, those whose sale is known
	Sale     money.Amount // of Sold
	SoldCost money.Amount // of Sold
}

// Margin is what the calls bring whose sale is known.
func (s *Side) Margin() money.Amount { return s.Sale - s.SoldCost }

// add takes a call whose two sides belong to the row.
func (r *Row) add(p *pair) {
	r.count(p)
	r.Gain += p.gain()
	r.Before.add(&p.before, p.talkMS)
	r.After.add(&p.after, p.talkMS)
	switch {
	case p.before.routed && !p.after.routed:
		r.Lost++
	case p.after.routed && !p.before.routed:
		r.Won++
	}
}

// carry takes a call for a provider that carries it before, after or both.
func (r *Row) carry(p *pair, before, after bool) {
	r.count(p)
	if before {
		r.Before.add(&p.before, p.talkMS)
	}
	if after {
		r.After.add(&p.after, p.talkMS)
	}
	switch {
	case !after:
		r.Lost++
	case !before:
		r.Won++
	}
}

func (r *Row) count(p *pair) {
	r.Calls++
	r.TalkMS += p.talkMS
	if p.answered {
		r.Answered++
	}
	if p.changed() {
		r.Changed++
	}
}

func (s *Side) add(o *outcome, talkMS int64) {
	if !o.routed {
		s.NoRoute++
		return
	}
	s.Calls++
	s.TalkMS += talkMS
	s.Cost += o.cost
	if o.sold {
		s.Sold++
		s.Sale += o.sale
		s.SoldCost += o.cost
	}
}
