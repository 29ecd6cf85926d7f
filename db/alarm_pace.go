package db

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"tandem/alarm"
)

// alarmPace remembers, by rule, when those were judged that are not in every round.
// Another node that goes on remembers nothing, and judges at once.
type alarmPace map[int64]alarmJudged

type alarmJudged struct {
	as string // the rule, as it was written then
	at time.Time
}

// due says whether it is a rule's turn, and remembers that it had it: also when it
// fails then, or one that takes too long would do so in every round. A rule that was
// changed is judged at once.
func (p alarmPace) due(r *alarm.Rule, now time.Time) bool {
	pace := r.Measure.Pace()
	if pace == 0 {
		return true
	}
	as := asWritten(r)
	last, is := p[r.ID]
	if age := now.Sub(last.at); is && last.as == as && age >= 0 && age < pace {
		return false
	}
	p[r.ID] = alarmJudged{as, now}
	return true
}

// forget leaves those that are there.
func (p alarmPace) forget(rules []alarm.Rule) {
	maps.DeleteFunc(p, func(id int64, _ alarmJudged) bool {
		return !slices.ContainsFunc(rules, func(r alarm.Rule) bool { return r.ID == id })
	})
}

// asWritten is all that a judgement rests on.
func asWritten(r *alarm.Rule) string {
	over := ""
	if r.Clear != nil {
		over = r.Clear.String()
	}
	return fmt.Sprintf("%s %s %s %s %q %q %s %s %s %d %s", r.Measure.Name, r.Condition, r.Value, over, r.Each, r.Only, r.Window, r.For, r.ClearFor, r.MinSamples, r.MinMoney)
}
