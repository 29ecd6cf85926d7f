package routing

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/internal/money"
)

// RateTable holds the rows of all decks in force, indexed by prefix. It is
// immutable; a new one is merged from an old one and the decks that came.
type RateTable struct {
	trie  trie
	decks []DeckRef // by slot
	slots map[DeckRef]int
	parts []ratePart // distinct parts of rates, see ratePart
	times []rateTime // distinct times of rates; 0: always
	steps [][2]int32 // distinct increments: first, next
}

// DeckRef names the rows of a deck: a published deck keeps its id, and its
// revision unless its rows are changed by hand.
type DeckRef struct {
	ID       int64
	Revision int
}

// ratePart is what a rate has besides its price per minute. Decks of millions of
// rows share a handful.
type ratePart struct {
	fee, attempt money.Amount
	steps        uint16 // index of (first, next) among the distinct ones, see billed
	plain        bool   // rate.Rate.Plain
	blocked      bool
	first, next  int32
	grace, free  int32
	minimum      money.Amount
	priceSteps   [rate.MaxSteps]rate.Step
}

// rateTime is when a rate is in force.
type rateTime struct {
	from, to int64 // Unix milliseconds; math.MinInt64, math.MaxInt64: without end
	window   rate.Window
	zone     *time.Location
}

// entry is one rate of one deck, 16 bytes.
type entry struct {
	perMinute money.Rate
	part      uint32
	slot      uint16
	time      uint16
}

// row is an entry with its prefix, while a table is made.
type row struct {
	prefix packedPrefix
	entry
}

// packedPrefix holds up to 15 digits, four bits each from the top, a digit plus
// one; so the order of numbers is the order of prefixes.
type packedPrefix uint64

func packPrefix(s string) (packedPrefix, bool) {
	if s == "" || len(s) > e164.MaxDigits {
		return 0, false
	}
	var p packedPrefix
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		p |= packedPrefix(s[i]-'0'+1) << (60 - 4*i)
	}
	return p, true
}

// RateTableBuilder collects the rows of new decks. Rows may come in any order.
// It belongs to one goroutine.
type RateTableBuilder struct {
	old   *RateTable
	keep  map[int]int // slot in old -> slot in the new table
	table *RateTable
	rows  []row
	parts map[ratePart]uint32
	times map[rateTime]uint16
	steps map[[2]int32]uint16
	slot  uint16
	zone  *time.Location
	err   error
}

// Errors of a builder.
var (
	errTooManyDecks = errors.New("more than 65535 decks in force")
	errTooManyTimes = errors.New("more than 65535 different effective times in all decks; use fewer dates and windows")
	errTooManySteps = errors.New("more than 65535 different increments in all decks")
)

// NewRateTable begins a table that takes over from old (nil: none) those decks
// whose refs are in decks. Missing tells which of them have to be added.
func NewRateTable(old *RateTable, decks []DeckRef) (b *RateTableBuilder, missing []DeckRef, err error) {
	if len(decks) > math.MaxUint16 {
		return nil, nil, errTooManyDecks
	}
	b = &RateTableBuilder{
		old: old, keep: map[int]int{}, parts: map[ratePart]uint32{}, times: map[rateTime]uint16{}, steps: map[[2]int32]uint16{},
		table: &RateTable{slots: map[DeckRef]int{}, times: []rateTime{{from: math.MinInt64, to: math.MaxInt64}}},
	}
	for _, ref := range decks {
		slot := len(b.table.decks)
		b.table.decks = append(b.table.decks, ref)
		b.table.slots[ref] = slot
		if from, ok := old.slot(ref); ok {
			b.keep[from] = slot
		} else {
			missing = append(missing, ref)
		}
	}
	return b, missing, nil
}

func (t *RateTable) slot(ref DeckRef) (int, bool) {
	if t == nil {
		return 0, false
	}
	slot, ok := t.slots[ref]
	return slot, ok
}

// Deck begins the rows of a deck that NewRateTable has called missing; zone is
// that of its windows, nil is UTC.
func (b *RateTableBuilder) Deck(ref DeckRef, zone *time.Location) {
	b.slot = uint16(b.table.slots[ref])
	b.zone = cmp.Or(zone, time.UTC)
}

// Grow makes room for so many rows in one piece.
func (b *RateTableBuilder) Grow(rows int) { b.rows = slices.Grow(b.rows, rows) }

// Add takes one row of the deck begun last. The error names the field that makes
// the row unusable; the table goes on without it.
func (b *RateTableBuilder) Add(prefix string, r rate.Rate, blocked bool) error {
	packed, ok := packPrefix(prefix)
	if !ok {
		return fmt.Errorf("prefix %q: want 1 to %d digits", prefix, e164.MaxDigits)
	}
	if err := r.Validate(); err != nil {
		return err
	}
	part, err := b.part(r, blocked)
	if err != nil {
		return err
	}
	at, err := b.timeOf(r)
	if err != nil {
		return err
	}
	b.rows = append(b.rows, row{packed, entry{perMinute: r.PerMinute, part: part, slot: b.slot, time: at}})
	return nil
}

func (b *RateTableBuilder) part(r rate.Rate, blocked bool) (uint32, error) {
	return b.internPart(ratePart{
		fee: r.ConnectionFee, minimum: r.Minimum, attempt: r.AttemptFee, first: r.First, next: r.Next,
		grace: r.Grace, free: r.Free, priceSteps: r.Steps, blocked: blocked, plain: r.Plain(),
	})
}

func (b *RateTableBuilder) internPart(p ratePart) (uint32, error) {
	key := [2]int32{p.first, p.next}
	steps, ok := b.steps[key]
	if !ok {
		if len(b.steps) > math.MaxUint16 {
			return 0, errTooManySteps
		}
		steps = uint16(len(b.steps))
		b.steps[key] = steps
		b.table.steps = append(b.table.steps, key)
	}
	p.steps = steps
	i, ok := b.parts[p]
	if !ok {
		i = uint32(len(b.table.parts))
		b.parts[p] = i
		b.table.parts = append(b.table.parts, p)
	}
	return i, nil
}

func (b *RateTableBuilder) timeOf(r rate.Rate) (uint16, error) {
	t := rateTime{from: math.MinInt64, to: math.MaxInt64}
	if !r.From.IsZero() {
		t.from = r.From.UnixMilli()
	}
	if !r.To.IsZero() {
		t.to = r.To.UnixMilli()
	}
	if !r.Window.IsZero() {
		t.window, t.zone = r.Window, b.zone
	}
	return b.internTime(t)
}

func (b *RateTableBuilder) internTime(t rateTime) (uint16, error) {
	if t == b.table.times[0] {
		return 0, nil
	}
	i, ok := b.times[t]
	if !ok {
		if len(b.table.times) > math.MaxUint16 {
			return 0, errTooManyTimes
		}
		i = uint16(len(b.table.times))
		b.times[t] = i
		b.table.times = append(b.table.times, t)
	}
	return i, nil
}

// Table sorts and indexes what was collected. The builder is spent then.
func (b *RateTableBuilder) Table() (*RateTable, error) {
	slices.SortFunc(b.rows, b.compare)
	b.table.trie = newTrie(b.merged())
	b.rows, b.old = nil, nil
	return b.table, b.err
}

// compare orders rows by prefix; those of one deck and prefix lie together, the
// latest effective date first, windows before what always holds.
func (b *RateTableBuilder) compare(x, y row) int {
	if c := cmp.Compare(x.prefix, y.prefix); c != 0 {
		return c
	}
	if c := cmp.Compare(x.slot, y.slot); c != 0 {
		return c
	}
	if x.time == y.time {
		return 0
	}
	s, t := &b.table.times[x.time], &b.table.times[y.time]
	// What is left does not matter to rates that never overlap; it keeps nodes
	// alike where rows edited by hand do.
	return cmp.Or(
		cmp.Compare(t.from, s.from), -compareBool(!s.window.IsZero(), !t.window.IsZero()), cmp.Compare(s.to, t.to),
		cmp.Compare(s.window.Start, t.window.Start), cmp.Compare(s.window.Days, t.window.Days), cmp.Compare(s.window.End, t.window.End),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// merged gives the rows kept from the old table and the new ones, by prefix.
// Rows of one deck are all old or all new, so their order is kept.
func (b *RateTableBuilder) merged() iter.Seq[row] {
	return func(yield func(row) bool) {
		rest := b.rows
		for r := range b.kept() {
			for len(rest) > 0 && rest[0].prefix <= r.prefix {
				if !yield(rest[0]) {
					return
				}
				rest = rest[1:]
			}
			if !yield(r) {
				return
			}
		}
		for _, r := range rest {
			if !yield(r) {
				return
			}
		}
	}
}

// kept gives the rows of the old table whose decks stay, with the slots, parts
// and times of the new one.
func (b *RateTableBuilder) kept() iter.Seq[row] {
	return func(yield func(row) bool) {
		if len(b.keep) == 0 {
			return
		}
		parts := make([]uint32, len(b.old.parts)) // place in the new table plus one; 0: not yet there
		times := make([]uint32, len(b.old.times))
		for r := range b.old.trie.rows() {
			slot, kept := b.keep[int(r.slot)]
			if !kept {
				continue
			}
			if parts[r.part] == 0 {
				i, err := b.internPart(b.old.parts[r.part])
				b.err = cmp.Or(b.err, err)
				parts[r.part] = i + 1
			}
			if times[r.time] == 0 {
				i, err := b.internTime(b.old.times[r.time])
				b.err = cmp.Or(b.err, err)
				times[r.time] = uint32(i) + 1
			}
			r.slot, r.part, r.time = uint16(slot), parts[r.part]-1, uint16(times[r.time]-1)
			if !yield(r) {
				return
			}
		}
	}
}

// DeckRow is one rate of a deck.
type DeckRow struct {
	Prefix  string
	Blocked bool // the deck closes this destination
	rate.Rate
}

// TableOf makes a table of rows that are in memory already, by deck id.
func TableOf(decks []Deck, rows map[int64][]DeckRow) (*RateTable, error) {
	refs := make([]DeckRef, len(decks))
	for i, d := range decks {
		refs[i] = DeckRef{d.ID, d.Revision}
	}
	b, _, err := NewRateTable(nil, refs)
	if err != nil {
		return nil, err
	}
	for i, d := range decks {
		b.Deck(refs[i], d.Zone)
		for _, r := range rows[d.ID] {
			if err := b.Add(r.Prefix, r.Rate, r.Blocked); err != nil {
				return nil, fmt.Errorf("deck %d, prefix %s: %w", d.ID, r.Prefix, err)
			}
		}
	}
	return b.Table()
}

// Len is the number of rates in the table.
func (t *RateTable) Len() int {
	if t == nil {
		return 0
	}
	return len(t.trie.entries)
}

// Decks lists the decks whose rows the table holds.
func (t *RateTable) Decks() []DeckRef {
	if t == nil {
		return nil
	}
	return slices.Clone(t.decks)
}

// Bytes is the memory that the rates and their index take.
func (t *RateTable) Bytes() int {
	if t == nil {
		return 0
	}
	return cap(t.trie.nodes)*nodeBytes + cap(t.trie.entries)*entryBytes + cap(t.parts)*partBytes + cap(t.times)*timeBytes
}

// rate is an entry in full.
func (t *RateTable) rate(e entry) rate.Rate {
	p, w := &t.parts[e.part], &t.times[e.time]
	r := rate.Rate{
		PerMinute: e.perMinute, ConnectionFee: p.fee, Minimum: p.minimum, AttemptFee: p.attempt, First: p.first, Next: p.next,
		Grace: p.grace, Free: p.free, Steps: p.priceSteps, Window: w.window,
	}
	if w.from != math.MinInt64 {
		r.From = time.UnixMilli(w.from).UTC()
	}
	if w.to != math.MaxInt64 {
		r.To = time.UnixMilli(w.to).UTC()
	}
	return r
}

// inForce says whether the entry's time is now.
func (t *RateTable) inForce(e *entry, at time.Time, milli int64) bool {
	return t.inForceIn(e, at, milli, nil)
}

// inForceIn reads the window on the clock of a zone; nil: the deck's.
func (t *RateTable) inForceIn(e *entry, at time.Time, milli int64, zone *time.Location) bool {
	if e.time == 0 {
		return true
	}
	w := &t.times[e.time]
	if milli < w.from || milli >= w.to {
		return false
	}
	return w.zone == nil || w.window.Contains(at.In(cmp.Or(zone, w.zone)))
}

// dearest is the highest price per minute that a rate comes to.
func (p *ratePart) dearest(perMinute money.Rate) money.Rate {
	for _, s := range p.priceSteps {
		perMinute = max(perMinute, s.PerMinute)
	}
	return perMinute
}
