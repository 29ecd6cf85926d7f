package azdeck

import (
	"iter"

	"tandem/routing"
)

// Ended gives a price that another replaces its end: the date from which the
// other is in force.
func Ended(rows iter.Seq[routing.DeckRow]) iter.Seq[routing.DeckRow] {
	return func(yield func(routing.DeckRow) bool) {
		var last routing.DeckRow
		for r := range rows {
			if r.Prefix == last.Prefix && last.To.IsZero() {
				last.To = r.From
			}
			if last.Prefix != "" && !yield(last) {
				return
			}
			last = r
		}
		if last.Prefix != "" {
			yield(last)
		}
	}
}
