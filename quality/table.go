package quality

import (
	"math"
	"math/bits"
	"sync"
	"sync/atomic"
)

// ways is how many cells share a place of the table.
const ways = 8

// table is all memories, in a fixed amount of memory. Like a processor's cache
// it gives each id eight cells to live in; when they are taken, the one that
// knows least makes room. A flood of numbers nobody has called before therefore
// pushes out its own kind and at most one well-known cell of eight.
//
// Readers take no lock: a memory is written in words that are each consistent,
// and an id that is still there after reading says that they are of this cell.
// Writers of the same place take turns.
type table struct {
	places []place
	shift  int
	locks  [256]sync.Mutex
}

// place is 576 bytes, nine lines of the processor's cache: a look-up touches one for
// the ids and one for the cell, next to each other.
type place struct {
	ids   [ways]atomic.Uint64
	cells [ways]cell
}

// cell is a memory as its readers see it.
type cell [8]atomic.Uint64

func newTable(size int) *table {
	n := 1 << bits.Len(uint(max(1, size/ways-1)))
	return &table{places: make([]place, n), shift: 64 - bits.TrailingZeros(uint(n))}
}

// at is where the cells of an id are. Those of one prefix lie side by side, by
// their subjects: a call asks for all of them.
func (t *table) at(id uint64) int {
	prefix, subject := id&(1<<32-1), id>>32
	return int((prefix*0x9e3779b97f4a7c15)>>t.shift+subject) & (len(t.places) - 1)
}

// read gives the memory of an id; an empty one where there is none.
func (t *table) read(id uint64, m *memo) {
	p := &t.places[t.at(id)]
	for i := range p.ids {
		if p.ids[i].Load() != id {
			continue
		}
		if p.cells[i].load(m); p.ids[i].Load() == id {
			return
		}
		break
	}
	*m = memo{}
}

// held is the memory of an id that nobody else changes meanwhile.
type held struct {
	memo
	id    uint64
	place *place
	way   int
	lock  *sync.Mutex
}

// hold takes the memory of an id to change it; a new one is empty. release must
// follow.
func (t *table) hold(id uint64) held {
	at := t.at(id)
	h := held{id: id, place: &t.places[at], lock: &t.locks[at%len(t.locks)]}
	h.lock.Lock()
	least := float32(math.Inf(1))
	for i := range h.place.ids {
		switch h.place.ids[i].Load() {
		case id:
			h.way = i
			h.place.cells[i].load(&h.memo)
			return h
		case 0:
			if least >= 0 {
				h.way, least = i, -1
			}
		default:
			if n, _ := floats(h.place.cells[i][0].Load()); n < least {
				h.way, least = i, n
			}
		}
	}
	return h
}

// release writes the memory back.
func (h *held) release() {
	id, c := &h.place.ids[h.way], &h.place.cells[h.way]
	if id.Load() == h.id {
		c.store(&h.memo)
	} else {
		id.Store(0) // whoever is reading the old one finds out
		c.store(&h.memo)
		id.Store(h.id)
	}
	h.lock.Unlock()
}

// count is how many cells are in use.
func (t *table) count() (n int) {
	for i := range t.places {
		for j := range t.places[i].ids {
			if t.places[i].ids[j].Load() != 0 {
				n++
			}
		}
	}
	return n
}

// size is how many cells there are.
func (t *table) size() int { return len(t.places) * ways }

func (c *cell) load(m *memo) {
	m.long.n, m.long.answered = floats(c[0].Load())
	m.long.expected, m.long.ended = floats(c[1].Load())
	m.long.waited, m.short.waited = floats(c[2].Load())
	m.short.n, m.short.answered = floats(c[3].Load())
	m.short.expected, m.short.ended = floats(c[4].Load())
	times := c[5].Load()
	m.last, m.worse = uint32(times>>32), uint32(times)
	rest := c[6].Load()
	m.better, m.samples = uint32(rest>>32), uint32(rest)
	m.long.seized, m.short.seized = floats(c[7].Load())
}

func (c *cell) store(m *memo) {
	c[0].Store(pair(m.long.n, m.long.answered))
	c[1].Store(pair(m.long.expected, m.long.ended))
	c[2].Store(pair(m.long.waited, m.short.waited))
	c[3].Store(pair(m.short.n, m.short.answered))
	c[4].Store(pair(m.short.expected, m.short.ended))
	c[5].Store(uint64(m.last)<<32 | uint64(m.worse))
	c[6].Store(uint64(m.better)<<32 | uint64(m.samples))
	c[7].Store(pair(m.long.seized, m.short.seized))
}

func pair(a, b float32) uint64 {
	return uint64(math.Float32bits(a))<<32 | uint64(math.Float32bits(b))
}

func floats(w uint64) (a, b float32) {
	return math.Float32frombits(uint32(w >> 32)), math.Float32frombits(uint32(w))
}
