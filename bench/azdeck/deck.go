package azdeck

import (
	"iter"
	"time"

	"tandem/billing/rate"
	"tandem/internal/money"
	"tandem/routing"
)

// Rows are the rates of a provider's deck, sorted by prefix, those of one prefix
// by date.
func (s *Set) Rows(provider int) iter.Seq[routing.DeckRow] {
	return func(yield func(routing.DeckRow) bool) {
		d := s.deck(provider)
		left := s.sizes[provider]
		for i := range s.inOrder(d) {
			rows := d.rows(i)
			for _, r := range rows[:min(len(rows), left)] {
				if !yield(r) {
					return
				}
				left--
			}
		}
	}
}

// enough says whether every provider finds its rows in the plan.
func (s *Set) enough() bool {
	for provider, size := range s.sizes {
		if s.deck(provider).size < size {
			return false
		}
	}
	return true
}

// deck is what one provider takes of the plan.
type deck struct {
	set      *Set
	provider uint64
	taken    []bool // by node: it lies below nothing that the provider does not split
	size     int    // rows, as far as they are needed
}

// deck walks the plan in the order in which it grew and ends with the provider's
// last row.
func (s *Set) deck(provider int) *deck {
	d := &deck{set: s, provider: uint64(provider), taken: make([]bool, len(s.nodes))}
	for i := range s.nodes {
		n := &s.nodes[i]
		d.taken[i] = i < s.roots || d.taken[n.parent] && d.splits(n.parent)
		if d.taken[i] && d.size < s.sizes[provider] {
			d.size += d.count(i)
		} else {
			d.taken[i] = false
		}
	}
	return d
}

// splits says whether the provider prices the parts of a prefix one by one.
func (d *deck) splits(i uint32) bool { return d.chance(i, 1)%100 < 88 }

// sold says whether the prefix itself has a price.
func (d *deck) sold(i int) bool {
	n := &d.set.nodes[i]
	return !n.silent || n.children == 0 || !d.splits(uint32(i))
}

func (d *deck) count(i int) int {
	switch {
	case !d.sold(i):
		return 0
	case d.chance(uint32(i), 2)%100 < 3: // a price that is announced
		return 2
	}
	return 1
}

// inOrder gives the provider's nodes by prefix.
func (s *Set) inOrder(d *deck) iter.Seq[int] {
	return func(yield func(int) bool) {
		// Country codes are no prefixes of each other; their order as digits is
		// not that of the list.
		for _, root := range s.rootsInOrder() {
			if !s.walk(d, root, yield) {
				return
			}
		}
	}
}

func (s *Set) walk(d *deck, i int, yield func(int) bool) bool {
	if !d.taken[i] {
		return true
	}
	if !yield(i) {
		return false
	}
	n := &s.nodes[i]
	for child := int(n.first); child < int(n.first)+int(n.children); child++ {
		if !s.walk(d, child, yield) {
			return false
		}
	}
	return true
}

// rows are the rates of one prefix.
func (d *deck) rows(i int) []routing.DeckRow {
	count := d.count(i)
	if count == 0 {
		return nil
	}
	n := &d.set.nodes[i]
	steps := d.steps(n)
	price := uint64(n.price) * (85 + d.chance(uint32(i), 3)%31) / 100
	const quantum = 10_000 // prices have four decimals
	r := routing.DeckRow{Prefix: string(n.prefix()), Rate: rate.Rate{
		PerMinute: money.Rate((price/quantum + 1) * quantum), ConnectionFee: d.fee(n), First: steps[0], Next: steps[1],
	}}
	if count == 1 {
		return []routing.DeckRow{r}
	}
	// Half of the announced prices begin some days ago, half some days from now.
	then := r
	then.From = d.set.at.AddDate(0, 0, int(d.chance(uint32(i), 4)%8)*2-7)
	change := (then.PerMinute/10/quantum + 1) * quantum
	if d.chance(uint32(i), 5)%3 == 0 {
		change = -min(change, then.PerMinute/2)
	}
	then.PerMinute += change
	if d.chance(uint32(i), 8)%2 == 0 {
		r.To = then.From // the others are replaced without an end
	}
	return []routing.DeckRow{r, then}
}

// steps are the increments that the provider bills the country by.
func (d *deck) steps(n *node) [2]int32 {
	switch chance := d.chance(uint32(n.root), 6) % 100; {
	case chance < 50:
		return [2]int32{1, 1}
	case chance < 75:
		return [2]int32{60, 60}
	case chance < 90:
		return [2]int32{30, 6}
	}
	return [2]int32{60, 1}
}

// fee is taken by few, and small.
func (d *deck) fee(n *node) money.Amount {
	if chance := d.chance(uint32(n.root), 7) % 100; chance < 3 {
		return money.Amount(1000 * (chance + 1)) // 0.001 to 0.003
	}
	return 0
}

// chance is a number that depends on nothing but the provider, the node and the
// question.
func (d *deck) chance(i uint32, question uint64) uint64 {
	x := d.provider<<48 ^ question<<40 ^ uint64(i)
	// The finaliser of SplitMix64 spreads neighbours over the whole range.
	x = (x + 0x9e3779b97f4a7c15)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Now is a moment at which some of the announced prices are in force: noon of
// the day that the decks were planned for.
func (s *Set) Now() time.Time { return s.at.Add(12 * time.Hour) }

// Prefixes is how many different prefixes the decks have together.
func (s *Set) Prefixes() (count int) {
	sold := make([]bool, len(s.nodes))
	for provider := range s.sizes {
		d := s.deck(provider)
		for i := range s.nodes {
			if d.taken[i] && !sold[i] && d.sold(i) {
				sold[i] = true
				count++
			}
		}
	}
	return count
}

// Destination names what a prefix leads to, as long as such names are. Some
// thousand names share a deck of a million prefixes, as in real sheets.
func Destination(prefix string) string {
	if len(prefix) <= 2 {
		return "Country " + prefix
	}
	return "Country " + prefix[:2] + " area " + prefix[2:min(len(prefix), 4)]
}
