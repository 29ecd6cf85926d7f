package view

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"tandem/db"
)

// Behind makes the queries of lists that show what figures are of.
type Behind struct {
	Where    []db.QualityWhere
	From, To time.Time
}

// Line is the list behind a line of a report: the path and query of attempts.
func (b Behind) Line(by []db.QualityDimension, values []string, at time.Time, grain db.QualityGrain) string {
	if !at.IsZero() {
		if end := at.Add(grain.Length()); end.Before(b.To) {
			b.To = end
		}
		if at.After(b.From) {
			b.From = at
		}
	}
	return "/attempts?" + b.Query(by, values).Encode()
}

// Query is what picks the attempts, in the words of their list.
func (b Behind) Query(by []db.QualityDimension, values []string) url.Values {
	q := url.Values{}
	for _, w := range b.Where {
		values := slices.Clone(w.Values)
		for n, v := range values {
			values[n] = cmp.Or(v, None)
		}
		q.Set(attemptsName(w.Dimension), strings.Join(values, ","))
		if w.Dimension == db.ByNetwork { // names have commas
			q[attemptsName(w.Dimension)] = values
		}
	}
	for i, d := range by {
		q.Set(attemptsName(d), cmp.Or(values[i], None)) // an empty value would mean any
	}
	q.Set("finished", "true")
	q.Set("from", b.From.UTC().Format(time.RFC3339))
	q.Set("to", b.To.UTC().Format(time.RFC3339))
	return q
}

// None stands for what is not known in queries, where an empty value means any.
const None = "-"

// attemptsName is what the list of attempts calls a dimension.
func attemptsName(d db.QualityDimension) string {
	switch d {
	case db.ByProvider, db.ByGate, db.ByAccount:
		return string(d) + "_id"
	default:
		return string(d)
	}
}
