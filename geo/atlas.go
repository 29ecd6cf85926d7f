package geo

import (
	"fmt"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"
)

// DefaultSize is how many places an Atlas keeps when it is told no size: 4 MB
// when all are taken.
const DefaultSize = 16384

// Atlas finds the places of numbers and remembers those asked for last. It is
// for many goroutines.
type Atlas struct {
	places *lru.Cache[uint64, Place]
	zones  *zoneTable
}

// New makes an Atlas that keeps so many places; 0 is DefaultSize.
func New(size int) (*Atlas, error) {
	if size == 0 {
		size = DefaultSize
	}
	places, err := lru.New[uint64, Place](size)
	if err != nil {
		return nil, fmt.Errorf("cache of places of size %d: %w", size, err)
	}
	return &Atlas{places: places, zones: newZoneTable()}, nil
}

// Place is what a number tells, with or without its plus. A number that cannot
// be one, or that no calling code begins, has the zero Place. A hit allocates
// nothing; a miss takes tens of microseconds, the first ones longer: see Warm.
func (a *Atlas) Place(s string) Place {
	digits := strings.TrimPrefix(s, "+")
	if len(digits) > MaxDigits || !allDigits(digits) {
		return Place{}
	}
	k := key(digits)
	if p, ok := a.places.Get(k); ok {
		return p
	}
	n, ok := split(digits)
	if !ok {
		return Place{} // not kept: made-up numbers must not push real ones out
	}
	p := read(&n)
	p.Zones = a.zones.one(p.Zones)
	a.places.Add(k, p)
	return p
}

// Len is how many places are remembered.
func (a *Atlas) Len() int { return a.places.Len() }
