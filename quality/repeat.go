package quality

import (
	"sync/atomic"

	"tandem/internal/e164"
)

// repeats remembers which numbers were tried on which route a moment ago. It
// forgets when two fall on the same place, which only lets a repeat count.
type repeats struct {
	seenAt [1 << 14]atomic.Uint64 // half of a hash, then the Unix time
}

// seen notes a number and says whether it was noted within so many seconds.
func (r *repeats) seen(subject uint32, b e164.Number, now, within uint32) bool {
	if within == 0 {
		return false
	}
	h := uint64(subject) ^ 0xcbf29ce484222325 // FNV-1a
	for i := range len(b) {
		h = (h ^ uint64(b[i])) * 0x100000001b3
	}
	h ^= h >> 29
	place := &r.seenAt[h%uint64(len(r.seenAt))]
	was := place.Load()
	if was>>32 == h>>32 && now-min(now, uint32(was)) < within {
		return true
	}
	place.Store(h>>32<<32 | uint64(now))
	return false
}
