package db

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"tandem/alarm"
)

// courseOf is how far an alarm has come.
func courseOf(a *Alarm) alarm.Course {
	if a == nil {
		return alarm.Course{}
	}
	return alarm.Course{
		State: alarm.State(a.State), Since: a.Since, FiredAt: orZero(a.FiredAt), ClearSince: orZero(a.ClearSince), SeenAt: a.SeenAt,
		ResolvedAt: orZero(a.ResolvedAt), ResolvedBy: a.ResolvedBy,
	}
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

func subjectOf(r *alarm.Rule, a *Alarm) alarm.Subject { return subjectOfKey(r, a.Subject) }

// subjectOfKey is the subject of a key, in the order of the rule; a rule that has
// been changed may know other dimensions.
func subjectOfKey(r *alarm.Rule, key string) alarm.Subject {
	by := membersOf(key)
	s := make(alarm.Subject, len(r.Each))
	for i, e := range r.Each {
		s[i] = by[e]
	}
	return s
}

// membersOf reads a key.
func membersOf(key string) map[string]string {
	by := map[string]string{}
	for part := range strings.SplitSeq(key, ",") {
		if what, value, ok := strings.Cut(part, "="); ok {
			by[what] = alarm.Unescape(value)
		}
	}
	return by
}

// compareSteps puts the worst first.
func compareSteps(r *alarm.Rule, a, b *alarmStep) int {
	order := cmp.Compare(b.judgement.Figure.Value, a.judgement.Figure.Value)
	if r.Condition == alarm.Below || r.Condition == alarm.Drop {
		order = -order
	}
	return cmp.Or(order, cmp.Compare(a.key, b.key))
}

// nameSteps looks up what subjects are called.
func (d *DB) nameSteps(ctx context.Context, steps []alarmStep) error {
	var want NameIDs
	for i := range steps {
		by := membersOf(steps[i].key)
		want.Providers = append(want.Providers, number(by["provider"]))
		want.Accounts = append(want.Accounts, number(by["account"]))
		want.Gates = append(want.Gates, number(by["gate"]))
	}
	names := d.NewNames()
	if err := names.Load(ctx, want); err != nil {
		return err
	}
	for i := range steps {
		by := membersOf(steps[i].key)
		steps[i].names = map[string]string{}
		for what, name := range map[string]string{
			"provider": names.Provider(number(by["provider"])),
			"account":  names.Account(number(by["account"])),
			"gate":     names.Gate(number(by["gate"])),
		} {
			if name != "" {
				steps[i].names[what] = name
			}
		}
	}
	return nil
}

// number is an id; 0: none.
func number(text string) int64 {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// writeSteps writes what has become of the alarms of a rule, if the job is still
// ours.
func (d *DB) writeSteps(ctx context.Context, l lease, r *alarm.Rule, steps []alarmStep, now time.Time, done *AlarmRound) error {
	if len(steps) == 0 {
		return nil
	}
	fired, resolved := 0, 0
	err := inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		fired, resolved = 0, 0
		if err := l.keep(ctx, tx); err != nil {
			return err
		}
		for i := range steps {
			s := &steps[i]
			was := alarm.State("")
			if s.before != nil {
				was = alarm.State(s.before.State)
			}
			if s.course.State == alarm.Firing && was != alarm.Firing {
				fired++
			}
			if s.course.State == alarm.Resolved {
				resolved++
			}
			if err := writeStep(ctx, tx, r, s, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		done.Fired += fired
		done.Resolved += resolved
	}
	return err
}

func writeStep(ctx context.Context, tx *sql.Tx, r *alarm.Rule, s *alarmStep, now time.Time) error {
	switch {
	case s.before == nil:
		return insertAlarm(ctx, tx, r, s, now)
	case s.course.Gone():
		_, err := tx.ExecContext(ctx, `DELETE FROM alarms WHERE id = ?`, s.before.ID)
		return err
	case s.judgement.Verdict == alarm.Unknown: // the figures stay those of when there were some
		_, err := tx.ExecContext(ctx, `UPDATE alarms SET state = ?, is_open = ?, resolved_at = ?, resolved_by = ? WHERE id = ?`,
			string(s.course.State), isOpen(s.course), moment(s.course.ResolvedAt), s.course.ResolvedBy, s.before.ID)
		return err
	}
	return updateAlarm(ctx, tx, r, s, now)
}

func isOpen(c alarm.Course) any {
	if c.State == alarm.Resolved {
		return nil
	}
	return 1
}

func insertAlarm(ctx context.Context, tx *sql.Tx, r *alarm.Rule, s *alarmStep, now time.Time) error {
	names, detail, err := stepTexts(s)
	if err != nil {
		return err
	}
	c, f := &s.course, &s.judgement.Figure
	_, err = tx.ExecContext(ctx, `INSERT INTO alarms (rule_id, rule, severity, measure, comparison, window_s, subject, names, state, is_open, since, fired_at, seen_at,
		threshold, value, worst, low, high, samples, past, detail, link, silenced) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.Name, string(r.Severity), r.Measure.Name, string(r.Condition), int64(r.Window/time.Second), s.key, names, string(c.State), c.Since, moment(c.FiredAt), c.SeenAt,
		micro{&r.Value}, micro{&f.Value}, micro{&f.Value}, microOrNull{&s.judgement.Low}, microOrNull{&s.judgement.High}, f.Samples, microOrNull{&s.judgement.Past},
		detail, s.link(r), c.State == alarm.Firing && r.Silent.At(now))
	return err
}

func updateAlarm(ctx context.Context, tx *sql.Tx, r *alarm.Rule, s *alarmStep, now time.Time) error {
	names, detail, err := stepTexts(s)
	if err != nil {
		return err
	}
	c, f, a := &s.course, &s.judgement.Figure, s.before
	worst := a.Worst
	if low := r.Condition == alarm.Below || r.Condition == alarm.Drop; low && f.Value < worst || !low && f.Value > worst {
		worst = f.Value
	}
	silenced := a.Silenced || c.State == alarm.Firing && a.State != string(alarm.Firing) && r.Silent.At(now)
	_, err = tx.ExecContext(ctx, `UPDATE alarms SET rule = ?, severity = ?, measure = ?, comparison = ?, window_s = ?, names = ?, state = ?, is_open = ?, fired_at = ?, clear_since = ?, seen_at = ?,
		resolved_at = ?, resolved_by = ?, threshold = ?, value = ?, worst = ?, low = ?, high = ?, samples = ?, past = ?, detail = ?, link = ?, silenced = ? WHERE id = ?`,
		r.Name, string(r.Severity), r.Measure.Name, string(r.Condition), int64(r.Window/time.Second), names, string(c.State), isOpen(*c), moment(c.FiredAt), moment(c.ClearSince), c.SeenAt,
		moment(c.ResolvedAt), c.ResolvedBy, micro{&r.Value}, micro{&f.Value}, micro{&worst}, microOrNull{&s.judgement.Low}, microOrNull{&s.judgement.High}, f.Samples,
		microOrNull{&s.judgement.Past}, detail, s.link(r), silenced, a.ID)
	return err
}

func (s *alarmStep) link(r *alarm.Rule) string {
	return r.Link(membersOf(s.key), s.from, s.to)
}

func stepTexts(s *alarmStep) (names, detail string, err error) {
	if names, err = jsonText(s.names); err != nil {
		return "", "", err
	}
	detail, err = jsonText(s.judgement.Figure.Detail)
	return names, detail, err
}

func jsonText(m map[string]string) (string, error) {
	if m == nil {
		return "{}", nil
	}
	text, err := json.Marshal(m)
	return string(text), err
}

// endAlarms ends alarms whose rule is there no more.
func (d *DB) endAlarms(ctx context.Context, l lease, open map[string]*Alarm, now time.Time, done *AlarmRound) error {
	resolved := 0
	err := inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		resolved = 0
		if err := l.keep(ctx, tx); err != nil {
			return err
		}
		for _, a := range open {
			c := courseOf(a).End(now)
			if err := writeStep(ctx, tx, nil, &alarmStep{before: a, course: c, judgement: alarm.Judgement{Verdict: alarm.Unknown}}, now); err != nil {
				return err
			}
			if !c.Gone() {
				resolved++
			}
		}
		return nil
	})
	if err == nil {
		done.Resolved += resolved
	}
	return err
}
