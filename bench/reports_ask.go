package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tandem/db"
	"tandem/internal/money"
	"tandem/quality"
)

// ReportsCase is one report, from rollups and from attempts.
type ReportsCase struct {
	What   string  `json:"what"`
	Cube   string  `json:"table"`
	Rows   int     `json:"rows"`
	Rollup Ratio   `json:"ms"`
	Raw    *Ratio  `json:"raw_ms,omitempty"` // the same from attempts, without delays
	Faster float64 `json:"raw_to_rollup,omitempty"`
	Goal   float64 `json:"goal_ms,omitempty"`

	query db.QualityQuery
	raw   string // what it is grouped by; empty: not asked
}

// cases are the reports that people ask for most.
func (s ReportsSpec) cases() []ReportsCase {
	by := func(list ...db.QualityDimension) db.QualityQuery {
		return db.QualityQuery{By: list, From: s.from(), To: s.to(), Grain: db.GrainTotal}
	}
	hourly := func(q db.QualityQuery) db.QualityQuery {
		q.Grain = db.GrainHour
		return q
	}
	only := func(q db.QualityQuery, d db.QualityDimension, values ...string) db.QualityQuery {
		q.Where = append(q.Where, db.QualityWhere{Dimension: d, Values: values})
		return q
	}
	day := by(db.ByProvider)
	day.From, day.Grain = s.to().AddDate(0, 0, -1), db.GrainFiveMinutes
	const hour = "TIMESTAMP(DATE(a.started_at), MAKETIME(HOUR(a.started_at), 0, 0))"
	return []ReportsCase{
		{What: "by provider", query: by(db.ByProvider), raw: "a.provider_id", Goal: ReportGoal},
		{What: "by country", query: by(db.ByCountry), Goal: ReportGoal},
		{What: "by provider and country", query: by(db.ByProvider, db.ByCountry), raw: "a.provider_id, p.country", Goal: ReportGoal},
		{What: "by account", query: by(db.ByAccount), raw: "c.account_id", Goal: ReportGoal},
		{What: "by server and gate", query: by(db.ByServer, db.ByGate), Goal: ReportGoal},
		{What: "by prefix of one country", query: only(by(db.ByPrefix), db.ByCountry, "DE")},
		{What: "by provider and prefix, all", query: by(db.ByProvider, db.ByPrefix)},
		{What: "hour by hour", query: hourly(by()), raw: hour, Goal: SeriesGoal},
		{What: "hour by hour, by provider", query: hourly(by(db.ByProvider)), raw: hour + ", a.provider_id", Goal: SeriesGoal},
		{What: "hour by hour, one provider to one country", query: hourly(only(only(by(), db.ByProvider, "7"), db.ByCountry, "RU")), Goal: SeriesGoal},
		{What: "the last day, every 5 minutes, by provider", query: day},
	}
}

// ask times every report from rollups, and then the same from attempts, which
// reads so much that little else stays in memory.
func (b *reportsBench) ask(ctx context.Context) ([]ReportsCase, error) {
	list := b.spec.cases()
	sums := make([]reportSums, len(list))
	for i := range list {
		c := &list[i]
		var took []float64
		var err error
		if sums[i], took, err = b.rollup(ctx, c); err != nil {
			return nil, fmt.Errorf("%s: %w", c.What, err)
		}
		c.Rollup = rangeOf(took)
		b.options.say("%s: %.1f ms", c.What, c.Rollup.Median)
	}
	for i := range list {
		if c := &list[i]; c.raw != "" && b.spec.Raw > 0 {
			if err := b.compare(ctx, c, sums[i]); err != nil {
				return nil, fmt.Errorf("%s: %w", c.What, err)
			}
		}
	}
	return list, nil
}

// compare times a report from attempts, which has to say the same.
func (b *reportsBench) compare(ctx context.Context, c *ReportsCase, sums reportSums) error {
	var took []float64
	for range b.spec.Raw {
		began := time.Now()
		raw, err := b.attempts(ctx, c)
		if err != nil {
			return err
		}
		took = append(took, ms(time.Since(began)))
		if raw != sums {
			return fmt.Errorf("%w: rollups %+v, attempts %+v", errReports, sums, raw)
		}
	}
	c.Raw = new(rangeOf(took))
	c.Faster = c.Raw.Median / c.Rollup.Median
	b.options.say("%s: %.1f ms, from attempts %.0f ms", c.What, c.Rollup.Median, c.Raw.Median)
	return nil
}

var errReports = errors.New("the figures differ")

// reportSums are what both ways have to agree in. How many rows there are may
// differ: places of the bench are those of an area, not of a number.
type reportSums struct {
	bids, seizures, effective, answers, short, talk int64
	cost, sale                                      money.Amount
}

func (s *reportSums) add(m *quality.Measures) {
	s.bids, s.seizures, s.effective, s.answers, s.short = s.bids+m.Bids, s.seizures+m.Seizures, s.effective+m.Effective, s.answers+m.Answers, s.short+m.Short
	s.talk, s.cost, s.sale = s.talk+m.Talk.Milliseconds(), s.cost+m.Cost, s.sale+m.Sale
}

func (b *reportsBench) rollup(ctx context.Context, c *ReportsCase) (sums reportSums, took []float64, err error) {
	for range b.spec.Rounds + 1 { // the first finds pages that are not in memory yet
		began := time.Now()
		r, err := b.db.QualityReport(ctx, c.query)
		if err != nil {
			return sums, nil, err
		}
		took = append(took, ms(time.Since(began)))
		sums = reportSums{}
		for i := range r.Rows {
			sums.add(&r.Rows[i].Measures)
		}
		c.Cube, c.Rows = r.Cube, len(r.Rows)
	}
	return sums, took[1:], nil
}

// attempts asks the tables of records.
func (b *reportsBench) attempts(ctx context.Context, c *ReportsCase) (sums reportSums, err error) {
	//nolint:gosec // G202: names of the program's own
	query := `SELECT COUNT(*),
			SUM(a.rang <> 0 OR a.progress <> 0 OR COALESCE(a.sip_status > 100 AND a.sip_status < 200, 0) OR COALESCE(a.pdd_ms > 0, 0)
				OR a.result IN ('answered', 'busy', 'no_answer')),
			SUM(a.result IN ('answered', 'busy', 'no_answer') OR COALESCE(a.result = 'failed' AND a.rang <> 0 AND a.cause = 21, 0)),
			SUM(a.result = 'answered'), SUM(a.result = 'answered' AND a.talk_ms < 6000), SUM(IF(a.result = 'answered', a.talk_ms, 0)),
			COALESCE(SUM(a.cost_base), 0), COALESCE(SUM(IF(a.result = 'answered', c.sale_base, NULL)), 0)
		FROM attempts a JOIN calls c ON c.call_id = a.call_id AND c.month = a.month JOIN places p ON p.id = c.b_place_id
		WHERE a.started_at >= ? AND a.started_at < ? AND a.result <> 'in_progress' AND a.provider_id > 0
		GROUP BY ` + c.raw
	rows, err := b.pool.QueryContext(ctx, query, c.query.From, c.query.To)
	if err != nil {
		return sums, err
	}
	defer rows.Close()
	for rows.Next() {
		var m quality.Measures
		var talk int64
		if err := rows.Scan(&m.Bids, &m.Seizures, &m.Effective, &m.Answers, &m.Short, &talk, &m.Cost, &m.Sale); err != nil {
			return sums, err
		}
		m.Talk = time.Duration(talk) * time.Millisecond
		sums.add(&m)
	}
	return sums, rows.Err()
}
