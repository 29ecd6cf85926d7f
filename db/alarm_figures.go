package db

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"tandem/alarm"
)

// alarmSeen is what a rule looks at, and what is to be seen of it.
type alarmSeen struct {
	from, to time.Time
	figures  map[string]alarmFigure // by the subject's key
}

// alarmFigure is the figure of one subject.
type alarmFigure struct {
	subject alarm.Subject
	alarm.Figure
}

// add keeps a figure; a subject that cannot be kept is left out.
func (s *alarmSeen) add(r *alarm.Rule, subject alarm.Subject, f alarm.Figure) {
	if key, ok := r.Key(subject); ok {
		s.figures[key] = alarmFigure{subject, f}
	}
}

// alarmFigures are the figures of a rule now.
func (d *DB) alarmFigures(ctx context.Context, r *alarm.Rule, live *liveHolds, now time.Time) (alarmSeen, error) {
	s := alarmSeen{from: now.Add(-r.Window), to: now, figures: map[string]alarmFigure{}}
	var err error
	switch r.Measure.Source {
	case alarm.Rollups:
		err = d.rolledFigures(ctx, r, live, &s)
	case alarm.Numbers:
		err = d.numberFigures(ctx, r, &s)
	case alarm.Charges:
		err = d.chargedFigures(ctx, r, live, &s)
	case alarm.Answers:
		err = d.answerFigures(ctx, r, &s)
	case alarm.Live:
		err = d.liveFigures(ctx, r, live, &s)
	}
	if err != nil {
		return s, fmt.Errorf("alarm rule %s: %w", strconv.Quote(r.Name), err)
	}
	s.addKnown(r)
	return s, nil
}

// rolledFigures are those that rollups know. A sum is of whole five minutes: the
// last of them is as long as the others. A share counts the bids of the last
// minutes, too, with the calls that were answered and still talk: rollups know
// attempts that are over, of which the failed ones come first.
func (d *DB) rolledFigures(ctx context.Context, r *alarm.Rule, live *liveHolds, s *alarmSeen) error {
	if r.Measure.Kind == alarm.Sum {
		s.to = fiveMinutes.bucket(s.to.Add(-rollupsLag))
		s.from = s.to.Add(-r.Window)
	}
	report, err := d.alarmReport(ctx, r, s.from, s.to)
	if err != nil {
		return err
	}
	s.from = report.From
	var talking map[string]liveCount
	if r.Measure.Kind == alarm.Share && r.Measure.CountsTalking() && len(report.Rows) > 0 {
		if talking, err = live.talking(ctx, r, s.from); err != nil {
			return err
		}
	}
	for i := range report.Rows {
		row := &report.Rows[i]
		if key, ok := r.Key(row.Values); ok {
			h := talking[key].calls
			row.Measures.Bids += h
			row.Measures.Seizures += h
			row.Measures.Effective += h
			row.Measures.Answers += h
		}
		if f, ok := r.Measure.Of(&row.Measures); ok {
			s.add(r, row.Values, r.Measure.Scaled(f, report.To.Sub(report.From), r.Window))
		}
	}
	return nil
}

// rollupsLag is how old rollups are at most, as a rule.
const rollupsLag = 2 * time.Minute

// alarmReport asks in people's lane, where statements are bounded: however large the
// rollups are, no call waits for an alarm.
func (d *DB) alarmReport(ctx context.Context, r *alarm.Rule, from, to time.Time) (QualityReport, error) {
	q := QualityQuery{From: from, To: to}
	if r.Measure.Kind != alarm.Sum {
		q.MinBids = 1
	}
	for _, e := range r.Each {
		q.By = append(q.By, QualityDimension(e))
	}
	for _, o := range r.Only {
		q.Where = append(q.Where, QualityWhere{Dimension: QualityDimension(o.What), Values: o.Values})
	}
	return d.QualityReport(ForPeople(ctx), q)
}

// addKnown adds what is known to be there and had nothing in a sum's window: that
// nothing comes from a provider any more is what a rule may be for.
func (s *alarmSeen) addKnown(r *alarm.Rule) {
	if r.Measure.Kind != alarm.Sum || r.Measure.Source == alarm.Numbers {
		return
	}
	var known []alarm.Subject
	switch {
	case len(r.Each) == 0:
		known = append(known, alarm.Subject{})
	case len(r.Each) == 1:
		for _, o := range r.Only {
			if o.What != r.Each[0] {
				continue
			}
			for _, v := range o.Values {
				known = append(known, alarm.Subject{v})
			}
		}
	}
	for _, subject := range known {
		if key, ok := r.Key(subject); ok {
			if _, there := s.figures[key]; !there {
				s.figures[key] = alarmFigure{subject: subject}
			}
		}
	}
}
