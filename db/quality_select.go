package db

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"tandem/quality"
)

// qualitySelect is a query that knows where to look.
type qualitySelect struct {
	*QualityQuery

	cube *qualityCube
	plan qualityPlan
}

func (q *QualityQuery) prepare(ctx context.Context, tx *sql.Tx) (s qualitySelect, err error) {
	s.QualityQuery = q
	if s.cube, err = q.cube(); err != nil {
		return s, err
	}
	longest, err := q.Grain.level()
	if err != nil {
		return s, err
	}
	if !q.From.Before(q.To) {
		return s, &FieldError{Field: "to", Text: "is not after from"}
	}
	if s.plan, err = planQuality(ctx, tx, q.From, q.To, longest); err != nil || !q.timed() {
		return s, err
	}
	if level := s.plan.coarsest(longest); level > longest { // a row cannot be of less than a bucket
		longer := *q
		longer.Grain = level.grain()
		return longer.prepare(ctx, tx)
	}
	return s, nil
}

// answer is a report that is still without its rows.
func (s *qualitySelect) answer() QualityReport {
	return QualityReport{From: s.plan.from, To: s.plan.to, Grain: cmp.Or(s.Grain, GrainTotal), Cube: s.cube.table}
}

// timed says whether rows are of parts of the time.
func (q *QualityQuery) timed() bool { return q.Grain != GrainTotal && q.Grain != "" }

// groups are what makes a row: its time if it has one, and its keys.
func (q *QualityQuery) groups() []string {
	var list []string
	switch q.Grain {
	case GrainFiveMinutes:
		list = []string{"bucket"}
	case GrainHour:
		list = []string{"TIMESTAMP(DATE(bucket), MAKETIME(HOUR(bucket), 0, 0))"}
	case GrainDay:
		list = []string{"TIMESTAMP(DATE(bucket))"}
	case GrainTotal:
	}
	for _, by := range q.By {
		list = append(list, by.column())
	}
	return list
}

// sorted makes MariaDB sort the rows and add up group by group, where there are many
// groups: in a table by groups it would look up, read and write all sums of one with
// each row, which takes a quarter longer. Few groups are quicker in the table, and rows
// of parts of the time lie nearly in order.
func (s *qualitySelect) sorted() string {
	many := func(by QualityDimension) bool {
		return slices.Contains([]QualityDimension{ByAccount, ByCountry, ByPrefix, ByNetwork}, by)
	}
	if s.timed() || len(s.By) < 2 || !slices.ContainsFunc(s.By, many) {
		return ""
	}
	return "SQL_BIG_RESULT "
}

// conditions are those of the query, and of its plan.
func (s *qualitySelect) conditions() where {
	var c where
	s.plan.pick(&c)
	for _, w := range s.Where {
		w.pick(&c)
	}
	if s.Keys != nil {
		pickKeys(&c, s.By, s.Keys, "IN")
	}
	if s.Apart != nil {
		pickKeys(&c, s.Apart.By, s.Apart.Keys, "NOT IN")
	}
	return c
}

func (w *QualityWhere) pick(c *where) {
	args := make([]any, len(w.Values))
	for i, v := range w.Values {
		args[i] = w.Dimension.argument(v)
	}
	if len(args) == 0 {
		c.add("FALSE")
		return
	}
	c.add(w.Dimension.column()+" IN (?"+strings.Repeat(", ?", len(args)-1)+")", args...)
}

// pickKeys takes combinations of values; in is IN, or NOT IN.
func pickKeys(c *where, by []QualityDimension, keys [][]string, in string) {
	if len(by) == 0 || len(keys) == 0 {
		c.add(map[string]string{"IN": "FALSE", "NOT IN": "TRUE"}[in])
		return
	}
	var args []any
	names, marks := make([]string, len(by)), "("+strings.Repeat("?, ", len(by)-1)+"?)"
	for i, b := range by {
		names[i] = b.column()
	}
	for _, key := range keys {
		for i, v := range key {
			args = append(args, by[i].argument(v))
		}
	}
	c.add("("+strings.Join(names, ", ")+") "+in+" ("+marks+strings.Repeat(", "+marks, len(keys)-1)+")", args...)
}

// rows are one more than the limit if there are more.
func (s *qualitySelect) rows(ctx context.Context, tx *sql.Tx) ([]QualityRow, error) {
	order, limit := s.order(), s.Limit
	inGo := order == "" // as no SQL does
	if inGo {
		limit = maxQualitySorted
	}
	c := s.conditions()
	groups := s.groups()
	//nolint:gosec // G202: names are the program's own, values are parameters
	query := `SELECT ` + s.sorted() + strings.Join(append(slices.Clone(groups), sumsOf(s.Measures)), ", ") + ` FROM ` + s.cube.table + ` WHERE ` + c.joined()
	if len(groups) > 0 {
		query += ` GROUP BY ` + strings.Join(groups, ", ")
	} else {
		query += ` HAVING COUNT(*) > 0` // else there would be a row of nothing
	}
	if s.MinBids > 0 {
		query += map[bool]string{true: " HAVING ", false: " AND "}[len(groups) > 0] + "SUM(bids) >= ?"
		c.args = append(c.args, s.MinBids)
	}
	query += order
	if limit > 0 {
		query += ` LIMIT ?`
		c.args = append(c.args, limit+1)
	}
	found, err := tx.QueryContext(ctx, query, c.args...)
	if err != nil {
		return nil, err
	}
	var list []QualityRow
	err = eachRow(found, func(rows *sql.Rows) error {
		row, err := s.scan(rows)
		list = append(list, row)
		return err
	})
	if err == nil && inGo {
		return sortQuality(list, s.Sort)
	}
	return list, err
}

func (q *QualityQuery) scan(rows *sql.Rows) (QualityRow, error) {
	row := QualityRow{Values: make([]string, len(q.By))}
	var into []any
	if q.timed() {
		into = append(into, &row.At)
	}
	for i := range row.Values {
		into = append(into, &row.Values[i])
	}
	var talk int64
	err := rows.Scan(append(into, measureFields(&row.Measures, &talk)...)...)
	row.Measures.Talk = fromMS(talk)
	return row, err
}

// maxQualitySorted is how many rows are read when the database cannot sort them.
const maxQualitySorted = 5000

func sortQuality(list []QualityRow, by QualitySort) ([]QualityRow, error) {
	if len(list) > maxQualitySorted {
		return nil, &FieldError{Field: "sort", Text: fmt.Sprintf("there are more than %d lines, too many to sort by %s; pick fewer by a filter or min_bids, or sort by another measure", maxQualitySorted, by.By)}
	}
	slices.SortStableFunc(list, func(x, y QualityRow) int {
		a, has := by.By.Value(&x.Measures)
		b, also := by.By.Value(&y.Measures)
		switch {
		case has && also && by.Largest:
			return cmp.Compare(b, a)
		case has && also:
			return cmp.Compare(a, b)
		case has:
			return -1
		case also:
			return 1
		}
		return 0
	})
	return list, nil
}

// keysOf are the combinations that rows are of.
func keysOf(rows []QualityRow) [][]string {
	keys := make([][]string, len(rows))
	for i := range rows {
		keys[i] = rows[i].Values
	}
	return keys
}

// mergeQuality adds rows up.
func mergeQuality(rows []QualityRow) (m quality.Measures) {
	for i := range rows {
		m.Merge(&rows[i].Measures)
	}
	return m
}
