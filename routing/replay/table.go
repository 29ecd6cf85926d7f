package replay

import (
	"cmp"
	"slices"
	"strings"
)

// table keeps one row for each key. A key that is known costs a look-up and no
// memory.
type table[K comparable] struct {
	places map[K]int
	rows   []Row
}

func newTable[K comparable]() table[K] { return table[K]{places: map[K]int{}} }

// at is the place of a key's row, made when it is new.
func (t *table[K]) at(key K, name func() string) int {
	i, ok := t.places[key]
	if !ok {
		i = len(t.rows)
		t.places[key] = i
		t.rows = append(t.rows, Row{Name: name()})
	}
	return i
}

// sorted are the rows, those with the most money first.
func sorted(rows []Row) []Row {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(
			cmp.Compare(b.Before.Cost+b.After.Cost, a.Before.Cost+a.After.Cost),
			cmp.Compare(b.Calls, a.Calls),
			strings.Compare(a.Name, b.Name),
		)
	})
	return rows
}
