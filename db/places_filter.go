package db

import (
	"context"
	"slices"
	"strings"

	"tandem/geo"
)

// PlaceFilter picks numbers by where they are from. Empty lists match any.
type PlaceFilter struct {
	Countries []string // ISO 3166-1 alpha-2, or geo.World
	Types     []geo.Type
}

func (f *PlaceFilter) isZero() bool { return len(f.Countries)+len(f.Types) == 0 }

// pick adds what the place with the id in that column must be.
func (f *PlaceFilter) pick(w *where, column string) {
	if f.isZero() {
		return
	}
	var place where
	anyOf(&place, "p.country", f.Countries)
	words := make([]string, len(f.Types))
	for i, t := range f.Types {
		words[i] = t.String()
	}
	anyOf(&place, "p.type", words)
	w.add(column+" IN (SELECT p.id FROM places p"+place.text()+")", place.args...)
}

// anyOf wants one of the values, unless there are none.
func anyOf(w *where, column string, values []string) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	w.add(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", args...)
}

// busy says whether a filter meets so many calls that going through all in their
// order finds a page sooner than going through those that it meets.
func (d *DB) busy(ctx context.Context, f CallFilter, after CallPlace, oldestFirst bool) (bool, error) {
	busy, err := d.busyProvider(ctx, f, after, oldestFirst)
	switch {
	case busy || err != nil:
		return busy, err
	case !f.APlace.isZero():
		return true, nil // no index knows it
	case f.BPlace.isZero():
		return false, nil
	}
	var w where
	f.BPlace.pick(&w, "c.b_place_id")
	w.during("c.started_at", f.From, f.To)
	err = d.calls.QueryRowContext(ctx, `SELECT COUNT(*) >= ? FROM (SELECT 1 FROM calls c`+w.text()+` LIMIT ?) some`,
		slices.Concat([]any{manyAttempts}, w.args, []any{manyAttempts})...).Scan(&busy)
	return busy, err
}
