package azdeck

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strconv"

	"tandem/internal/e164"
)

// Numbers are numbers to call, of 11 to 13 digits: four of five below a prefix
// of the plan, every prefix as likely as the other, the rest anywhere in a
// country. Real traffic keeps to few destinations; this is the harder case.
func (s *Set) Numbers(count int) []e164.Number {
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // G404: the same numbers in every run
	list := make([]e164.Number, count)
	var text []byte
	for i := range list {
		n := &s.nodes[random.IntN(len(s.nodes))]
		if random.IntN(5) == 0 {
			n = &s.nodes[random.IntN(s.roots)]
		}
		text = strconv.AppendUint(text[:0], uint64(n.value), 10)
		for length := 11 + random.IntN(3); len(text) < length; {
			text = append(text, byte('0'+random.IntN(10)))
		}
		list[i] = e164.Number(text)
	}
	return list
}

// rootsInOrder are the country codes as digits sort.
func (s *Set) rootsInOrder() []int {
	list := make([]int, s.roots)
	for i := range list {
		list[i] = i
	}
	slices.SortFunc(list, func(a, b int) int { return cmp.Compare(s.nodes[a].prefix(), s.nodes[b].prefix()) })
	return list
}
