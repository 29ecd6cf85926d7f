package capacity

import (
	"container/heap"
	"sync/atomic"
)

// ages are the holds, the one that becomes too old first in front. Calls begin
// in order and live equally long, so adding one costs next to nothing; only
// what is restored has to find its place.
type ages struct {
	byAge byAge
	first atomic.Int64 // when the first is too old; read without the lock
}

func (a *ages) add(h *hold) {
	heap.Push(&a.byAge, h)
	a.publish()
}

func (a *ages) remove(h *hold) {
	heap.Remove(&a.byAge, h.place)
	a.publish()
}

// due is a hold that is too old, or nil.
func (a *ages) due(now tick) *hold {
	if len(a.byAge) == 0 || a.byAge[0].until > now {
		return nil
	}
	return a.byAge[0]
}

func (a *ages) publish() {
	first := int64(never)
	if len(a.byAge) > 0 {
		first = int64(a.byAge[0].until)
	}
	a.first.Store(first)
}

type byAge []*hold

func (q byAge) Len() int           { return len(q) }
func (q byAge) Less(i, j int) bool { return q[i].until < q[j].until }

func (q byAge) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}

// Push is for container/heap.
func (q *byAge) Push(x any) {
	h := x.(*hold) //nolint:forcetypeassert // only add pushes
	h.place = len(*q)
	*q = append(*q, h)
}

// Pop is for container/heap.
func (q *byAge) Pop() any {
	last := len(*q) - 1
	h := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return h
}
