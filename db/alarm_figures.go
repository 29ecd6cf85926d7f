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
	left     int                    // subjects that are left out: of one that is not there nothing is known
	behind   time.Duration          // how late figures are; 0: they are not. Nothing can be judged by those that are
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
		err = d.rolledFigures(ctx, r, live, now, &s)
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
