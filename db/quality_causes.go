package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"tandem/billing"
	"tandem/internal/q850"
	"tandem/quality"
)

// QualityCausesQuery asks why attempts ended as they did.
type QualityCausesQuery struct {
	By       QualityDimension // provider, tier, country; empty: of all together
	Where    []QualityWhere   // of the same three
	Blame    []q850.Blame     // only ends of these; nil: all but answers
	From, To time.Time
	Limit    int // causes
	Groups   int // values of By, those with the most failed bids
}

// QualityCause is how often attempts ended in one way.
type QualityCause struct {
	Value     string // of By
	Result    billing.Disposition
	SIPStatus int        // 0: none, or rare ones together
	Cause     q850.Cause // 0: none, or rare ones together
	Blame     q850.Blame
	Bids      int64
	// Folded: rare causes of this value, result and blame may have been put together.
	// The line without status and cause has them; one with them may count too few.
	Folded bool
}

// QualityCauseGroup is one value of By.
type QualityCauseGroup struct {
	Value  string
	Bids   int64 // also those that were answered
	Blamed quality.Blamed
}

// QualityCauses is the answer.
type QualityCauses struct {
	From, To time.Time
	Total    QualityCauseGroup
	Groups   []QualityCauseGroup // those with the most failed bids first; one if By is empty
	Lines    []QualityCause      // of the groups, the most frequent first
	Rest     int64               // bids of causes that the limit left out, and of groups that are not told
}

const causesCube = "quality_causes"

// QualityCauses counts why attempts failed.
func (d *DB) QualityCauses(ctx context.Context, q QualityCausesQuery) (v QualityCauses, err error) {
	if err := q.check(); err != nil {
		return v, err
	}
	err = d.readQuality(ctx, func(tx *sql.Tx) error {
		v = QualityCauses{}
		plan, err := planQuality(ctx, tx, q.From, q.To, daily)
		if err != nil {
			return err
		}
		v.From, v.To = plan.from, plan.to
		var c where
		plan.pick(&c)
		for _, w := range q.Where {
			w.pick(&c)
		}
		if err := v.groups(ctx, tx, &q, c); err != nil || len(v.Groups) == 0 {
			return err
		}
		return v.lines(ctx, tx, &q, c)
	})
	return v, err
}

func (q *QualityCausesQuery) check() error {
	known := []QualityDimension{ByProvider, ByTier, ByCountry}
	if q.By != "" && !slices.Contains(known, q.By) {
		return &FieldError{Field: "by", Text: fmt.Sprintf("has no %q; take provider, tier or country", q.By)}
	}
	for _, w := range q.Where {
		if !slices.Contains(known, w.Dimension) {
			return &FieldError{Field: string(w.Dimension), Text: "causes are added up by provider, tier and country only"}
		}
		if err := w.check(); err != nil {
			return err
		}
	}
	if !q.From.Before(q.To) {
		return &FieldError{Field: "to", Text: "is not after from"}
	}
	return nil
}

// column is what causes are told by.
func (q *QualityCausesQuery) column() string {
	if q.By == "" {
		return "''"
	}
	return q.By.column()
}

// groups counts blame of each value, and of all.
func (v *QualityCauses) groups(ctx context.Context, tx *sql.Tx, q *QualityCausesQuery, c where) error {
	//nolint:gosec // G202: names are the program's own, values are parameters
	rows, err := tx.QueryContext(ctx, `SELECT `+q.column()+` AS value, SUM(bids), SUM(IF(blame = 'caller', bids, 0)), SUM(IF(blame = 'called', bids, 0)),
			SUM(IF(blame = 'route', bids, 0)), SUM(IF(blame = 'us', bids, 0)), SUM(IF(result <> 'answered', bids, 0)) AS failed
		FROM `+causesCube+` WHERE `+c.joined()+` GROUP BY value ORDER BY failed DESC, value`, c.args...)
	if err != nil {
		return err
	}
	return eachRow(rows, func(rows *sql.Rows) error {
		var g QualityCauseGroup
		var failed int64
		err := rows.Scan(&g.Value, &g.Bids, &g.Blamed.Caller, &g.Blamed.Called, &g.Blamed.Route, &g.Blamed.Us, &failed)
		v.Total.Bids += g.Bids
		v.Total.Blamed.Caller += g.Blamed.Caller
		v.Total.Blamed.Called += g.Blamed.Called
		v.Total.Blamed.Route += g.Blamed.Route
		v.Total.Blamed.Us += g.Blamed.Us
		if len(v.Groups) < q.Groups {
			v.Groups = append(v.Groups, g)
		} else {
			v.Rest += q.wanted(&g, failed)
		}
		return err
	})
}

// wanted are the bids of a group that lines would be of: those that failed, or of
// them those that are asked for.
func (q *QualityCausesQuery) wanted(g *QualityCauseGroup, failed int64) (bids int64) {
	if q.Blame == nil {
		return failed
	}
	of := map[q850.Blame]int64{
		q850.BlameCaller: g.Blamed.Caller, q850.BlameCalled: g.Blamed.Called, q850.BlameRoute: g.Blamed.Route, q850.BlameUs: g.Blamed.Us,
	}
	for _, b := range q.Blame {
		bids += of[b]
	}
	return bids
}

// lines are the causes of the groups.
func (v *QualityCauses) lines(ctx context.Context, tx *sql.Tx, q *QualityCausesQuery, c where) error {
	if q.By != "" {
		w := QualityWhere{Dimension: q.By}
		for _, g := range v.Groups {
			w.Values = append(w.Values, g.Value)
		}
		w.pick(&c)
	}
	counted := c // whatever the blame: a bucket is full of all of them
	if q.Blame == nil {
		c.add("result <> 'answered'")
	} else {
		marks := strings.TrimSuffix(strings.Repeat("?, ", len(q.Blame)), ", ")
		var args []any
		for _, b := range q.Blame {
			args = append(args, string(b))
		}
		c.add("blame IN ("+marks+")", args...)
	}
	//nolint:gosec // G202: names are the program's own, values are parameters
	rows, err := tx.QueryContext(ctx, `SELECT `+q.column()+` AS value, result, sip_status, cause, blame, SUM(bids) AS n
		FROM `+causesCube+` WHERE `+c.joined()+` GROUP BY value, result, sip_status, cause, blame
		ORDER BY n DESC, value, result, sip_status, cause, blame`, c.args...)
	if err != nil {
		return err
	}
	blank := map[QualityCause]bool{} // of these values, results and blames there are some without status and cause
	if err := eachRow(rows, func(rows *sql.Rows) error {
		var l QualityCause
		err := rows.Scan(&l.Value, &l.Result, &l.SIPStatus, &l.Cause, &l.Blame, &l.Bids)
		if l.SIPStatus == 0 && l.Cause == 0 {
			blank[l.kind()] = true
		}
		if len(v.Lines) < q.Limit {
			v.Lines = append(v.Lines, l)
		} else {
			v.Rest += l.Bids
		}
		return err
	}); err != nil || len(blank) == 0 {
		return err
	}
	full, err := fullOfCauses(ctx, tx, q, counted)
	for i := range v.Lines {
		l := &v.Lines[i]
		l.Folded = full[l.Value] && blank[l.kind()]
	}
	return err
}

// kind is what stays of a cause when it is put together with others.
func (l *QualityCause) kind() QualityCause {
	return QualityCause{Value: l.Value, Result: l.Result, Blame: l.Blame}
}

// fullOfCauses are the values of By with a bucket that has as many causes as are told
// apart: there rare ones may have been put together. A bucket that is added up from
// such a one has as many at least.
func fullOfCauses(ctx context.Context, tx *sql.Tx, q *QualityCausesQuery, c where) (map[string]bool, error) {
	//nolint:gosec // G202: names are the program's own, values are parameters
	rows, err := tx.QueryContext(ctx, `SELECT DISTINCT value FROM (SELECT `+q.column()+` AS value FROM `+causesCube+` WHERE `+c.joined()+`
		GROUP BY level, bucket, provider_id, tier, country HAVING COUNT(*) >= ?) full_ones`, append(slices.Clone(c.args), maxCauses)...)
	if err != nil {
		return nil, err
	}
	full := map[string]bool{}
	return full, eachRow(rows, func(rows *sql.Rows) error {
		var value string
		err := rows.Scan(&value)
		full[value] = true
		return err
	})
}
