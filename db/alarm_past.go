package db

import (
	"context"
	"fmt"
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

// pastOf is the past of a rule that looks at it. What was there in the past and is
// not now had nothing, if it is a sum, unless it was left out.
func (w *AlarmWatch) pastOf(ctx context.Context, r *alarm.Rule, now time.Time, seen *alarmSeen, open map[string]*Alarm) (*alarmPast, error) {
	if r.Measure.Kind == alarm.Sum && seen.left == 0 {
		for key, a := range open {
			if _, there := seen.figures[key]; !there && (r.Measure.Source != alarm.Numbers || r.Condition != alarm.Below) {
				seen.figures[key] = alarmFigure{subject: subjectOf(r, a)}
			}
		}
	}
	if !r.Condition.OfPast() {
		return nil, nil //nolint:nilnil // none is wanted
	}
	id := fmt.Sprintf("%d %s %v %v %v %v", r.ID, r.Measure.Name, r.Each, r.Only, r.Window, r.Late())
	p := w.past[id]
	if p == nil || now.Sub(p.taken) > pastFor {
		var err error
		if p, err = w.db.alarmPast(ctx, r, seen.to, now); err != nil {
			return nil, err
		}
		w.past[id] = p
	}
	if r.Measure.Kind == alarm.Sum && r.Condition == alarm.Drop && seen.left == 0 {
		for _, of := range []map[string][]alarm.Figure{p.weeks, p.days} {
			for key := range of {
				if _, there := seen.figures[key]; !there {
					seen.figures[key] = alarmFigure{subject: subjectOfKey(r, key)}
				}
			}
		}
	}
	return p, nil
}

func (w *AlarmWatch) forgetPast(now time.Time) {
	for id, p := range w.past {
		if now.Sub(p.taken) > 2*pastFor {
			delete(w.past, id)
		}
	}
}

// alarmPast are figures of the same hours of earlier weeks or days.
type alarmPast struct {
	taken   time.Time
	weeks   map[string][]alarm.Figure // by the subject's key
	days    map[string][]alarm.Figure // nil: weeks suffice
	windows struct{ weeks, days int } // of which there are figures of anything
	left    bool                      // some subjects are left out: what is not there was not 0
}

// of are the figures of one subject. A sum that is not there was 0.
func (p *alarmPast) of(r *alarm.Rule, key string) []alarm.Figure {
	list := p.padded(r, p.weeks[key], p.windows.weeks)
	if len(list) < alarm.LeastPast && p.days != nil {
		list = p.padded(r, p.days[key], p.windows.days)
	}
	return list
}

func (p *alarmPast) padded(r *alarm.Rule, list []alarm.Figure, windows int) []alarm.Figure {
	for r.Measure.Kind == alarm.Sum && !p.left && len(list) < windows {
		list = append(list, alarm.Figure{})
	}
	return list
}

// alarmPast reads the past of a rule whose window ends then.
func (d *DB) alarmPast(ctx context.Context, r *alarm.Rule, to, now time.Time) (*alarmPast, error) {
	p := &alarmPast{taken: now}
	var err error
	if p.weeks, p.windows.weeks, err = d.pastFigures(ctx, r, p, to, 7*24*time.Hour, pastWeeks); err != nil {
		return nil, err
	}
	if p.windows.weeks >= alarm.LeastPast {
		return p, nil
	}
	p.days, p.windows.days, err = d.pastFigures(ctx, r, p, to, 24*time.Hour, pastDays)
	return p, err
}

func (d *DB) pastFigures(ctx context.Context, r *alarm.Rule, p *alarmPast, end time.Time, step time.Duration, most int) (figures map[string][]alarm.Figure, windows int, err error) {
	of := *r
	if r.Measure.Source == alarm.Charges {
		of.Measure, _ = alarm.MeasureOf("sale") // by when calls began: near enough for a past
	}
	figures = map[string][]alarm.Figure{}
	for i := 1; i <= most; i++ {
		to := end.Add(-time.Duration(i) * step)
		report, left, err := d.alarmReport(ctx, &of, to.Add(-r.Window), to)
		if err != nil {
			return nil, 0, err
		}
		p.left = p.left || left > 0
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
