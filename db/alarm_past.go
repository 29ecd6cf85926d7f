package db

import (
	"context"
	"time"

	"tandem/alarm"
)

// Where the past of a rule is looked for: the same hours of the same weekday, and
// where there are too few of them the same hours of the days before.
const (
	pastWeeks = 4
	pastDays  = 7
	// pastFor is how long it is remembered: the hours that a window touches hardly
	// change in that time.
	pastFor = 10 * time.Minute
)

// alarmPast are figures of the same hours of earlier weeks or days.
type alarmPast struct {
	taken   time.Time
	weeks   map[string][]alarm.Figure // by the subject's key
	days    map[string][]alarm.Figure // nil: weeks suffice
	windows struct{ weeks, days int } // of which there are figures of anything
}

// of are the figures of one subject. A sum that is not there was 0.
func (p *alarmPast) of(r *alarm.Rule, key string) []alarm.Figure {
	list := p.padded(r, p.weeks[key], p.windows.weeks)
	if len(list) < alarm.LeastPast && p.days != nil {
		list = p.padded(r, p.days[key], p.windows.days)
	}
	return list
}

func (*alarmPast) padded(r *alarm.Rule, list []alarm.Figure, windows int) []alarm.Figure {
	for r.Measure.Kind == alarm.Sum && len(list) < windows {
		list = append(list, alarm.Figure{})
	}
	return list
}

// alarmPast reads the past of a rule.
func (d *DB) alarmPast(ctx context.Context, r *alarm.Rule, now time.Time) (*alarmPast, error) {
	p := &alarmPast{taken: now}
	var err error
	if p.weeks, p.windows.weeks, err = d.pastFigures(ctx, r, now, 7*24*time.Hour, pastWeeks); err != nil {
		return nil, err
	}
	if p.windows.weeks >= alarm.LeastPast {
		return p, nil
	}
	p.days, p.windows.days, err = d.pastFigures(ctx, r, now, 24*time.Hour, pastDays)
	return p, err
}

func (d *DB) pastFigures(ctx context.Context, r *alarm.Rule, now time.Time, step time.Duration, most int) (figures map[string][]alarm.Figure, windows int, err error) {
	of := *r
	if r.Measure.Source == alarm.Charges {
		of.Measure, _ = alarm.MeasureOf("sale") // by when calls began: near enough for a past
	}
	figures = map[string][]alarm.Figure{}
	for i := 1; i <= most; i++ {
		to := now.Add(-time.Duration(i) * step)
		report, err := d.alarmReport(ctx, &of, to.Add(-r.Window), to)
		if err != nil {
			return nil, 0, err
		}
		if len(report.Rows) > 0 {
			windows++
		}
		for n := range report.Rows {
			row := &report.Rows[n]
			if f, ok := of.Measure.Of(&row.Measures); ok {
				if key, ok := r.Key(row.Values); ok {
					figures[key] = append(figures[key], r.Measure.Scaled(f, report.To.Sub(report.From), r.Window))
				}
			}
		}
	}
	return figures, windows, nil
}
