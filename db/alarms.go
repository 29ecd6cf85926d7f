package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"tandem/alarm"
)

// Alarm is what a rule has found, from its beginning to its end.
type Alarm struct {
	ID         int64             `json:"id"`
	RuleID     int64             `json:"rule_id" doc:"It may be gone meanwhile"`
	Rule       string            `json:"rule"`
	Severity   string            `json:"severity" enum:"info,warning,critical"`
	Measure    string            `json:"measure"`
	Unit       string            `json:"unit" enum:"percent,seconds,money,count,score"`
	Condition  string            `json:"condition" enum:"below,above,drop,rise"`
	WindowS    int               `json:"window_s"`
	State      string            `json:"state" enum:"pending,firing,resolved"`
	By         map[string]string `json:"by" doc:"What it is about: provider, country, …; empty: everything"`
	Name       map[string]string `json:"name" doc:"Names of providers, gates and accounts"`
	Since      time.Time         `json:"since" doc:"When it was seen first"`
	FiredAt    *time.Time        `json:"fired_at"`
	SeenAt     time.Time         `json:"seen_at" doc:"When there was enough to judge by last"`
	ResolvedAt *time.Time        `json:"resolved_at"`
	ResolvedBy string            `json:"resolved_by" enum:",value,no_data,rule" doc:"value: it is over; no_data: nothing was heard for long; rule: that was changed, switched off or deleted"`
	Threshold  alarm.Value       `json:"threshold" doc:"Beyond which it is, in the measure's unit"`
	Value      alarm.Value       `json:"value" doc:"As of seen_at"`
	Worst      alarm.Value       `json:"worst"`
	Low        *alarm.Value      `json:"low" doc:"95 % interval of value, where it is a share"`
	High       *alarm.Value      `json:"high"`
	Samples    int64             `json:"samples" doc:"What value is of"`
	Past       *alarm.Value      `json:"past" doc:"Its own past, where the rule looks at that, or the other routes of the destination"`
	Detail     map[string]string `json:"detail" doc:"More figures, by what they are called"`
	Text       string            `json:"text" doc:"All of it in a sentence"`
	Link       string            `json:"link" doc:"Path of the console: what is behind it"`
	Silenced   bool              `json:"silenced" doc:"It fired in silent hours: shown, and told later if it is still so"`
	AckedAt    *time.Time        `json:"acked_at"`
	AckedBy    string            `json:"acked_by"`
	AckNote    string            `json:"ack_note"`

	Subject    string     `json:"-"`
	ClearSince *time.Time `json:"-"`
}

const alarmColumns = `a.id, a.rule_id, a.rule, a.severity, a.measure, a.comparison, a.window_s, a.state, a.subject, a.names, a.since, a.fired_at, a.seen_at, a.resolved_at,
	a.resolved_by, a.threshold, a.value, a.worst, a.low, a.high, a.samples, a.past, a.detail, a.link, a.silenced, a.acked_at, a.acked_by, a.ack_note, a.clear_since`

func scanAlarm(scan func(...any) error) (Alarm, error) {
	var a Alarm
	err := scan(&a.ID, &a.RuleID, &a.Rule, &a.Severity, &a.Measure, &a.Condition, &a.WindowS, &a.State, &a.Subject, asJSON[map[string]string]{&a.Name},
		&a.Since, &a.FiredAt, &a.SeenAt, &a.ResolvedAt, &a.ResolvedBy, micro{&a.Threshold}, micro{&a.Value}, micro{&a.Worst}, microOrNull{&a.Low},
		microOrNull{&a.High}, &a.Samples, microOrNull{&a.Past}, asJSON[map[string]string]{&a.Detail}, &a.Link, &a.Silenced, &a.AckedAt, &a.AckedBy, &a.AckNote, &a.ClearSince)
	a.By = membersOf(a.Subject)
	if m, ok := alarm.MeasureOf(a.Measure); ok {
		a.Unit = string(m.Unit)
	}
	a.Text = a.sentence()
	return a, err
}

func (a *Alarm) sentence() string {
	return alarm.Sentence(&alarm.Told{
		Measure: a.Measure, Unit: alarm.Unit(a.Unit), Condition: alarm.Condition(a.Condition), Window: time.Duration(a.WindowS) * time.Second,
		By: a.By, Name: a.Name, Threshold: a.Threshold, Value: a.Value, Low: a.Low, High: a.High, Samples: a.Samples, Past: a.Past,
	})
}

// AlarmFilter picks alarms.
type AlarmFilter struct {
	State        string // open, pending, firing, resolved, all
	RuleID       int64
	Severity     string
	Acknowledged *bool
	From, To     time.Time // since; zero: any
	Before       int64     // id; 0: the newest first
}

// Alarms lists alarms, the newest first.
func (d *DB) Alarms(ctx context.Context, f AlarmFilter, limit int) (list []Alarm, err error) {
	var w where
	switch f.State {
	case "open", "":
		w.add("a.is_open = 1")
	case "pending", "firing":
		w.add("a.is_open = 1 AND a.state = ?", f.State)
	case "resolved":
		w.add("a.state = ?", f.State)
	case "all":
	default:
		return nil, &FieldError{Field: "state", Text: "want open, pending, firing, resolved or all"}
	}
	if f.RuleID != 0 {
		w.add("a.rule_id = ?", f.RuleID)
	}
	if f.Severity != "" {
		w.add("a.severity = ?", f.Severity)
	}
	if f.Acknowledged != nil {
		w.add("(a.acked_at IS NOT NULL) = ?", *f.Acknowledged)
	}
	if !f.From.IsZero() {
		w.add("a.since >= ?", f.From)
	}
	if !f.To.IsZero() {
		w.add("a.since < ?", f.To)
	}
	if f.Before != 0 {
		w.add("a.id < ?", f.Before)
	}
	rows, err := d.calls.QueryContext(ctx, `SELECT `+alarmColumns+` FROM alarms a`+w.text()+` ORDER BY a.id DESC LIMIT ?`, append(w.args, limit)...)
	if err != nil {
		return nil, wrap("list alarms", err)
	}
	err = eachRow(rows, func(rows *sql.Rows) error {
		a, err := scanAlarm(rows.Scan)
		list = append(list, a)
		return err
	})
	return list, wrap("list alarms", err)
}

// Alarm is one of them.
func (d *DB) Alarm(ctx context.Context, id int64) (Alarm, error) {
	a, err := readAlarm(ctx, d.calls, id, "")
	return a, wrap("read alarm", err)
}

func readAlarm(ctx context.Context, q rowQuerier, id int64, lock string) (Alarm, error) {
	a, err := scanAlarm(q.QueryRowContext(ctx, `SELECT `+alarmColumns+` FROM alarms a WHERE a.id = ?`+lock, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return a, fmt.Errorf("alarm %d: %w", id, ErrNotFound)
	}
	return a, err
}

type rowQuerier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// AlarmCounts are how many alarms are open.
type AlarmCounts struct {
	Firing         int64 `json:"firing"`
	Pending        int64 `json:"pending"`
	Critical       int64 `json:"critical" doc:"Firing ones"`
	Warning        int64 `json:"warning"`
	Info           int64 `json:"info"`
	Unacknowledged int64 `json:"unacknowledged" doc:"Firing ones that nobody has acknowledged"`
}

// AlarmCounts counts alarms that are open.
func (d *DB) AlarmCounts(ctx context.Context) (c AlarmCounts, err error) {
	err = d.calls.QueryRowContext(ctx, `SELECT COALESCE(SUM(state = 'firing'), 0), COALESCE(SUM(state = 'pending'), 0),
		COALESCE(SUM(state = 'firing' AND severity = 'critical'), 0), COALESCE(SUM(state = 'firing' AND severity = 'warning'), 0),
		COALESCE(SUM(state = 'firing' AND severity = 'info'), 0), COALESCE(SUM(state = 'firing' AND acked_at IS NULL), 0) FROM alarms WHERE is_open = 1`).
		Scan(&c.Firing, &c.Pending, &c.Critical, &c.Warning, &c.Info, &c.Unacknowledged)
	return c, wrap("count alarms", err)
}

// Acknowledge writes down that somebody looks after an alarm; nobody is reminded
// of it any more. Once more: the note is replaced.
func (d *DB) Acknowledge(ctx context.Context, id int64, note string) (Alarm, error) {
	if err := goodText("note", note, 500); err != nil {
		return Alarm{}, err
	}
	return d.acknowledge(ctx, id, "acknowledge", func(tx *sql.Tx, now *Alarm) error {
		if now.State == "pending" {
			return &FieldError{Field: "id", Text: "it does not fire yet: there is nothing to acknowledge"}
		}
		_, err := tx.ExecContext(ctx, `UPDATE alarms SET acked_at = UTC_TIMESTAMP(3), acked_by = ?, ack_note = ? WHERE id = ?`, clip(actorOf(ctx).Name, 64), note, id)
		return err
	})
}

// Unacknowledge takes that back.
func (d *DB) Unacknowledge(ctx context.Context, id int64) (Alarm, error) {
	return d.acknowledge(ctx, id, "unacknowledge", func(tx *sql.Tx, _ *Alarm) error {
		_, err := tx.ExecContext(ctx, `UPDATE alarms SET acked_at = NULL, acked_by = '', ack_note = '' WHERE id = ?`, id)
		return err
	})
}

func (d *DB) acknowledge(ctx context.Context, id int64, action string, change func(tx *sql.Tx, now *Alarm) error) (after Alarm, err error) {
	err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		before, err := readAlarm(ctx, tx, id, " FOR UPDATE")
		if err != nil {
			return err
		}
		if err := change(tx, &before); err != nil {
			return err
		}
		if after, err = readAlarm(ctx, tx, id, ""); err != nil {
			return err
		}
		return audit(ctx, tx, Change{
			Action: action, Kind: "alarm", ID: strconv.FormatInt(id, 10), Name: after.Rule, Before: ackOf(&before), After: ackOf(&after),
		})
	})
	return after, wrap(action, err)
}

// ackAudit is what the audit log keeps of an alarm.
type ackAudit struct {
	Subject string     `json:"subject"`
	AckedAt *time.Time `json:"acked_at"`
	AckedBy string     `json:"acked_by"`
	AckNote string     `json:"ack_note"`
}

func ackOf(a *Alarm) ackAudit { return ackAudit{a.Subject, a.AckedAt, a.AckedBy, a.AckNote} }

// AlarmDelivery is a message to a channel.
type AlarmDelivery struct {
	ID        int64           `json:"id"`
	Message   string          `json:"message" doc:"What the receiver knows it by: the same message may come twice"`
	AlarmID   int64           `json:"alarm_id" doc:"0: a test"`
	ChannelID int64           `json:"channel_id"`
	Channel   string          `json:"channel" doc:"Its name then"`
	Event     string          `json:"event" enum:"firing,reminder,resolved,test"`
	Body      json.RawMessage `json:"-"`
	State     string          `json:"state" enum:"waiting,sent,failed"`
	Tries     int             `json:"tries"`
	NextAt    *time.Time      `json:"next_at" doc:"Of one that waits: when it is tried next"`
	Error     string          `json:"error" doc:"Of the last try; empty: none"`
	CreatedAt time.Time       `json:"created_at"`
	SentAt    *time.Time      `json:"sent_at"`
}

// AlarmDeliveryFilter picks messages.
type AlarmDeliveryFilter struct {
	AlarmID, ChannelID int64
	State              string
	Before             int64 // id; 0: the newest first
}

// AlarmDeliveries lists messages, the newest first.
func (d *DB) AlarmDeliveries(ctx context.Context, f AlarmDeliveryFilter, limit int) (list []AlarmDelivery, err error) {
	var w where
	if f.AlarmID != 0 {
		w.add("alarm_id = ?", f.AlarmID)
	}
	if f.ChannelID != 0 {
		w.add("channel_id = ?", f.ChannelID)
	}
	if f.State != "" {
		w.add("state = ?", f.State)
	}
	if f.Before != 0 {
		w.add("id < ?", f.Before)
	}
	rows, err := d.calls.QueryContext(ctx, `SELECT `+deliveryColumns+` FROM alarm_deliveries`+w.text()+` ORDER BY id DESC LIMIT ?`, append(w.args, limit)...)
	if err != nil {
		return nil, wrap("list deliveries of alarms", err)
	}
	err = eachRow(rows, func(rows *sql.Rows) error {
		v, err := scanDelivery(rows.Scan)
		list = append(list, v)
		return err
	})
	return list, wrap("list deliveries of alarms", err)
}

const deliveryColumns = `id, message, alarm_id, channel_id, channel, event, body, state, tries, IF(state = 'waiting', next_at, NULL), error, created_at, sent_at`

func scanDelivery(scan func(...any) error) (v AlarmDelivery, err error) {
	var body []byte
	err = scan(&v.ID, &v.Message, &v.AlarmID, &v.ChannelID, &v.Channel, &v.Event, &body, &v.State, &v.Tries, &v.NextAt, &v.Error, &v.CreatedAt, &v.SentAt)
	v.Body = body
	return v, err
}
