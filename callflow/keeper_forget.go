package callflow

import "time"

// Forget drops the calls that began before then: those of a server whose channels
// this node does not see. No call can be up for so long.
func (k *Keeper) Forget(before time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for id, c := range k.calls {
		if !c.hold.BeganAt.Before(before) {
			continue
		}
		c.gone = true
		k.unschedule(c)
		delete(k.calls, id)
	}
}
