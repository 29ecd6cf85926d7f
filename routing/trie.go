package routing

import (
	"iter"
	"math/bits"
	"runtime"
	"unsafe"
)

// trie finds the rates of all decks for one number in a single walk. It is a
// flat digit trie over the distinct prefixes; a node points to a run of entries
// that belong to its prefix. Zero is "none" in both.
type trie struct {
	nodes   []trieNode
	entries []entry
}

type trieNode struct {
	child      [10]uint32
	first, end uint32 // entries[first:end]
}

// Sizes for RateTable.Bytes.
const (
	nodeBytes  = int(unsafe.Sizeof(trieNode{}))
	entryBytes = int(unsafe.Sizeof(entry{}))
	partBytes  = int(unsafe.Sizeof(ratePart{}))
	timeBytes  = int(unsafe.Sizeof(rateTime{}))
)

// newTrie indexes rows that come sorted by prefix. It reads them twice, so that
// what they need is allocated once, and no more of it.
func newTrie(rows iter.Seq[row]) trie {
	nodes, entries := measure(rows)
	t := trie{nodes: make([]trieNode, 1, nodes), entries: make([]entry, 0, entries)}
	var path [maxDepth + 1]uint32 // nodes of the last prefix
	var last packedPrefix
	node := uint32(0)
	for r := range rows {
		if len(t.entries)%yieldEvery == 0 {
			runtime.Gosched()
		}
		if r.prefix != last {
			node = t.grow(r.prefix, last, &path)
			last = r.prefix
			t.nodes[node].first = uint32(len(t.entries))
		}
		t.entries = append(t.entries, r.entry)
		t.nodes[node].end = uint32(len(t.entries))
	}
	return t
}

// yieldEvery is after how many rows the calls that wait for a processor go first:
// a table is made in the background of a node that answers.
const yieldEvery = 512

// measure counts the nodes, the root included, and the entries.
func measure(rows iter.Seq[row]) (nodes, entries int) {
	nodes = 1
	var last packedPrefix
	for r := range rows {
		entries++
		if entries%yieldEvery == 0 {
			runtime.Gosched()
		}
		if r.prefix != last {
			same := bits.LeadingZeros64(uint64(r.prefix^last)) / 4 // digits
			nodes += r.prefix.depth() - same
			last = r.prefix
		}
	}
	return nodes, entries
}

// depth is how many digits there are.
func (p packedPrefix) depth() int { return 16 - bits.TrailingZeros64(uint64(p))/4 }

// maxDepth is how many digits a prefix may have (E.164).
const maxDepth = 15

// grow makes the nodes of a prefix that follows last in order, and leaves its
// path.
func (t *trie) grow(prefix, last packedPrefix, path *[maxDepth + 1]uint32) uint32 {
	depth, same := 0, true
	for depth < maxDepth {
		digit := prefix.digit(depth)
		if digit < 0 {
			break
		}
		same = same && digit == last.digit(depth)
		if !same {
			next := uint32(len(t.nodes))
			t.nodes = append(t.nodes, trieNode{})
			t.nodes[path[depth]].child[digit] = next
			path[depth+1] = next
		}
		depth++
	}
	return path[depth]
}

// digit is the i-th digit, -1 past the end.
func (p packedPrefix) digit(i int) int { return int(p>>(60-4*i)&0xf) - 1 }

// find writes the nodes of the number's digits that the trie has, from the
// first digit on, and returns how many.
func (t *trie) find(number string, path *[maxDepth]uint32) int {
	node := uint32(0)
	for i := 0; i < len(number) && i < maxDepth; i++ {
		digit := number[i] - '0'
		if digit > 9 {
			return i
		}
		node = t.nodes[node].child[digit]
		if node == 0 {
			return i
		}
		path[i] = node
	}
	return min(len(number), maxDepth)
}

// rows gives everything in the order of prefixes.
func (t *trie) rows() iter.Seq[row] {
	return func(yield func(row) bool) { t.walk(0, 0, 0, yield) }
}

func (t *trie) walk(node uint32, prefix packedPrefix, depth int, yield func(row) bool) bool {
	n := &t.nodes[node]
	for _, e := range t.entries[n.first:n.end] {
		if !yield(row{prefix, e}) {
			return false
		}
	}
	for digit, child := range n.child {
		if child != 0 && !t.walk(child, prefix|packedPrefix(digit+1)<<(60-4*depth), depth+1, yield) {
			return false
		}
	}
	return true
}
