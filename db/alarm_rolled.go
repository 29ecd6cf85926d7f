package db

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"tandem/alarm"
	"tandem/quality"
)

const (
	// rollupsLag is how long ago sums end: all bids of then that failed are counted,
	// or it is known that they are not, see overdueQuality. Those that were answered
	// and still talk are counted beside.
	rollupsLag = 4 * time.Minute
	// mostSubjects bounds what one rule looks at: each route to each prefix may be
	// tens of thousands, every half a minute.
	mostSubjects = 2000
)

// rolledSpan is the time that a rule over rollups looks at now. A sum is of whole five
// minutes: the last of them is as long as the others. What calls come to as long as
// they talk is known when they are over.
func rolledSpan(r *alarm.Rule, now time.Time) (from, to time.Time) {
	if to = now; r.Measure.Kind == alarm.Sum {
		to = fiveMinutes.bucket(to.Add(-rollupsLag))
	}
	to = to.Add(-r.Late())
	return to.Add(-r.Window), to
}

// rolledFigures are those that rollups know. They know attempts that are over, of
// which the failed ones come first: bids and answers are counted with the calls that
// were answered and still talk, or all of the present would look less than the past.
func (d *DB) rolledFigures(ctx context.Context, r *alarm.Rule, live *liveHolds, now time.Time, s *alarmSeen) error {
	s.from, s.to = rolledSpan(r, now)
	var err error
	if s.behind, err = d.overdueQuality(ctx, s.from, s.to, now); err != nil {
		return err
	}
	report, left, err := d.alarmReport(ctx, r, s.from, s.to)
	if err != nil {
		return err
	}
	s.from, s.left = report.From, left
	sum := r.Measure.Kind == alarm.Sum
	var talking map[string]liveCount
	if r.Measure.CountsTalking() && (sum || len(report.Rows) > 0) {
		if talking, err = live.talking(ctx, r, s.from, s.to); err != nil {
			return err
		}
	}
	length := report.To.Sub(report.From)
	for i := range report.Rows {
		row := &report.Rows[i]
		if key, ok := r.Key(row.Values); ok {
			addTalking(&row.Measures, talking[key].calls)
			delete(talking, key)
		}
		if f, ok := r.Measure.Of(&row.Measures); ok {
			s.add(r, row.Values, r.Measure.Scaled(f, length, r.Window))
		}
	}
	if !sum || left > 0 {
		return nil
	}
	for _, c := range talking { // of whose calls none is over
		var m quality.Measures
		addTalking(&m, c.calls)
		f, _ := r.Measure.Of(&m)
		s.add(r, c.subject, r.Measure.Scaled(f, length, r.Window))
	}
	return nil
}

// addTalking adds calls that were answered and still talk.
func addTalking(m *quality.Measures, calls int64) {
	m.Bids += calls
	m.Seizures += calls
	m.Effective += calls
	m.Answers += calls
}

// alarmReport asks in people's lane, where statements are bounded: however large the
// rollups are, no call waits for an alarm. Of too many subjects the busiest are told,
// and how many are left out.
func (d *DB) alarmReport(ctx context.Context, r *alarm.Rule, from, to time.Time) (report QualityReport, left int, err error) {
	q := QualityQuery{From: from, To: to, Measures: r.Measure.Needs(), Sort: QualitySort{By: quality.MeasureBids, Largest: true}, Limit: mostSubjects}
	if r.Measure.Kind != alarm.Sum {
		q.MinBids = 1
	}
	for _, e := range r.Each {
		q.By = append(q.By, QualityDimension(e))
	}
	for _, o := range r.Only {
		q.Where = append(q.Where, QualityWhere{Dimension: QualityDimension(o.What), Values: o.Values})
	}
	err = d.readQuality(ForPeople(ctx), func(tx *sql.Tx) (err error) {
		report, left, err = q.busiest(ctx, tx)
		return err
	})
	return report, left, err
}

// busiest is the report, and how many rows the limit has left out of it.
func (q *QualityQuery) busiest(ctx context.Context, tx *sql.Tx) (report QualityReport, left int, err error) {
	s, err := q.prepare(ctx, tx)
	if err != nil {
		return report, 0, err
	}
	report = s.answer()
	if report.Rows, err = s.rows(ctx, tx); err != nil || len(report.Rows) <= q.Limit {
		return report, 0, err
	}
	report.Rows = report.Rows[:q.Limit]
	c := s.conditions()
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM `+s.cube.table+` WHERE `+c.joined()+` GROUP BY `+strings.Join(s.groups(), ", ")+` HAVING SUM(bids) >= ?) g`,
		append(c.args, q.MinBids)...).Scan(&left)
	return report, left - q.Limit, err
}
