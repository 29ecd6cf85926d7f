package db

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"tandem/alarm"
)

// AlarmVerdict is what a rule says of one thing.
type AlarmVerdict struct {
	By      map[string]string `json:"by"`
	Name    map[string]string `json:"name" doc:"Names of providers, gates and accounts"`
	Verdict string            `json:"verdict" enum:"bad,good,between,unknown"`
	Value   alarm.Value       `json:"value"`
	Low     *alarm.Value      `json:"low"`
	High    *alarm.Value      `json:"high"`
	Samples int64             `json:"samples"`
	Past    *alarm.Value      `json:"past"`
	Detail  map[string]string `json:"detail"`
	Text    string            `json:"text"`
	Link    string            `json:"link"`
}

// TryAlarmRule says what a rule would find now, bad ones first.
func (d *DB) TryAlarmRule(ctx context.Context, v AlarmRule) ([]AlarmVerdict, error) {
	if err := v.check(); err != nil {
		return nil, err
	}
	r, err := v.rule()
	if err != nil {
		return nil, err
	}
	now, err := d.Now(ctx)
	if err != nil {
		return nil, err
	}
	seen, err := d.alarmFigures(ctx, &r, &liveHolds{db: d}, now)
	if err != nil {
		return nil, wrap("try an alarm rule", err)
	}
	past, err := d.NewAlarmWatch("").pastOf(ctx, &r, now, &seen, nil)
	if err != nil {
		return nil, wrap("try an alarm rule", err)
	}
	steps := judged(&r, &seen, past)
	if seen.behind > 0 {
		sayLate(steps, seen.behind)
	}
	if err := d.nameSteps(ctx, steps); err != nil {
		return nil, err
	}
	list := make([]AlarmVerdict, len(steps))
	for i := range steps {
		list[i] = verdictOf(&r, &steps[i])
	}
	order := []alarm.Verdict{alarm.Bad, alarm.Between, alarm.Good, alarm.Unknown}
	slices.SortStableFunc(list, func(a, b AlarmVerdict) int {
		return cmp.Compare(slices.Index(order, alarm.Verdict(a.Verdict)), slices.Index(order, alarm.Verdict(b.Verdict)))
	})
	return list, nil
}

// sayLate says of all figures that nothing can be judged by them.
func sayLate(steps []alarmStep, behind time.Duration) {
	for i := range steps {
		j := &steps[i].judgement
		j.Verdict, j.Figure.Detail = alarm.Unknown, map[string]string{"behind_s": strconv.FormatInt(int64(behind/time.Second), 10)}
	}
}

// judged are all subjects, the worst first.
func judged(r *alarm.Rule, seen *alarmSeen, past *alarmPast) (steps []alarmStep) {
	for key, f := range seen.figures {
		var before []alarm.Figure
		if past != nil {
			before = past.of(r, key)
		}
		steps = append(steps, alarmStep{subject: f.subject, key: key, judgement: r.Judge(f.Figure, before), from: seen.from, to: seen.to})
	}
	slices.SortFunc(steps, func(a, b alarmStep) int { return compareSteps(r, &a, &b) })
	return steps
}

func verdictOf(r *alarm.Rule, s *alarmStep) AlarmVerdict {
	j := &s.judgement
	v := AlarmVerdict{
		By: membersOf(s.key), Name: s.names, Verdict: string(j.Verdict), Value: j.Figure.Value, Low: j.Low, High: j.High, Samples: j.Figure.Samples, Past: j.Past,
		Detail: j.Figure.Detail, Link: s.link(r),
	}
	if v.Detail == nil {
		v.Detail = map[string]string{}
	}
	v.Text = alarm.Sentence(&alarm.Told{
		Measure: r.Measure.Name, Unit: r.Measure.Unit, Condition: r.Condition, Window: r.Window, By: v.By, Name: v.Name, Threshold: r.Value,
		Value: v.Value, Low: v.Low, High: v.High, Samples: v.Samples, Past: v.Past,
	})
	if s := v.Detail["behind_s"]; s != "" {
		v.Text += "; figures of quality are " + s + " s behind, so nothing is judged by it"
	}
	return v
}
