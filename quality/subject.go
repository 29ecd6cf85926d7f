package quality

import (
	"maps"
	"sync"
	"sync/atomic"

	"tandem/internal/e164"
	"tandem/routing"
)

// subject is a route as cells know it, and its provider's tier everywhere.
type subject struct {
	own, provider uint32
}

// everybody is the subject of all routes together.
const everybody uint32 = 1

// maxSubjects bounds what strange route keys can take.
const maxSubjects = 1 << 16

// subjects gives each route a small number. Reading takes no lock.
type subjects struct {
	known atomic.Pointer[map[routing.Key]subject]
	mu    sync.Mutex // taken to add one
	next  uint32
}

func newSubjects() *subjects {
	s := &subjects{next: everybody + 1}
	s.known.Store(&map[routing.Key]subject{})
	return s
}

// find gives a route's numbers; of one that was never tried, its provider's
// alone.
func (s *subjects) find(k routing.Key) subject {
	known := *s.known.Load()
	v, ok := known[k]
	if !ok {
		v.provider = known[routing.Key{ProviderID: k.ProviderID, Tier: k.Tier}].provider
	}
	return v
}

// add finds a route or gives it a number; ok is false when there is none left.
func (s *subjects) add(k routing.Key) (v subject, ok bool) {
	if v, ok = (*s.known.Load())[k]; ok {
		return v, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := *s.known.Load()
	if v, ok = old[k]; ok {
		return v, true
	}
	if s.next+2 >= maxSubjects {
		return subject{}, false
	}
	known := maps.Clone(old)
	whole := routing.Key{ProviderID: k.ProviderID, Tier: k.Tier}
	w, found := known[whole]
	if !found {
		w = subject{own: s.next, provider: s.next}
		s.next++
		known[whole] = w
	}
	v = w
	if k != whole {
		v = subject{own: s.next, provider: w.provider}
		s.next++
		known[k] = v
	}
	s.known.Store(&known)
	return v, true
}

// levels is at how many prefixes of a number calls are counted: none at all, then
// about its country, its network and its area.
const levels = 4

// depthOf is how many digits the prefix of a level has.
func depthOf(level int) int { return [levels]int{0, 3, 5, 7}[level] }

// prefixes are the prefixes of a number as numbers, and how many it has.
type prefixes struct {
	digits [levels]uint64
	n      int
}

// prefixesOf stops at the first sign that is no digit: a routing number of
// somebody's portability service may have others.
func prefixesOf(b e164.Number) (p prefixes) {
	p.n = 1
	v, level := uint64(0), 1
	for i := 0; i < len(b) && level < levels; i++ {
		if b[i] < '0' || b[i] > '9' {
			break
		}
		v = v*10 + uint64(b[i]-'0')
		if i+1 == depthOf(level) {
			p.digits[level], p.n = v, level+1
			level++
		}
	}
	return p
}

// id names the memory of a subject at a prefix. It is never 0.
func (p *prefixes) id(subject uint32, level int) uint64 {
	return uint64(subject)<<32 | uint64(level)<<24 | p.digits[level]
}

// text is the prefix of a level.
func (p *prefixes) text(b e164.Number, level int) string { return string(b[:depthOf(level)]) }
