package quality

import (
	"tandem/internal/e164"
	"tandem/routing"
)

// Ever is how often a route was told of at the longest prefix of a number, faded
// or not.
func (e *Evidence) Ever(k routing.Key, b e164.Number) uint32 {
	p := prefixesOf(b)
	var m memo
	if s := e.subjects.find(k); s.own != 0 {
		e.table.read(p.id(s.own, p.n-1), &m)
	}
	return m.samples
}
