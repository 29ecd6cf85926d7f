package deck

import (
	"fmt"
	"iter"
	"math"
	"math/bits"
	"slices"
	"strings"
	"time"

	"tandem/internal/money"
)

// Mode says what a sheet is silent about.
type Mode string

// The modes; empty is ModeFull.
const (
	ModeFull    Mode = "full"    // a code that is not named is deleted
	ModePartial Mode = "partial" // a code that is not named stays as it is
)

// DiffOptions tell what to look for. The zero value has the trade's defaults and
// no money.
type DiffOptions struct {
	Mode         Mode
	RaisePercent int64 // a rise above it is flagged; 0: 25
	NoticeDays   int   // so many days before it begins a rise must be told; 0: 7

	// Traffic is what calls of the code itself, not of longer ones in either
	// deck, came to in some past time. nil: nothing is known.
	Traffic func(prefix string) (seconds, calls int64)
	// Sell is what we charge per minute, in the deck's currency. nil: not known.
	Sell func(prefix string) (perMinute money.Rate, ok bool)
}

const (
	defaultRaisePercent = 25
	defaultNoticeDays   = 7
)

// Diff compares a new sheet with the deck in force, as things stand at the
// moment. Each new rate is compared with the old one in force when it begins;
// the old price of a created code is that of its longest parent in the old deck.
// Rates that have ended before the moment count in neither deck.
func Diff(live, sheet Rates, at time.Time, o DiffOptions) (Comparison, error) {
	orDefault(&o.RaisePercent, defaultRaisePercent)
	orDefault(&o.NoticeDays, defaultNoticeDays)
	if o.Mode == "" {
		o.Mode = ModeFull
	}
	d := differ{o: o, at: at, notice: at.AddDate(0, 0, o.NoticeDays), byName: make(map[string]*Destination), countries: countryNames()}
	d.total.At = at
	if err := bothDecks(live, sheet, d.code); err != nil {
		return Comparison{}, err
	}
	for _, x := range d.byName {
		x.finish()
		if x.Unchanged != x.Codes || x.Flagged != nil {
			d.total.Destinations = append(d.total.Destinations, *x)
		}
	}
	slices.SortFunc(d.total.Destinations, func(a, b Destination) int { return strings.Compare(a.Name, b.Name) })
	d.total.Flagged = nil
	d.total.finish()
	return d.total, nil
}

// bothDecks walks two decks side by side: do sees every code once, with its
// rates in both; one of them may be empty.
func bothDecks(live, sheet Rates, do func(prefix string, was, will []Rate) error) error {
	nextWas, stopWas := iter.Pull2(groups(live))
	defer stopWas()
	nextWill, stopWill := iter.Pull2(groups(sheet))
	defer stopWill()
	was, err, moreWas := nextWas()
	if err != nil {
		return err
	}
	will, err, moreWill := nextWill()
	for err == nil && (moreWas || moreWill) {
		takeWas := moreWas && (!moreWill || was.prefix <= will.prefix)
		takeWill := moreWill && (!moreWas || will.prefix <= was.prefix)
		switch {
		case takeWas && takeWill:
			err = do(was.prefix, was.rates, will.rates)
		case takeWas:
			err = do(was.prefix, was.rates, nil)
		default:
			err = do(will.prefix, nil, will.rates)
		}
		if takeWas && err == nil {
			was, err, moreWas = nextWas()
		}
		if takeWill && err == nil {
			will, err, moreWill = nextWill()
		}
	}
	return err
}

// differ compares code by code.
type differ struct {
	o         DiffOptions
	at        time.Time
	notice    time.Time
	total     Comparison
	byName    map[string]*Destination
	countries map[string]string

	oldParents, newParents ancestry
}

// code compares one code's rates.
func (d *differ) code(prefix string, was, will []Rate) error {
	d.oldParents.enter(prefix)
	d.newParents.enter(prefix)
	v := verdict{}
	err := error(nil)
	before, after := d.lasting(was), d.lasting(will)
	switch {
	case len(after) > 0:
		err = d.compare(&v, prefix, before, after)
	case d.o.Mode == ModePartial && len(will) == 0:
		v.kept(before)
	default:
		err = d.deleted(&v, prefix, before)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", prefix, err)
	}
	if v.seen {
		for _, c := range [2]*Change{&d.destination(prefix, was, will).Change, &d.total.Change} {
			if err := c.add(prefix, &v); err != nil {
				return err
			}
		}
	}
	d.oldParents.push(prefix, was)
	if d.o.Mode == ModePartial && len(will) == 0 {
		will = was
	}
	d.newParents.push(prefix, will)
	return nil
}

// lasting are the rates that have not ended yet.
func (d *differ) lasting(rates []Rate) []Rate {
	for i := range rates {
		if !rates[i].endsAfter(d.at) {
			return slices.DeleteFunc(slices.Clone(rates), func(r Rate) bool { return !r.endsAfter(d.at) })
		}
	}
	return rates
}

func (d *differ) destination(prefix string, was, will []Rate) *Destination {
	name := ""
	for _, rates := range [2][]Rate{will, was} {
		if len(rates) > 0 && name == "" {
			name = rates[0].Destination
		}
	}
	if name == "" {
		name = countryOf(d.countries, prefix)
	}
	x := d.byName[name]
	if x == nil {
		x = &Destination{Name: name}
		d.byName[name] = x
	}
	return x
}

// verdict is what was found about one code.
type verdict struct {
	seen          bool
	kind          Kind
	before, after priceRange
	pair          bool // was and will are the prices of the rate that rises most
	was, will     money.Rate
	most          *Percent
	traffic       *Impact
	steep, hasty  bool
	belowCost     bool
}

// kept is a code that a partial sheet does not name.
func (v *verdict) kept(rates []Rate) {
	for i := range rates {
		if v.seen = true; !rates[i].Blocked {
			v.before.add(rates[i].PerMinute)
			v.after.add(rates[i].PerMinute)
			v.pair, v.was, v.will = true, rates[i].PerMinute, rates[i].PerMinute
		}
	}
}

// compare sets each new rate against what it follows. was and will hold rates
// that have not ended.
func (d *differ) compare(v *verdict, prefix string, was, will []Rate) error {
	v.seen = true
	for i := range was {
		if !was[i].Blocked {
			v.before.add(was[i].PerMinute)
		}
	}
	for i := range will {
		if err := d.compareRate(v, prefix, was, &will[i]); err != nil {
			return err
		}
	}
	if v.kind == Unchanged && lastEnd(will).Before(lastEnd(was)) {
		v.kind = Changed
	}
	return nil
}

func (d *differ) compareRate(v *verdict, prefix string, was []Rate, r *Rate) error {
	begins := d.begins(r)
	own := inForce(was, begins, r.Window)
	kind := compareRates(own, r)
	v.kind = max(v.kind, kind)
	old := own
	if own == nil {
		old = d.oldParents.longest(begins, r.Window)
	}
	if old != nil && old.Blocked {
		old = nil
	}
	if r.Blocked {
		return d.impact(v, prefix, old, nil)
	}
	v.after.add(r.PerMinute)
	if d.o.Sell != nil {
		if sell, ok := d.o.Sell(prefix); ok && sell < r.Dearest() {
			v.belowCost = true
		}
	}
	if old == nil {
		return nil
	}
	d.rise(v, old, r, begins)
	return d.impact(v, prefix, old, r)
}

// begins is when a rate first matters.
func (d *differ) begins(r *Rate) time.Time {
	if r.From.Before(d.at) {
		return d.at
	}
	return r.From
}

// farFuture stands for no end where ends are compared.
func farFuture() time.Time { return time.Unix(math.MaxInt32*100, 0) }

func lastEnd(rates []Rate) time.Time {
	last := time.Time{}
	for i := range rates {
		if rates[i].To.IsZero() {
			return farFuture()
		}
		if rates[i].To.After(last) {
			last = rates[i].To
		}
	}
	return last
}

func compareRates(was, will *Rate) Kind {
	switch {
	case will.Blocked && (was == nil || !was.Blocked):
		return Blocked
	case will.Blocked:
		return Unchanged
	case was == nil || was.Blocked:
		return Created
	}
	switch before, after := pricesOf(was, will); {
	case after > before:
		return Raised
	case after < before:
		return Lowered
	}
	a, b := was.Rate, will.Rate
	a.From, a.To, b.From, b.To = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	if a != b {
		return Changed
	}
	return Unchanged
}

// pricesOf are the prices per minute that tell two rates apart: the first ones,
// or, where these are the same, the dearest that a step comes to.
func pricesOf(was, will *Rate) (before, after money.Rate) {
	if was.PerMinute != will.PerMinute {
		return was.PerMinute, will.PerMinute
	}
	return was.Dearest(), will.Dearest()
}

// rise looks at the price per minute.
func (d *differ) rise(v *verdict, was, will *Rate, begins time.Time) {
	before, after := pricesOf(was, will)
	if !v.pair || after-before > v.will-v.was {
		v.pair, v.was, v.will = true, before, after
	}
	if after <= before {
		return
	}
	if begins.Before(d.notice) {
		v.hasty = true
	}
	if before == 0 {
		v.steep = true // from nothing: beyond any percentage
		return
	}
	p := percent(int64(before), int64(after))
	if v.most == nil || p > *v.most {
		v.most = &p
	}
	// Compared exactly, without the rounding of p.
	limitHigh, limitLow := bits.Mul64(uint64(before), uint64(100+d.o.RaisePercent))
	high, low := bits.Mul64(uint64(after), 100)
	v.steep = v.steep || high > limitHigh || high == limitHigh && low > limitLow
}

// deleted is a code that the new sheet does not name. Its calls go to the
// longest parent that is left; without one they are lost.
func (d *differ) deleted(v *verdict, prefix string, was []Rate) error {
	if len(was) == 0 {
		return nil
	}
	v.seen, v.kind = true, Deleted
	for i := range was {
		old := &was[i]
		if old.Blocked {
			continue
		}
		v.before.add(old.PerMinute)
		parent := d.newParents.coming(d.begins(old), old.Window)
		if parent != nil && parent.Blocked {
			parent = nil
		}
		if err := d.impact(v, prefix, old, parent); err != nil {
			return err
		}
	}
	return nil
}

// impact prices the code's traffic. Of several rates of a code the one that
// costs most more counts: traffic is not known by time of day.
func (d *differ) impact(v *verdict, prefix string, was, will *Rate) error {
	if d.o.Traffic == nil || was == nil {
		return nil
	}
	seconds, calls := d.o.Traffic(prefix)
	if seconds == 0 && calls == 0 {
		return nil
	}
	if will == nil {
		if v.traffic == nil {
			v.traffic = &Impact{LostSeconds: seconds, LostCalls: calls}
		}
		return nil
	}
	before, err := TrafficPrice(was.Rate, seconds, calls)
	if err != nil {
		return err
	}
	after, err := TrafficPrice(will.Rate, seconds, calls)
	if err != nil {
		return err
	}
	if v.traffic == nil || v.traffic.LostSeconds+v.traffic.LostCalls > 0 || after-before > v.traffic.Difference {
		v.traffic = &Impact{Before: before, After: after, Difference: after - before}
	}
	return nil
}
