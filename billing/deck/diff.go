package deck

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"tandem/billing/rate"
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

// Kind is what becomes of a code.
type Kind int

// The kinds, from the least to the gravest; a code with several rates counts as
// its gravest one.
const (
	Unchanged Kind = iota
	Changed        // increments, fees, window, or it ends sooner
	Lowered
	Created // no price of its own before, or blocked before
	Raised
	Deleted
	Blocked
)

// Comparison is what a new sheet makes of the deck in force.
type Comparison struct {
	Change
	At           time.Time     `json:"at"`
	Destinations []Destination `json:"destinations"` // by name; those where nothing changes and nothing is flagged are left out
}

// Destination is the change of all codes of one name; of one country where the
// sheet names none.
type Destination struct {
	Name string `json:"name"`
	Change
}

// Change counts codes by kind, and what the change costs.
type Change struct {
	Codes     int `json:"codes"` // of both decks
	Created   int `json:"created"`
	Raised    int `json:"raised"`
	Lowered   int `json:"lowered"`
	Changed   int `json:"changed"`
	Deleted   int `json:"deleted"`
	Blocked   int `json:"blocked"`
	Unchanged int `json:"unchanged"`

	Before *Prices `json:"before,omitempty"` // per minute
	After  *Prices `json:"after,omitempty"`

	// Percent is the change of the price per minute, over all codes with a price
	// before and after; MostPercent the steepest rise of a code.
	Percent     *Percent `json:"percent,omitempty"`
	MostPercent *Percent `json:"most_percent,omitempty"`

	Impact *Impact `json:"impact,omitempty"` // nil: no traffic is known

	// Flags: codes that rise by more than the set percentage, that rise sooner
	// than the notice period allows, that we sell below the new price.
	Steep     int `json:"steep"`
	Hasty     int `json:"hasty"`
	BelowCost int `json:"below_cost"`
	// Flagged are the first of those codes.
	Flagged []string `json:"flagged,omitempty"`

	sumBefore, sumAfter int64
}

// Prices are the lowest and the highest price per minute.
type Prices struct {
	Min money.Rate `json:"min"`
	Max money.Rate `json:"max"`
}

// Impact is the price of the same traffic before and after. Codes that can no
// longer be called are in neither sum: their traffic is lost.
type Impact struct {
	Before      money.Amount `json:"before"`
	After       money.Amount `json:"after"`
	Difference  money.Amount `json:"difference"`
	LostSeconds int64        `json:"lost_seconds,omitempty"`
	LostCalls   int64        `json:"lost_calls,omitempty"`
}

// Percent is in hundredths of a percent.
type Percent int64

// String writes "12.50".
func (p Percent) String() string {
	sign := ""
	if p < 0 {
		sign, p = "-", -p
	}
	return fmt.Sprintf("%s%d.%02d", sign, p/100, p%100)
}

// MarshalText writes the decimal; JSON therefore shows a string, as for money.
func (p Percent) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// maxFlagged is how many flagged codes a destination names.
const maxFlagged = 10

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

// ancestry holds the codes that the code at hand begins with, shortest first.
type ancestry []group

// enter makes room for a code: what does not begin it is over.
func (a *ancestry) enter(prefix string) {
	for n := len(*a); n > 0 && !strings.HasPrefix(prefix, (*a)[n-1].prefix); n = len(*a) {
		*a = (*a)[:n-1]
	}
}

func (a *ancestry) push(prefix string, rates []Rate) {
	if len(rates) > 0 {
		*a = append(*a, group{prefix, slices.Clone(rates)})
	}
}

// longest is the rate of the longest parent that has one in force; nil when none
// has.
func (a ancestry) longest(at time.Time, w rate.Window) *Rate {
	for i := len(a) - 1; i >= 0; i-- {
		if r := inForce(a[i].rates, at, w); r != nil {
			return r
		}
	}
	return nil
}

// inForce is the rate in force then, of the same window if there is one, else of
// one that has time in common.
func inForce(rates []Rate, at time.Time, w rate.Window) *Rate {
	var other *Rate
	for i := range rates {
		r := &rates[i]
		switch {
		case !r.inForce(at):
		case r.Window == w:
			return r
		case other == nil && overlap(r.Window, w):
			other = r
		}
	}
	return other
}

// code compares one code's rates.
func (d *differ) code(prefix string, was, will []Rate) error {
	d.oldParents.enter(prefix)
	d.newParents.enter(prefix)
	v := verdict{}
	err := error(nil)
	switch named := d.lasting(will); {
	case len(named) > 0:
		err = d.compare(&v, prefix, was, named)
	case d.o.Mode == ModePartial && len(will) == 0:
		v.kept(d.lasting(was))
	default:
		err = d.deleted(&v, prefix, d.lasting(was))
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
	before, after []money.Rate
	pair          bool // prices before and after of the rate that counts
	was, will     money.Rate
	most          *Percent
	traffic       *Impact
	steep, hasty  bool
	belowCost     bool
}

func (v *verdict) kept(rates []Rate) {
	for i := range rates {
		if v.seen = true; !rates[i].Blocked {
			v.before = append(v.before, rates[i].PerMinute)
			v.after = append(v.after, rates[i].PerMinute)
			v.pair, v.was, v.will = true, rates[i].PerMinute, rates[i].PerMinute
		}
	}
}

// compare sets each new rate against what it follows.
func (d *differ) compare(v *verdict, prefix string, was, will []Rate) error {
	v.seen = true
	for i := range d.lasting(was) {
		if r := d.lasting(was)[i]; !r.Blocked {
			v.before = append(v.before, r.PerMinute)
		}
	}
	for i := range will {
		r := &will[i]
		begins := r.From
		if begins.Before(d.at) {
			begins = d.at
		}
		own := inForce(was, begins, r.Window)
		kind := compareRates(own, r)
		v.kind = max(v.kind, kind)
		if r.Blocked {
			if own == nil || !own.Blocked {
				if err := d.impact(v, prefix, orParent(own, d.oldParents, begins, r.Window), nil); err != nil {
					return err
				}
			}
			continue
		}
		v.after = append(v.after, r.PerMinute)
		if d.o.Sell != nil {
			if sell, ok := d.o.Sell(prefix); ok && sell < r.PerMinute {
				v.belowCost = true
			}
		}
		old := own
		if own == nil {
			old = d.oldParents.longest(begins, r.Window)
		}
		if old == nil || old.Blocked {
			continue
		}
		d.rise(v, old, r, begins)
		if err := d.impact(v, prefix, old, r); err != nil {
			return err
		}
	}
	if v.kind == Unchanged && lastEnd(will).Before(lastEnd(was)) {
		v.kind = Changed
	}
	return nil
}

func orParent(own *Rate, parents ancestry, at time.Time, w rate.Window) *Rate {
	if own == nil {
		own = parents.longest(at, w)
	}
	if own == nil || own.Blocked {
		return nil
	}
	return own
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
	case will.PerMinute > was.PerMinute:
		return Raised
	case will.PerMinute < was.PerMinute:
		return Lowered
	}
	a, b := was.Rate, will.Rate
	a.From, a.To, b.From, b.To = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	if a != b {
		return Changed
	}
	return Unchanged
}

// rise looks at the price per minute.
func (d *differ) rise(v *verdict, was, will *Rate, begins time.Time) {
	if !v.pair || will.PerMinute-was.PerMinute > v.will-v.was {
		v.pair, v.was, v.will = true, was.PerMinute, will.PerMinute
	}
	if will.PerMinute <= was.PerMinute {
		return
	}
	if begins.Before(d.notice) {
		v.hasty = true
	}
	if was.PerMinute == 0 {
		v.steep = true // from nothing: beyond any percentage
		return
	}
	p := percent(int64(was.PerMinute), int64(will.PerMinute))
	if v.most == nil || p > *v.most {
		v.most = &p
	}
	// Compared without the rounding of p.
	if high, err := money.MulDiv(int64(was.PerMinute), 100+d.o.RaisePercent, 100); err == nil && int64(will.PerMinute) > high {
		v.steep = true
	}
}

// percent is the change from one sum to the other.
func percent(from, to int64) Percent {
	p, err := money.MulDiv(to-from, 100*100, from)
	if err != nil {
		return math.MaxInt64
	}
	return Percent(p)
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
		v.before = append(v.before, old.PerMinute)
		begins := old.From
		if begins.Before(d.at) {
			begins = d.at
		}
		parent := d.newParents.longest(begins, old.Window)
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

// add counts a code.
func (c *Change) add(prefix string, v *verdict) error {
	c.Codes++
	switch v.kind {
	case Unchanged:
		c.Unchanged++
	case Changed:
		c.Changed++
	case Lowered:
		c.Lowered++
	case Created:
		c.Created++
	case Raised:
		c.Raised++
	case Deleted:
		c.Deleted++
	case Blocked:
		c.Blocked++
	}
	c.Before, c.After = c.Before.with(v.before), c.After.with(v.after)
	if v.pair {
		c.sumBefore += int64(v.was)
		c.sumAfter += int64(v.will)
	}
	if v.most != nil && (c.MostPercent == nil || *v.most > *c.MostPercent) {
		c.MostPercent = v.most
	}
	c.flag(prefix, v)
	return c.addTraffic(v.traffic)
}

func (c *Change) flag(prefix string, v *verdict) {
	for set, count := range map[*bool]*int{&v.steep: &c.Steep, &v.hasty: &c.Hasty, &v.belowCost: &c.BelowCost} {
		if *set {
			*count++
		}
	}
	if (v.steep || v.hasty || v.belowCost) && len(c.Flagged) < maxFlagged {
		c.Flagged = append(c.Flagged, prefix)
	}
}

func (p *Prices) with(prices []money.Rate) *Prices {
	for _, price := range prices {
		if p == nil {
			p = &Prices{price, price}
		}
		p.Min, p.Max = min(p.Min, price), max(p.Max, price)
	}
	return p
}

func (c *Change) addTraffic(x *Impact) error {
	if x == nil {
		return nil
	}
	if c.Impact == nil {
		c.Impact = &Impact{}
	}
	sum := c.Impact
	sum.Before += x.Before
	sum.After += x.After
	if sum.Before < 0 || sum.After < 0 {
		return fmt.Errorf("impact: %w", money.ErrOverflow)
	}
	sum.Difference = sum.After - sum.Before
	sum.LostSeconds += x.LostSeconds
	sum.LostCalls += x.LostCalls
	return nil
}

// finish works out the percentage of all codes together.
func (c *Change) finish() {
	if c.sumBefore > 0 {
		p := percent(c.sumBefore, c.sumAfter)
		c.Percent = &p
	}
}
