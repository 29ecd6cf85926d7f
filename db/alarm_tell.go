package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/alarm"
)

// tellFor is how long after its end an alarm is told to be over: who was silent for
// longer looks for themself.
const tellFor = 24 * time.Hour

// AlarmMessage is what channels are told, as JSON.
type AlarmMessage struct {
	Text     string    `json:"text"` // for people, and for chats that show nothing else
	Event    string    `json:"event"`
	Severity string    `json:"severity"`
	Message  string    `json:"message"`
	At       time.Time `json:"at"`
	Link     string    `json:"link"` // of the console, whole where its address is known
	Alarm    *Alarm    `json:"alarm,omitempty"`
}

// messageName is what a message goes by: the same one is written once.
func messageName(a *Alarm, c *alarmTarget, event string) string {
	return fmt.Sprintf("alarm-%d-%d-%s", a.ID, c.ID, event)
}

// tellAlarms writes what channels are to be told. Nothing is sent here: who sends
// finds it written down, whatever becomes of this node.
func (w *AlarmWatch) tellAlarms(ctx context.Context, l lease, rules []alarm.Rule, now time.Time, done *AlarmRound) error {
	channels, err := w.db.alarmChannels(ctx)
	if err != nil || len(channels) == 0 {
		return err
	}
	list, err := w.db.alarmsToTell(ctx, now)
	if err != nil {
		return err
	}
	told, err := w.db.toldOf(ctx, list, rules, channels, now)
	if err != nil {
		return err
	}
	var rows [][]any
	for i := range list {
		a := &list[i]
		r := ruleOf(rules, a)
		for c := range channels {
			if event := due(a, r, &channels[c], told, now); event != "" {
				row, err := w.message(a, r, &channels[c], event, now)
				if err != nil {
					return err
				}
				rows = append(rows, row)
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	err = inTx(ctx, w.db.calls, nil, func(tx *sql.Tx) error {
		if err := l.keep(ctx, tx); err != nil {
			return err
		}
		return insertDeliveries().exec(ctx, tx, rows)
	})
	if err == nil {
		done.Told += len(rows)
	}
	return err
}

// ruleOf is the rule of an alarm; nil: it is gone, its alarm is over.
func ruleOf(rules []alarm.Rule, a *Alarm) *alarm.Rule {
	if i := slices.IndexFunc(rules, func(r alarm.Rule) bool { return r.ID == a.RuleID }); i >= 0 {
		return &rules[i]
	}
	return nil
}

// due is what a channel is to be told of an alarm now; empty: nothing. told are
// messages that were written.
func due(a *Alarm, r *alarm.Rule, c *alarmTarget, told map[string]bool, now time.Time) string {
	silent := c.silent.At(now) || r != nil && r.Silent.At(now)
	fired := told[messageName(a, c, "firing")]
	switch {
	case silent:
	case a.State == string(alarm.Resolved):
		if fired && !told[messageName(a, c, "resolved")] {
			return "resolved"
		}
	case !wanted(a, r, c):
	case !fired:
		return "firing"
	case r.Repeat > 0 && turn(a, r, now) > 0 && !told[messageName(a, c, reminder(a, r, now))]:
		return "reminder"
	}
	return ""
}

// wanted says whether a channel is to hear of an alarm that fires.
func wanted(a *Alarm, r *alarm.Rule, c *alarmTarget) bool {
	return r != nil && slices.Contains(r.Channels, c.ID) && r.Severity.AtLeast(c.least) && a.AckedAt == nil
}

// turn counts the times that an alarm is to be told of again.
func turn(a *Alarm, r *alarm.Rule, now time.Time) int64 {
	if a.FiredAt == nil {
		return 0
	}
	return int64(now.Sub(*a.FiredAt) / r.Repeat)
}

func reminder(a *Alarm, r *alarm.Rule, now time.Time) string {
	return fmt.Sprintf("reminder-%d", turn(a, r, now))
}

func insertDeliveries() upsert {
	return insertInto("alarm_deliveries", "message", "alarm_id", "channel_id", "channel", "event", "body", "state", "next_at", "created_at")
}

func (w *AlarmWatch) message(a *Alarm, r *alarm.Rule, c *alarmTarget, event string, now time.Time) ([]any, error) {
	part := event
	if event == "reminder" {
		part = reminder(a, r, now)
	}
	m := AlarmMessage{
		Event: event, Severity: a.Severity, Message: messageName(a, c, part), At: now, Link: w.base + a.Link, Alarm: a,
		Text: headline(event, a),
	}
	body, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	return []any{m.Message, a.ID, c.ID, c.Name, event, string(body), "waiting", now, now}, nil
}

// headline is an alarm in a line.
func headline(event string, a *Alarm) string {
	word := map[string]string{"firing": strings.ToUpper(a.Severity), "reminder": "STILL " + strings.ToUpper(a.Severity), "resolved": "RESOLVED"}[event]
	text := word + ": " + a.Rule + ": " + a.Text
	if event == "resolved" {
		switch a.ResolvedBy {
		case alarm.ByNoData:
			text += "; nothing was heard for long"
		case alarm.ByRule:
			text += "; its rule was changed, switched off or deleted"
		}
	}
	return text
}

// alarmsToTell are those that fire, and those that were over lately and told of.
func (d *DB) alarmsToTell(ctx context.Context, now time.Time) ([]Alarm, error) {
	rows, err := d.calls.QueryContext(ctx, `SELECT `+alarmColumns+` FROM alarms a WHERE a.is_open = 1 AND a.state = 'firing'
		UNION ALL SELECT `+alarmColumns+` FROM alarms a WHERE a.resolved_at > ?
			AND EXISTS (SELECT 1 FROM alarm_deliveries d WHERE d.alarm_id = a.id AND d.event = 'firing')`, now.Add(-tellFor))
	if err != nil {
		return nil, err
	}
	var list []Alarm
	return list, eachRow(rows, func(rows *sql.Rows) error {
		a, err := scanAlarm(rows.Scan)
		list = append(list, a)
		return err
	})
}

// toldOf finds which of the messages that may be due were written: at most two for
// each alarm and channel, however many reminders there were.
func (d *DB) toldOf(ctx context.Context, list []Alarm, rules []alarm.Rule, channels []alarmTarget, now time.Time) (map[string]bool, error) {
	var names []string
	for i := range list {
		a := &list[i]
		r := ruleOf(rules, a)
		for n := range channels {
			c := &channels[n]
			switch {
			case a.State == string(alarm.Resolved):
				names = append(names, messageName(a, c, "firing"), messageName(a, c, "resolved"))
			case wanted(a, r, c):
				names = append(names, messageName(a, c, "firing"))
				if r.Repeat > 0 {
					names = append(names, messageName(a, c, reminder(a, r, now)))
				}
			}
		}
	}
	told := map[string]bool{}
	return told, eachIn(ctx, d.calls, `SELECT message FROM alarm_deliveries WHERE message IN (?)`, names, func(rows *sql.Rows) error {
		var message string
		err := rows.Scan(&message)
		told[message] = true
		return err
	})
}

// alarmTarget is a channel with what it takes to reach it.
type alarmTarget struct {
	AlarmTarget

	least  alarm.Severity
	silent alarm.Silence
}

// AlarmTarget is where a message goes.
type AlarmTarget struct {
	ID      int64
	Name    string
	Kind    string // webhook, email
	URL     string
	Secret  string
	To      []string
	Enabled bool
}

const targetColumns = `id, name, kind, url, secret, recipients, enabled, min_severity, silent_from, silent_to, silent_zone`

func scanTarget(scan func(...any) error) (t alarmTarget, err error) {
	var recipients, from, to, zone string
	if err := scan(&t.ID, &t.Name, &t.Kind, &t.URL, &t.Secret, &recipients, &t.Enabled, &t.least, &from, &to, &zone); err != nil {
		return t, err
	}
	if err := json.Unmarshal([]byte(recipients), &t.To); err != nil {
		return t, fmt.Errorf("%w: recipients: %w", errBadChannel, err)
	}
	if t.silent, err = alarm.NewSilence(from, to, zone); err != nil {
		return t, fmt.Errorf("%w: silent hours: %w", errBadChannel, err)
	}
	return t, nil
}

// errBadChannel is a channel that a newer program, or somebody by hand, has written.
var errBadChannel = errors.New("the channel cannot be read")

// alarmChannels are those that are switched on. One that cannot be read is left out:
// it keeps nobody else from being told.
func (d *DB) alarmChannels(ctx context.Context) (list []alarmTarget, err error) {
	rows, err := d.calls.QueryContext(ctx, `SELECT `+targetColumns+` FROM alarm_channels WHERE enabled = 1`)
	if err != nil {
		return nil, err
	}
	return list, eachRow(rows, func(rows *sql.Rows) error {
		t, err := scanTarget(rows.Scan)
		if errors.Is(err, errBadChannel) {
			d.log.Error().Err(err).Str("channel", strconv.Quote(t.Name)).Msg("alarm channel left out")
			return nil
		}
		list = append(list, t)
		return err
	})
}
