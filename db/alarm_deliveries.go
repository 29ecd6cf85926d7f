package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Times of messages.
const (
	deliveryHold  = time.Minute // a node that is silent for longer has died with it
	deliveryFirst = 10 * time.Second
	deliveryMost  = 30 * time.Minute
	deliveryUntil = 24 * time.Hour // after that it is given up
	// deliveryAlone is how long a message waits for a node that can send it; then
	// any node says why it cannot.
	deliveryAlone = time.Minute
)

// AlarmErrand is a message that is to be sent now, by whoever has taken it.
type AlarmErrand struct {
	AlarmDelivery

	Target  AlarmTarget
	Problem string // why it cannot be sent at all; empty: it can
	worker  string
}

// TakeAlarmErrand takes the oldest message that is due, of channels of those kinds; of
// others only what nobody has taken for a minute. Nobody else has it until it
// is told what came of it, or a minute has passed. That an alarm is over waits for
// the message that it fires.
func (d *DB) TakeAlarmErrand(ctx context.Context, kinds []string) (e AlarmErrand, ok bool, err error) {
	worker := rand.Text()
	err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		ok = false
		var id int64
		err := tx.QueryRowContext(ctx, `SELECT d.id FROM alarm_deliveries d WHERE d.state = 'waiting' AND d.next_at <= UTC_TIMESTAMP(3) AND d.lease_until < UTC_TIMESTAMP(3)
			AND NOT EXISTS (SELECT 1 FROM alarm_deliveries b WHERE b.alarm_id = d.alarm_id AND b.channel_id = d.channel_id AND b.id < d.id AND b.state = 'waiting' AND d.alarm_id <> 0)
			AND (d.next_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND OR NOT EXISTS (SELECT 1 FROM alarm_channels c WHERE c.id = d.channel_id AND NOT FIND_IN_SET(c.kind, ?)))
			ORDER BY d.next_at, d.id LIMIT 1 FOR UPDATE`, int64(deliveryAlone/time.Second), strings.Join(kinds, ",")).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE alarm_deliveries SET worker = ?, tries = tries + 1, lease_until = UTC_TIMESTAMP(3) + INTERVAL ? SECOND WHERE id = ?`,
			worker, int64(deliveryHold/time.Second), id); err != nil {
			return err
		}
		if e.AlarmDelivery, err = scanDelivery(tx.QueryRowContext(ctx, `SELECT `+deliveryColumns+` FROM alarm_deliveries WHERE id = ?`, id).Scan); err != nil {
			return err
		}
		t, err := scanTarget(tx.QueryRowContext(ctx, `SELECT `+targetColumns+` FROM alarm_channels WHERE id = ?`, e.ChannelID).Scan)
		switch {
		case errors.Is(err, errBadChannel):
			e.Problem = err.Error()
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return err
		}
		e.Target, e.worker, ok = t.AlarmTarget, worker, true
		return nil
	})
	return e, ok, wrap("message of an alarm", err)
}

// AlarmErrandSent writes down that a message was taken by its receiver; note says who
// else has not.
func (d *DB) AlarmErrandSent(ctx context.Context, e *AlarmErrand, note string) error {
	_, err := d.calls.ExecContext(ctx, `UPDATE alarm_deliveries SET state = 'sent', error = ?, worker = '', lease_until = '2000-01-01', sent_at = UTC_TIMESTAMP(3)
		WHERE id = ? AND worker = ?`, clip(note, 500), e.ID, e.worker)
	return wrap("message of an alarm", err)
}

// AlarmErrandFailed writes down why a message was not taken, and when it is tried
// again; for good, or after a day: never.
func (d *DB) AlarmErrandFailed(ctx context.Context, e *AlarmErrand, problem string, forGood bool) error {
	wait := min(deliveryFirst<<min(e.Tries-1, 20), deliveryMost)
	_, err := d.calls.ExecContext(ctx, `UPDATE alarm_deliveries SET error = ?, worker = '', lease_until = '2000-01-01',
		state = IF(? OR created_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND, 'failed', 'waiting'), next_at = UTC_TIMESTAMP(3) + INTERVAL ? SECOND WHERE id = ? AND worker = ?`,
		clip(problem, 500), forGood, int64(deliveryUntil/time.Second), int64(wait/time.Second), e.ID, e.worker)
	return wrap("message of an alarm", err)
}

// NewAlarmTest writes a test to a channel, taken already: who asks for it sends it.
func (d *DB) NewAlarmTest(ctx context.Context, channel int64, base string) (e AlarmErrand, err error) {
	e.worker = rand.Text()
	now := time.Now().UTC().Truncate(time.Millisecond)
	err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		t, err := scanTarget(tx.QueryRowContext(ctx, `SELECT `+targetColumns+` FROM alarm_channels WHERE id = ?`, channel).Scan)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("alarm channel %d: %w", channel, ErrNotFound)
		}
		if err != nil {
			return err
		}
		e.Target = t.AlarmTarget
		m := AlarmMessage{
			Text: "TEST: " + t.Name + ": alarms of Tandem arrive here", Event: "test", Severity: "info", Message: "test-" + rand.Text(), At: now, Link: base + "/alarms",
		}
		body, err := json.Marshal(m)
		if err != nil {
			return err
		}
		id, err := insertID(tx.ExecContext(ctx, `INSERT INTO alarm_deliveries (message, alarm_id, channel_id, channel, event, body, state, tries, next_at, worker, lease_until, created_at)
			VALUES (?, 0, ?, ?, 'test', ?, 'waiting', 1, UTC_TIMESTAMP(3), ?, UTC_TIMESTAMP(3) + INTERVAL ? SECOND, UTC_TIMESTAMP(3))`,
			m.Message, channel, t.Name, string(body), e.worker, int64(deliveryHold/time.Second)))
		if err != nil {
			return err
		}
		if e.AlarmDelivery, err = scanDelivery(tx.QueryRowContext(ctx, `SELECT `+deliveryColumns+` FROM alarm_deliveries WHERE id = ?`, id).Scan); err != nil {
			return err
		}
		return audit(ctx, tx, Change{Action: "test", Kind: "alarm channel", ID: strconv.FormatInt(channel, 10), Name: t.Name})
	})
	return e, wrap("test of an alarm channel", err)
}

// AlarmDelivery is one message.
func (d *DB) AlarmDelivery(ctx context.Context, id int64) (AlarmDelivery, error) {
	v, err := scanDelivery(d.calls.QueryRowContext(ctx, `SELECT `+deliveryColumns+` FROM alarm_deliveries WHERE id = ?`, id).Scan)
	return v, wrap("message of an alarm", notFound(err))
}

// AlarmDeliveriesWaiting counts messages that are not sent yet.
func (d *DB) AlarmDeliveriesWaiting(ctx context.Context) (n int64, err error) {
	err = d.calls.QueryRowContext(ctx, `SELECT COUNT(*) FROM alarm_deliveries WHERE state = 'waiting'`).Scan(&n)
	return n, wrap("messages of alarms", err)
}

// ForgetAlarms removes a bite of messages and of alarms that were over before then,
// and says how many. Messages by which it is known who was told stay: without them
// an alarm that still fires, or was over lately, would be told anew.
func (d *DB) ForgetAlarms(ctx context.Context, messages, alarms time.Duration) (n int64, err error) {
	for _, bite := range []struct {
		query string
		args  []any
	}{
		{
			`DELETE FROM alarm_deliveries WHERE created_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND AND state <> 'waiting'
			AND NOT EXISTS (SELECT 1 FROM alarms a WHERE a.id = alarm_deliveries.alarm_id AND (a.is_open = 1 OR a.resolved_at > UTC_TIMESTAMP(3) - INTERVAL ? SECOND)) LIMIT ?`,
			[]any{int64(messages / time.Second), int64((tellFor + time.Hour) / time.Second), forgetBite},
		},
		{`DELETE FROM alarms WHERE resolved_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND LIMIT ?`, []any{int64(alarms / time.Second), forgetBite}},
	} {
		gone, err := affected(d.bulk.ExecContext(ctx, bite.query, bite.args...))
		n += gone
		if err != nil {
			return n, wrap("forget alarms", err)
		}
	}
	return n, nil
}
