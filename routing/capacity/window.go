package capacity

// The window is cut into slots; a bid and its failure both count in the slot in
// which the bid began, so that failures are always part of the bids that they
// are held against.
const (
	windowSlots = 30
	ringSlots   = 32 // a few more, so that a slot is old before it is used again
)

// window counts the bids of the last while on one way, and those that failed.
//
// What is the right number to hold the failures against? A call that was
// answered is heard of only when it is hung up, maybe after an hour, so a bid
// counts from its beginning and is taken for good until it fails. The youngest
// bids are a question of their own: whether they fail is not known yet.
//
//   - Leaving them out, while the failures among them count, would be wrong:
//     a refusal comes in milliseconds, a success shows only by not failing for
//     the whole silence limit. When calls begin to come after a pause, a way that
//     refuses one in ten would look as if it refused them all.
//   - Counting them is right for refusals, but hides silence: a dead way fails
//     each bid only after the silence limit, and those that still wait for that
//     pass for good ones.
//
// So the breaker asks twice. Over all bids of the window, the youngest for good:
// that catches refusals at once. And over the bids that are older than the
// silence limit, without any younger failure: there everything is known, and a
// dead way shows undiluted. In both, bids and failures are of the same calls.
type window struct {
	ring [ringSlots]windowSlot
}

type windowSlot struct {
	n            int64 // number of the slot since the scale began
	bids, failed int32
}

// tally is failures out of bids.
type tally struct{ bids, failed int }

func (w *window) at(n int64) *windowSlot {
	s := &w.ring[n%ringSlots]
	if s.n < n {
		*s = windowSlot{n: n}
	}
	return s
}

func (w *window) bid(at, width tick) { w.add(at, width, 1, 0) }

func (w *window) unbid(at, width tick) { w.add(at, width, -1, 0) }

func (w *window) fail(at, width tick) { w.add(at, width, 0, 1) }

func (w *window) add(at, width tick, bids, failed int32) {
	n := int64(at / width)
	if s := w.at(n); s.n == n {
		s.bids, s.failed = max(0, s.bids+bids), s.failed+failed
	}
}

// count is the tally of all bids in the window up to now, and that of the bids
// among them that have outlived the silence limit.
func (w *window) count(now, width, silence tick) (all, settled tally) {
	last := int64(now / width)
	for i := range w.ring {
		s := &w.ring[i]
		if s.n <= last-windowSlots || s.n > last {
			continue
		}
		all.add(s)
		if tick(s.n+1)*width <= now-silence {
			settled.add(s)
		}
	}
	return all, settled
}

func (t *tally) add(s *windowSlot) {
	t.bids += int(s.bids)
	t.failed += int(s.failed)
}

func (w *window) clear() { w.ring = [ringSlots]windowSlot{} }
