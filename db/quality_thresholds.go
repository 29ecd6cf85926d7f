package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"tandem/quality"
)

// QualityThreshold is from where on a measure is shown as poor.
type QualityThreshold struct {
	Measure quality.Measure `json:"measure"`
	Warn    *int64          `json:"warn"` // in the unit of the measure; nil: none
	Bad     *int64          `json:"bad"`
}

// Passed says whether a value is beyond a limit; nobody is beyond none.
func (t *QualityThreshold) Passed(v int64, limit *int64) bool {
	if limit == nil {
		return false
	}
	if t.Measure.Worse() == quality.WorseAbove {
		return v > *limit
	}
	return v < *limit
}

const thresholdQuery = `SELECT measure, warn, bad FROM quality_thresholds`

// QualityThresholds lists the thresholds of all measures that can have one, in
// the order of the measures.
func (d *DB) QualityThresholds(ctx context.Context) ([]QualityThreshold, error) {
	rows, err := d.calls.QueryContext(ctx, thresholdQuery)
	if err != nil {
		return nil, wrap("quality thresholds", err)
	}
	list, err := qualityThresholds(rows)
	return list, wrap("quality thresholds", err)
}

func qualityThresholds(rows *sql.Rows) ([]QualityThreshold, error) {
	found := map[quality.Measure]QualityThreshold{}
	err := eachRow(rows, func(rows *sql.Rows) error {
		var t QualityThreshold
		err := rows.Scan(&t.Measure, &t.Warn, &t.Bad)
		found[t.Measure] = t
		return err
	})
	var list []QualityThreshold
	for _, m := range quality.AllMeasures() {
		if m.Worse() != "" {
			t := found[m]
			t.Measure = m
			list = append(list, t)
		}
	}
	return list, err
}

// SetQualityThresholds replaces the thresholds of the measures that decide names,
// told those that are there; the others stay. Nobody else changes them meanwhile;
// decide may be called more than once, and its error ends everything.
func (d *DB) SetQualityThresholds(ctx context.Context, decide func(was []QualityThreshold) ([]QualityThreshold, error)) (now []QualityThreshold, err error) {
	err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		if err := takeTurn(ctx, tx, "quality thresholds"); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, thresholdQuery)
		if err != nil {
			return err
		}
		was, err := qualityThresholds(rows)
		if err != nil {
			return err
		}
		set, err := decide(was)
		if err != nil {
			return err
		}
		now, err = putThresholds(ctx, tx, was, set)
		return err
	})
	return now, wrap("quality thresholds", err)
}

func putThresholds(ctx context.Context, tx *sql.Tx, was, set []QualityThreshold) ([]QualityThreshold, error) {
	now := append([]QualityThreshold(nil), was...)
	for n, t := range set {
		if slices.ContainsFunc(set[:n], func(o QualityThreshold) bool { return o.Measure == t.Measure }) {
			return nil, &FieldError{Field: "items", Text: fmt.Sprintf("has %s twice", t.Measure)}
		}
		if err := t.check(); err != nil {
			return nil, err
		}
		for i := range now {
			if now[i].Measure != t.Measure || equalTo(now[i].Warn, t.Warn) && equalTo(now[i].Bad, t.Bad) {
				continue
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO quality_thresholds (measure, warn, bad) VALUES (?, ?, ?)
				ON DUPLICATE KEY UPDATE warn = VALUES(warn), bad = VALUES(bad)`, string(t.Measure), t.Warn, t.Bad); err != nil {
				return nil, err
			}
			change := Change{Action: "update", Kind: "quality threshold", ID: string(t.Measure), Name: string(t.Measure), Before: now[i], After: t}
			if err := audit(ctx, tx, change); err != nil {
				return nil, err
			}
			now[i] = t
		}
	}
	return now, nil
}

func equalTo(a, b *int64) bool { return a == b || a != nil && b != nil && *a == *b }

// check refuses what no measure can be, and a warning that is worse than what it
// warns of.
func (t *QualityThreshold) check() error {
	if t.Measure.Worse() == "" {
		return &FieldError{Field: "measure", Text: fmt.Sprintf("%q is neither good nor bad; take one of those that the list has", t.Measure)}
	}
	for name, v := range map[string]*int64{"warn": t.Warn, "bad": t.Bad} {
		if err := t.checkOne(name, v); err != nil {
			return err
		}
	}
	if t.Warn != nil && t.Bad != nil && *t.Warn != *t.Bad && t.Passed(*t.Warn, t.Bad) {
		return &FieldError{Field: string(t.Measure), Text: "warn is beyond bad; want to be warned before it is bad"}
	}
	return nil
}

// longestThreshold is a day, in milliseconds.
const longestThreshold = 86_400_000

func (t *QualityThreshold) checkOne(name string, v *int64) error {
	if v == nil {
		return nil
	}
	least, most := int64(0), int64(0)
	switch t.Measure.Unit() {
	case quality.UnitShare:
		most = int64(quality.Whole)
		if t.Measure == quality.MeasureMarginShare {
			least = -100 * most
		}
	case quality.UnitTime:
		most = longestThreshold
	case quality.UnitMicro:
		most = 1000 * longestThreshold
	case quality.UnitScore:
		most = 500
	case quality.UnitCount, quality.UnitMoney:
		least, most = -1e15, 1e15
	}
	if *v < least || *v > most {
		return &FieldError{Field: string(t.Measure), Text: fmt.Sprintf("%s is not from %d to %d %s", name, least, most, map[quality.Unit]string{
			quality.UnitShare: "millionths", quality.UnitTime: "ms", quality.UnitMoney: "millionths of the base currency", quality.UnitMicro: "microseconds", quality.UnitScore: "hundredths",
		}[t.Measure.Unit()])}
	}
	return nil
}
