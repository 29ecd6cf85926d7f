package replay

import (
	"cmp"
	"slices"
	"strings"
)

// Report is what a whole run comes to.
type Report struct {
	Base     string // currency of all sums, ISO 4217
	Read     int64  // calls that the source gave
	Calls    int64  // of them, those of the account and of the sample
	Skipped  []SkipCount
	Total    Row // of Calls without Skipped
	Tables   []Table
	Changes  []Row  // destinations, those with the largest gain or loss first; none without a difference
	Moves    []Move // of all changed calls
	Recorded Recorded
	NoRoute  struct{ Before, After []ReasonCount }
	Examples []Example
}

// SkipCount says how many calls were not replayed for a reason.
type SkipCount struct {
	Reason Skip
	Calls  int64
}

// Table is the rows of a dimension, those with the most money first.
type Table struct {
	By   Dimension
	Rows []Row
}

func (r *replay) report() *Report {
	v := &Report{
		Base: r.before.snapshot.Options.BaseCurrency, Read: r.read, Calls: r.calls, Total: r.total, Recorded: r.recorded,
		Changes: changes(r.areas.destinations.rows), Moves: r.moves.list(r.providerName), Examples: r.examples.list,
	}
	for why, calls := range r.skipped {
		v.Skipped = append(v.Skipped, SkipCount{why, calls})
	}
	slices.SortFunc(v.Skipped, func(a, b SkipCount) int {
		return cmp.Or(cmp.Compare(b.Calls, a.Calls), strings.Compare(string(a.Reason), string(b.Reason)))
	})
	for _, by := range r.By {
		v.Tables = append(v.Tables, Table{by, sorted(r.rows(by))})
	}
	v.NoRoute.Before, v.NoRoute.After = r.noRoute[0].list(), r.noRoute[1].list()
	return v
}

func (r *replay) rows(by Dimension) []Row {
	switch by {
	case ByDestination:
		return r.areas.destinations.rows
	case ByCountry:
		return r.areas.countries.rows
	case ByPrefix:
		return r.prefixes.rows
	case ByProvider:
		return r.carriers.rows
	case ByAccount:
		return r.accounts.rows
	}
	return nil
}

// changes are the rows that differ in money or in routes.
func changes(rows []Row) []Row {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return r.Gain == 0 && r.Lost == 0 && r.Won == 0 })
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(abs(b.Gain), abs(a.Gain)), cmp.Compare(b.Changed, a.Changed), strings.Compare(a.Name, b.Name))
	})
	return rows
}
