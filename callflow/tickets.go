package callflow

import (
	"sync"
	"sync/atomic"

	"tandem/routing"
)

// Tickets numbers the calls of each policy that shares, so that over many calls
// every route gets exactly its part. Each node draws for itself.
type Tickets struct{ next sync.Map } // policy id -> *atomic.Uint64

// Next is the ticket of the policy's next call.
func (t *Tickets) Next(p *routing.Policy) uint64 {
	counter, ok := t.next.Load(p.ID)
	if !ok {
		counter, _ = t.next.LoadOrStore(p.ID, new(atomic.Uint64))
	}
	return counter.(*atomic.Uint64).Add(1) - 1 //nolint:forcetypeassert // nothing else is stored
}
