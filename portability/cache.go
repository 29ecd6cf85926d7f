package portability

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"tandem/internal/e164"
)

// maxKeepNone is how long "not ported" is believed at most: a number is ported
// within hours of a request, and a port is rarely undone within a day.
const maxKeepNone = time.Hour

// cache remembers the numbers asked for last. Entries grow stale where they
// are and leave when they are asked for or when newer ones need the room, so
// it needs no goroutine.
type cache struct {
	keepFound, keepNone time.Duration
	epoch               time.Time // entries count from here: eight bytes each instead of 24

	mu      sync.Mutex
	entries *simplelru.LRU[e164.Number, entry]
	purges  uint64 // how often everything was dropped
}

// entry is what is known of a number.
type entry struct {
	routing e164.Number // empty: not ported
	until   time.Duration
}

func newCache(size int, keep time.Duration) (*cache, error) {
	entries, err := simplelru.NewLRU[e164.Number, entry](size, nil)
	if err != nil {
		return nil, fmt.Errorf("portability.cache_size is %d: %w", size, err)
	}
	return &cache{
		keepFound: keep, keepNone: min(keep, maxKeepNone),
		epoch: time.Now(), entries: entries,
	}, nil
}

// get returns the routing number, empty when the number is not ported.
func (c *cache) get(number e164.Number, now time.Time) (routing e164.Number, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, known := c.entries.Get(number)
	if known && now.Sub(c.epoch) >= e.until {
		c.entries.Remove(number)
		return "", false
	}
	return e.routing, known
}

// put remembers an answer unless everything was dropped since the question was
// put, at the given number of purges: the answer may be of before.
func (c *cache) put(number, routing e164.Number, now time.Time, purges uint64) {
	keep := c.keepFound
	if routing == "" {
		keep = c.keepNone
	}
	// The number may be a piece of a whole request, and the answer one of a
	// whole row: neither must be held in memory for a day.
	number = e164.Number(strings.Clone(string(number)))
	routing = e164.Number(strings.Clone(string(routing)))
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.purges == purges {
		c.entries.Add(number, entry{routing: routing, until: now.Sub(c.epoch) + keep})
	}
}

func (c *cache) generation() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.purges
}

func (c *cache) purge() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.purges++
	c.entries.Purge()
}
