package capacity

import (
	"iter"
	"math/bits"
	"sync/atomic"
)

// index finds a T by two numbers without a lock: a hash table with open
// addressing, at most half full. One writer at a time (Pool.mu) puts entries
// in; they never move or change their key, and a table that grows or shrinks is
// built anew and swapped, so a reader sees the old one or the new one.
type index[T any] struct {
	table atomic.Pointer[[]atomic.Pointer[entry[T]]]
	n     int
}

type entry[T any] struct {
	a, b  int64
	value T
}

func (x *index[T]) init() {
	table := make([]atomic.Pointer[entry[T]], 64)
	x.table.Store(&table)
}

func slot(a, b int64, size int) int {
	h := uint64(a)*0x9e3779b97f4a7c15 ^ bits.RotateLeft64(uint64(b)*0xc2b2ae3d27d4eb4f, 29)
	return int(h^h>>32) & (size - 1)
}

// get is nil when there is none.
func (x *index[T]) get(a, b int64) *T {
	table := *x.table.Load()
	for i := slot(a, b, len(table)); ; i = (i + 1) & (len(table) - 1) {
		e := table[i].Load()
		if e == nil {
			return nil
		}
		if e.a == a && e.b == b {
			return &e.value
		}
	}
}

// put adds an entry that is complete and not there yet.
func (x *index[T]) put(e *entry[T]) {
	if 2*(x.n+1) > len(*x.table.Load()) {
		x.rebuild(func(*T) bool { return true })
	}
	place(*x.table.Load(), e)
	x.n++
}

// rebuild makes a table of the entries that are wanted, a quarter full.
func (x *index[T]) rebuild(keep func(*T) bool) {
	var kept []*entry[T]
	old := *x.table.Load()
	for i := range old {
		if e := old[i].Load(); e != nil && keep(&e.value) {
			kept = append(kept, e)
		}
	}
	size := 64
	for size < 4*len(kept) {
		size *= 2
	}
	table := make([]atomic.Pointer[entry[T]], size)
	for _, e := range kept {
		place(table, e)
	}
	x.table.Store(&table)
	x.n = len(kept)
}

func place[T any](table []atomic.Pointer[entry[T]], e *entry[T]) {
	i := slot(e.a, e.b, len(table))
	for table[i].Load() != nil {
		i = (i + 1) & (len(table) - 1)
	}
	table[i].Store(e)
}

// all is every entry of the table as it stands.
func (x *index[T]) all() iter.Seq[*T] {
	table := *x.table.Load()
	return func(yield func(*T) bool) {
		for i := range table {
			if e := table[i].Load(); e != nil && !yield(&e.value) {
				return
			}
		}
	}
}
