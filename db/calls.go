package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tandem/billing"
	"tandem/internal/e164"
)

// lastAgentDays bounds how far back LastAgent looks.
const lastAgentDays = 30

// maxCalls bounds the answer of Calls.
const maxCalls = 1000

// callColumns are read by scanCall, in this order.
const callColumns = `call_id, server, direction, COALESCE(endpoint, ''), COALESCE(source, ''), COALESCE(account_id, 0),
	COALESCE(subscriber_id, 0), COALESCE(provider_id, 0), COALESCE(number_id, 0), COALESCE(dialled, ''), COALESCE(a_number, ''),
	COALESCE(b_number, ''), COALESCE(routing_number, ''), COALESCE(cli, ''), started_at, COALESCE(snapshot, 0), COALESCE(reason, ''), COALESCE(node, ''), COALESCE(origin, ''),
	answered_at, ended_at, disposition, COALESCE(cause, 0), COALESCE(sip_status, 0), COALESCE(hangup_by, ''), talk_ms,
	COALESCE(pdd_ms, 0), COALESCE(route, ''), COALESCE(closed_by, ''), cut <> 0`

// Call is everything the database knows of a call: both halves of its record,
// with reasons and attempts. A call in progress has no EndedAt. Reasons are nil
// when no start was told, and empty when there were none or their time of
// keeping is over. ErrNotFound when there is no such call.
func (d *DB) Call(ctx context.Context, callID string) (billing.End, error) {
	var call billing.End
	row := d.calls.QueryRowContext(ctx, `SELECT `+callColumns+`, reasons FROM calls WHERE call_id = ? AND month = ?`, callID, callMonth(callID))
	err := scanCall(&call, func(dest ...any) error { return row.Scan(append(dest, &call.Start.Reasons)...) })
	if errors.Is(err, sql.ErrNoRows) {
		return billing.End{}, fmt.Errorf("call %q: %w", callID, ErrNotFound)
	}
	if err != nil {
		return billing.End{}, wrap("read call", err)
	}
	call.Attempts, err = d.attempts(ctx, callID)
	return call, wrap("read attempts", err)
}

// Calls lists calls, newest first, without reasons and attempts; limit is at most
// 1000.
func (d *DB) Calls(ctx context.Context, limit int) ([]billing.End, error) {
	rows, err := d.calls.QueryContext(ctx, `SELECT `+callColumns+` FROM calls ORDER BY started_at DESC, call_id DESC LIMIT ?`,
		max(0, min(limit, maxCalls)))
	if err != nil {
		return nil, wrap("list calls", err)
	}
	var calls []billing.End
	err = eachRow(rows, func(rows *sql.Rows) error {
		var call billing.End
		if err := scanCall(&call, rows.Scan); err != nil {
			return err
		}
		calls = append(calls, call)
		return nil
	})
	return calls, wrap("list calls", err)
}

// LastAgent finds the subscriber of that account (0: of any) who last called that number and may still be
// rung: enabled, of an enabled account. It looks back 30 days, over calls that
// we tried to carry, answered or not: people call back what they missed.
func (d *DB) LastAgent(ctx context.Context, account int64, caller e164.Number) (subscriberID int64, found bool, err error) {
	err = d.calls.QueryRowContext(ctx, `SELECT s.id FROM calls c
		JOIN subscribers s ON s.id = c.subscriber_id AND s.enabled
		JOIN accounts a ON a.id = s.account_id AND a.enabled
		WHERE c.b_number = ? AND (? = 0 OR s.account_id = ?) AND c.direction IN ('out', 'redirect') AND c.disposition <> 'rejected' AND c.started_at >= ?
		ORDER BY c.started_at DESC LIMIT 1`,
		string(caller), account, account, time.Now().UTC().AddDate(0, 0, -lastAgentDays)).Scan(&subscriberID)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, wrap("last agent", err)
	}
	return subscriberID, true, nil
}

func (d *DB) attempts(ctx context.Context, callID string) ([]billing.Attempt, error) {
	rows, err := d.calls.QueryContext(ctx, `SELECT `+attemptColumns+`, `+mediaColumns+` FROM attempts WHERE call_id = ? AND month = ? ORDER BY n`, callID, callMonth(callID))
	if err != nil {
		return nil, err
	}
	var list []billing.Attempt
	err = eachRow(rows, func(rows *sql.Rows) error {
		a, err := scanHeard(rows.Scan)
		a.CallID = callID
		list = append(list, a)
		return err
	})
	return list, err
}

func scanCall(c *billing.End, scan func(dest ...any) error) error {
	var answered, ended sql.NullTime
	var talk, pdd int64
	s := &c.Start
	if err := scan(&s.CallID, &s.Server, &s.Direction, &s.Endpoint, &s.Source, &s.AccountID, &s.SubscriberID, &s.ProviderID,
		&s.NumberID, &s.Dialled, &s.ANumber, &s.BNumber, &s.RoutingNumber, &s.CLI, &s.StartedAt, &s.Snapshot, &s.Reason, &s.Node, &s.Origin,
		&answered, &ended, &c.Disposition, &c.Cause, &c.SIPStatus, &c.HangupBy, &talk, &pdd, &c.Route, &c.Source, &c.Cut); err != nil {
		return err
	}
	c.AnsweredAt, c.EndedAt = answered.Time, ended.Time
	c.Talk, c.PDD = fromMS(talk), fromMS(pdd)
	return nil
}

func fromMS(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }
