package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"tandem/billing"
)

// holdColumns is a whole hold; lightHoldColumns leaves out the terms, which are
// most of its bytes.
const (
	holdColumns      = `call_id, COALESCE(account_id, 0), amount, paid_s, limited <> 0, server, node, began_at, answered_at, seen_at, COALESCE(route, ''), terms`
	lightHoldColumns = `call_id, COALESCE(account_id, 0), amount, paid_s, limited <> 0, server, node, began_at, answered_at, seen_at, COALESCE(route, ''), NULL`
)

// OpenHolds lists the holds of calls of a server, or of all servers when it is
// empty: the calls that are not settled yet. Their terms are left out; HoldsOf
// has them.
func (d *DB) OpenHolds(ctx context.Context, server string) ([]billing.OpenHold, error) {
	query, args := `SELECT `+lightHoldColumns+` FROM holds ORDER BY call_id`, []any(nil)
	if server != "" {
		query, args = `SELECT `+lightHoldColumns+` FROM holds WHERE server = ? ORDER BY call_id`, []any{server}
	}
	rows, err := d.calls.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, wrap("open holds", err)
	}
	list, err := d.scanHolds(rows)
	return list, wrap("open holds", err)
}

// HoldsOf are the holds of calls with their terms, by call id; a call without a
// hold is not in the answer. Terms that cannot be read are left empty: the end of
// the call says so.
func (d *DB) HoldsOf(ctx context.Context, callIDs []string) (map[string]billing.OpenHold, error) {
	holds := map[string]billing.OpenHold{}
	err := eachIn(ctx, d.calls, `SELECT `+holdColumns+` FROM holds WHERE call_id IN (?)`, callIDs, func(rows *sql.Rows) error {
		h, err := d.scanHold(rows)
		holds[h.CallID] = h
		return err
	})
	return holds, wrap("holds of calls", err)
}

func (d *DB) scanHolds(rows *sql.Rows) (list []billing.OpenHold, err error) {
	err = eachRow(rows, func(rows *sql.Rows) error {
		h, err := d.scanHold(rows)
		list = append(list, h)
		return err
	})
	return list, err
}

func (d *DB) scanHold(rows *sql.Rows) (billing.OpenHold, error) {
	var h billing.OpenHold
	var paid int64
	var terms []byte
	var answered, seen sql.NullTime
	if err := rows.Scan(&h.CallID, &h.AccountID, &h.Amount, &paid, &h.Limited, &h.Server, &h.Node, &h.BeganAt,
		&answered, &seen, &h.Route, &terms); err != nil {
		return h, err
	}
	if terms != nil {
		if err := json.Unmarshal(terms, &h.Terms); err != nil {
			d.log.Error().Err(err).Str("call_id", h.CallID).Msg("terms of a hold cannot be read; its call will not be charged")
			h.Terms = billing.Terms{}
		}
	}
	h.Paid = time.Duration(paid) * time.Second
	h.AnsweredAt, h.SeenAt = answered.Time, seen.Time
	return h, nil
}

// Sight keeps what was seen of calls with a hold; calls without one are passed
// over. When a call was answered is kept as it was told first.
func (d *DB) Sight(ctx context.Context, seen []billing.Sighting) error {
	rows := make([][]any, len(seen))
	for i, s := range seen {
		rows[i] = []any{s.CallID, moment(s.AnsweredAt), moment(s.SeenAt), known(s.Route)}
	}
	sortRows(rows)
	err := inTx(ctx, d.calls, recordOptions(), func(tx *sql.Tx) error {
		for _, row := range rows {
			if _, err := tx.ExecContext(ctx, `UPDATE holds SET answered_at = COALESCE(answered_at, ?), seen_at = ?, route = COALESCE(?, route) WHERE call_id = ?`,
				row[1], row[2], row[3], row[0]); err != nil {
				return err
			}
		}
		return nil
	})
	return wrap("sight", err)
}

// ServerSeen keeps when a server has shown its channels; of two times the later.
func (d *DB) ServerSeen(ctx context.Context, server string, at time.Time) error {
	_, err := d.calls.ExecContext(ctx, `INSERT INTO servers_seen (server, seen_at) VALUES (?, ?)
		ON DUPLICATE KEY UPDATE seen_at = GREATEST(seen_at, VALUES(seen_at))`, server, moment(at))
	return wrap("server seen", err)
}

// LastSeen is when a server has shown its channels for the last time; zero:
// never.
func (d *DB) LastSeen(ctx context.Context, server string) (time.Time, error) {
	var at sql.NullTime
	err := d.calls.QueryRowContext(ctx, `SELECT MAX(seen_at) FROM servers_seen WHERE server = ?`, server).Scan(&at)
	return at.Time, wrap("last seen", err)
}

// maxUnfinished bounds the answer of UnfinishedCalls.
const maxUnfinished = 10_000

// UnfinishedCalls lists the calls of a server that began before then and whose
// end nobody has told, the oldest first, at most ten thousand.
func (d *DB) UnfinishedCalls(ctx context.Context, server string, before time.Time) ([]billing.Start, error) {
	rows, err := d.calls.QueryContext(ctx, `SELECT `+callColumns+` FROM calls WHERE disposition = 'in_progress' AND started_at < ? AND server = ? AND ended_at IS NULL ORDER BY started_at LIMIT ?`,
		moment(before), server, maxUnfinished)
	if err != nil {
		return nil, wrap("unfinished calls", err)
	}
	var list []billing.Start
	err = eachRow(rows, func(rows *sql.Rows) error {
		var call billing.End
		if err := scanCall(&call, rows.Scan); err != nil {
			return err
		}
		list = append(list, call.Start)
		return nil
	})
	return list, wrap("unfinished calls", err)
}

// PutAsteriskCDRs keeps call records of Asterisk; one that is there already is
// kept as it is.
func (d *DB) PutAsteriskCDRs(ctx context.Context, list []billing.AsteriskCDR) error {
	rows := make([][]any, len(list))
	for i, c := range list {
		rows[i] = []any{
			c.UniqueID, c.Sequence, moment(c.Start), c.LinkedID, c.Channel, c.DestChannel, moment(c.Answer), moment(c.End), c.Disposition,
		}
	}
	sortRows(rows)
	u := insertInto("asterisk_cdrs", "uniqueid", "sequence", "started_at", "linkedid", "channel", "dest_channel", "answered_at", "ended_at", "disposition")
	u.columns[0].merge = "uniqueid"
	err := inTx(ctx, d.calls, recordOptions(), func(tx *sql.Tx) error { return u.exec(ctx, tx, rows) })
	return wrap("call records of Asterisk", err)
}

// AsteriskCDRs is what Asterisk's own records say of these calls, by call id, in
// the order in which Asterisk began them.
func (d *DB) AsteriskCDRs(ctx context.Context, callIDs []string) (map[string][]billing.AsteriskCDR, error) {
	records := map[string][]billing.AsteriskCDR{}
	err := eachIn(ctx, d.calls, `SELECT uniqueid, sequence, started_at, linkedid, channel, dest_channel, answered_at, ended_at, disposition
		FROM asterisk_cdrs WHERE uniqueid IN (?) ORDER BY uniqueid, started_at, sequence`, callIDs, func(rows *sql.Rows) error {
		var c billing.AsteriskCDR
		var answered sql.NullTime
		if err := rows.Scan(&c.UniqueID, &c.Sequence, &c.Start, &c.LinkedID, &c.Channel, &c.DestChannel, &answered, &c.End, &c.Disposition); err != nil {
			return err
		}
		c.Answer = answered.Time
		records[c.UniqueID] = append(records[c.UniqueID], c)
		return nil
	})
	return records, wrap("call records of Asterisk", err)
}
