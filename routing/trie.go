package routing

import (
	"sort"
	"time"
)

// trie finds the rates of all decks for one number in a single walk. It is a
// flat digit trie over the distinct prefixes; a node points to a run of entries
// that belong to its prefix. Zero is "none" in both.
type trie struct {
	nodes   []trieNode
	entries []trieEntry
}

type trieNode struct {
	child      [10]uint32
	first, end uint32 // entries[first:end]
}

// trieEntry says that a deck has a rate at this prefix. Rates of one deck and
// prefix lie together, the latest effective date first.
type trieEntry struct {
	deck uint32
	rate uint32 // index into the snapshot's rates
}

// newTrie indexes rates; deckOf gives each rate's deck number.
func newTrie(rates []Rate, deckOf func(*Rate) uint32) *trie {
	order := make([]uint32, len(rates))
	for i := range order {
		order[i] = uint32(i)
	}
	sort.SliceStable(order, func(i, j int) bool {
		a, b := &rates[order[i]], &rates[order[j]]
		if a.Prefix != b.Prefix {
			return a.Prefix < b.Prefix
		}
		if da, db := deckOf(a), deckOf(b); da != db {
			return da < db
		}
		return a.From.After(b.From)
	})
	t := &trie{nodes: make([]trieNode, 1, len(rates)+1), entries: make([]trieEntry, 0, len(rates))}
	for i := 0; i < len(order); {
		prefix := rates[order[i]].Prefix
		node := t.grow(prefix)
		t.nodes[node].first = uint32(len(t.entries))
		for ; i < len(order) && rates[order[i]].Prefix == prefix; i++ {
			t.entries = append(t.entries, trieEntry{deck: deckOf(&rates[order[i]]), rate: order[i]})
		}
		t.nodes[node].end = uint32(len(t.entries))
	}
	return t
}

func (t *trie) grow(prefix string) uint32 {
	at := uint32(0)
	for i := range len(prefix) {
		digit := prefix[i] - '0'
		next := t.nodes[at].child[digit]
		if next == 0 {
			next = uint32(len(t.nodes))
			t.nodes = append(t.nodes, trieNode{})
			t.nodes[at].child[digit] = next
		}
		at = next
	}
	return at
}

// lookup writes for each deck the index of its rate for the number, -1 where it
// has none: the deck's own longest prefix that is in force at that time, never
// a shallower one because it is cheaper.
func (t *trie) lookup(number string, at time.Time, rates []Rate, found []int32) {
	for i := range found {
		found[i] = -1
	}
	var path [16]uint32 // the root and at most 15 digits
	depth := 0
	for node := uint32(0); depth < len(number) && depth < len(path)-1; {
		node = t.nodes[node].child[number[depth]-'0']
		if node == 0 {
			break
		}
		depth++
		path[depth] = node
	}
	for ; depth >= 0; depth-- {
		node := &t.nodes[path[depth]]
		for _, e := range t.entries[node.first:node.end] {
			if found[e.deck] < 0 && rates[e.rate].ValidAt(at) {
				found[e.deck] = int32(e.rate)
			}
		}
	}
}
