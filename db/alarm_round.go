package db

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"tandem/alarm"
)

// AlarmWatch judges alarm rules, round by round. It remembers what the past was, so
// one belongs to one goroutine.
type AlarmWatch struct {
	// Rests is how long nobody else begins a round after one: shorter than the time
	// between rounds, or the same node could not go on.
	Rests time.Duration

	db   *DB
	base string
	past map[string]*alarmPast // by rule, as it is written
	pace alarmPace
	hold time.Duration // how long after its death another node goes on
}

// NewAlarmWatch makes one that remembers nothing yet. base is where people find the
// console; empty: messages have its paths alone.
func (d *DB) NewAlarmWatch(base string) *AlarmWatch {
	return &AlarmWatch{db: d, base: strings.TrimSuffix(base, "/"), past: map[string]*alarmPast{}, pace: alarmPace{}, hold: alarmHold}
}

// AlarmRound is what a round has done.
type AlarmRound struct {
	Rules    int     // that were judged
	Waiting  int     // that were judged not long ago, and stand
	Failed   []error // rules that could not be judged; their alarms stay as they are
	Late     int     // rules that were not judged since rollups are not up to date; the same
	Behind   time.Duration
	Fired    int
	Resolved int
	LeftOut  int // subjects beyond the bound of a rule
	Unseen   int // subjects that rules have not looked at, the less busy ones
	Told     int // messages that were written
}

const (
	alarmJob  = "alarms"
	alarmHold = 2 * time.Minute
	// mostOpen bounds the alarms of one rule: where hundreds of things are bad at
	// once, the rule is what is wrong, or all of it is one thing.
	mostOpen = mostMembers
)

// Round judges every rule whose turn it is once. ErrBusy: another node does.
func (w *AlarmWatch) Round(ctx context.Context) (done AlarmRound, err error) {
	l, err := w.db.takeLease(ctx, alarmJob, w.hold)
	if err != nil {
		return done, err
	}
	err = w.db.holding(ctx, l, func(ctx context.Context) error { return w.round(ctx, l, &done) })
	if err == nil && ctx.Err() == nil && w.Rests > 0 {
		return done, wrap("alarms", l.rest(ctx, w.Rests))
	}
	return done, errors.Join(wrap("alarms", err), l.release(context.WithoutCancel(ctx)))
}

func (w *AlarmWatch) round(ctx context.Context, l lease, done *AlarmRound) error {
	rules, unread, err := w.db.alarmRules(ctx)
	if err != nil {
		return err
	}
	open, err := w.db.openAlarms(ctx)
	if err != nil {
		return err
	}
	now, err := w.db.Now(ctx)
	if err != nil {
		return err
	}
	for _, id := range unread {
		delete(open, id)
	}
	live := &liveHolds{db: w.db}
	for i := range rules {
		r := &rules[i]
		mine := open[r.ID]
		delete(open, r.ID)
		if gone := strays(r, mine); len(gone) > 0 { // before it is judged: others may take their places
			if err := w.db.endAlarms(ctx, l, gone, now, done); err != nil {
				return err
			}
		}
		if !w.pace.due(r, now) {
			done.Waiting++
			continue
		}
		done.Rules++
		if err := w.judge(ctx, l, r, mine, live, now, done); err != nil {
			if errors.Is(err, errLeaseLost) || ctx.Err() != nil {
				return err
			}
			done.Failed = append(done.Failed, err)
		}
	}
	for _, orphans := range open { // of rules that were switched off or deleted
		if err := w.db.endAlarms(ctx, l, orphans, now, done); err != nil {
			return err
		}
	}
	w.forgetPast(now)
	w.pace.forget(rules)
	return w.tellAlarms(ctx, l, rules, now, done)
}

// judge takes the alarms of one rule a step further.
func (w *AlarmWatch) judge(ctx context.Context, l lease, r *alarm.Rule, open map[string]*Alarm, live *liveHolds, now time.Time, done *AlarmRound) error {
	seen, err := w.db.alarmFigures(ctx, r, live, now)
	if err != nil {
		return err
	}
	done.Unseen += seen.left
	if seen.behind > 0 {
		done.Late++
		done.Behind = max(done.Behind, seen.behind)
		return nil
	}
	past, err := w.pastOf(ctx, r, now, &seen, open)
	if err != nil {
		return err
	}
	steps := stepsOf(r, &seen, past, open, now)
	steps, left := bounded(steps, len(open))
	done.LeftOut += left
	if err := w.db.nameSteps(ctx, steps); err != nil {
		return err
	}
	return w.db.writeSteps(ctx, l, r, steps, now, done)
}

// alarmStep is what becomes of one alarm.
type alarmStep struct {
	before    *Alarm // nil: there was none
	subject   alarm.Subject
	key       string
	course    alarm.Course
	judgement alarm.Judgement
	names     map[string]string
	from, to  time.Time
}

// stepsOf judges all subjects, and those of open alarms of which nothing is heard.
func stepsOf(r *alarm.Rule, seen *alarmSeen, past *alarmPast, open map[string]*Alarm, now time.Time) (steps []alarmStep) {
	for _, s := range judged(r, seen, past) {
		s.before = open[s.key]
		s.course = r.Step(courseOf(s.before), s.judgement.Verdict, now)
		if s.before != nil || !s.course.Gone() {
			steps = append(steps, s)
		}
	}
	for key, a := range open {
		if _, there := seen.figures[key]; there {
			continue
		}
		steps = append(steps, alarmStep{
			before: a, key: key, course: r.Step(courseOf(a), alarm.Unknown, now), judgement: alarm.Judgement{Verdict: alarm.Unknown},
		})
	}
	slices.SortFunc(steps, func(a, b alarmStep) int { return compareSteps(r, &a, &b) })
	return steps
}

// bounded leaves out new alarms beyond the bound of a rule.
func bounded(steps []alarmStep, open int) (kept []alarmStep, left int) {
	for i := range steps {
		if steps[i].before == nil {
			if open >= mostOpen {
				left++
				continue
			}
			open++
		}
		kept = append(kept, steps[i])
	}
	return kept, left
}

// openAlarms are those that are not resolved, by rule and subject.
func (d *DB) openAlarms(ctx context.Context) (map[int64]map[string]*Alarm, error) {
	rows, err := d.calls.QueryContext(ctx, `SELECT `+alarmColumns+` FROM alarms a WHERE a.is_open = 1`)
	if err != nil {
		return nil, err
	}
	open := map[int64]map[string]*Alarm{}
	return open, eachRow(rows, func(rows *sql.Rows) error {
		a, err := scanAlarm(rows.Scan)
		if open[a.RuleID] == nil {
			open[a.RuleID] = map[string]*Alarm{}
		}
		open[a.RuleID][a.Subject] = &a
		return err
	})
}
