package db

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"tandem/billing"
)

// orphanJob is the row of jobs that says how far Asterisk's records have been
// looked through.
const (
	orphanJob  = "orphan calls"
	orphanBite = 5000 // records that are looked through at a time
)

// Orphans looks through Asterisk's records in the order in which they were
// collected, from where OrphansClosed says to those of that age, and lists the
// calls that nobody else knows: no record, no hold, and the caller's own channel;
// and those that were closed by estimate, which Asterisk's record is better than.
// It stops after some thousands of records; to says where, more that others wait.
func (d *DB) Orphans(ctx context.Context, age time.Duration) (list []billing.Orphan, to time.Time, more bool, err error) {
	var from, before time.Time
	err = d.calls.QueryRowContext(ctx, `SELECT COALESCE((SELECT done_to FROM jobs WHERE name = ?), CAST('2000-01-01' AS DATETIME(3))), UTC_TIMESTAMP(3) - INTERVAL ? MICROSECOND`,
		orphanJob, age.Microseconds()).Scan(&from, &before)
	before = before.Truncate(time.Millisecond)
	if err == nil {
		to, err = orphansTo(ctx, d.calls, from, before)
	}
	if err != nil || !to.After(from) {
		return nil, from, false, wrap(orphanJob, err)
	}
	rows, err := d.calls.QueryContext(ctx, `SELECT a.uniqueid, MIN(a.collected_at), MAX(c.call_id IS NOT NULL)
		FROM asterisk_cdrs a
		LEFT JOIN calls c ON c.call_id = a.uniqueid AND c.month = `+monthExpression(`a.uniqueid`)+`
		LEFT JOIN holds h ON h.call_id = a.uniqueid
		WHERE a.collected_at >= ? AND a.collected_at < ? AND a.uniqueid = a.linkedid AND (c.call_id IS NULL OR c.closed_by = 'estimate') AND h.call_id IS NULL
		GROUP BY a.uniqueid ORDER BY 2, 1`, from, to)
	if err != nil {
		return nil, from, false, wrap(orphanJob, err)
	}
	var estimated []string
	err = eachRow(rows, func(rows *sql.Rows) error {
		var o billing.Orphan
		var closed bool
		err := rows.Scan(&o.CallID, &o.CollectedAt, &closed)
		if closed {
			estimated = append(estimated, o.CallID)
		}
		list = append(list, o)
		return err
	})
	if err == nil {
		list, err = d.estimated(ctx, list, estimated)
	}
	return list, to, to.Before(before), wrap(orphanJob, err)
}

// estimated adds what the records of calls that were closed by estimate tell. One
// that was closed better a moment ago is left out.
func (d *DB) estimated(ctx context.Context, list []billing.Orphan, ids []string) ([]billing.Orphan, error) {
	found := map[string]billing.Orphan{}
	err := eachOfCalls(ctx, d.calls, `SELECT `+callColumns+`, COALESCE(held, 0), terms FROM calls WHERE call_id IN (?) AND closed_by = 'estimate'`, ids, func(rows *sql.Rows) error {
		var call billing.End
		var hold billing.OpenHold
		var terms []byte
		if err := scanCall(&call, func(dest ...any) error { return rows.Scan(append(dest, &hold.Amount, &terms)...) }); err != nil {
			return err
		}
		s := &call.Start
		hold.CallID, hold.AccountID, hold.Server, hold.Node, hold.BeganAt = s.CallID, s.AccountID, s.Server, s.Node, s.StartedAt
		hold.AnsweredAt, hold.SeenAt, hold.Route = call.AnsweredAt, call.EndedAt, call.Route
		if terms != nil && hold.Terms.UnmarshalJSON(terms) != nil {
			hold.Terms = billing.Terms{} // its end says so
		}
		found[s.CallID] = billing.Orphan{Closed: s, Hold: &hold}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	var known []billing.Orphan
	for _, o := range list {
		if _, is := slices.BinarySearch(ids, o.CallID); is {
			f, is := found[o.CallID]
			if !is {
				continue
			}
			o.Closed, o.Hold = f.Closed, f.Hold
		}
		known = append(known, o)
	}
	return known, nil
}

// orphansTo is where one look ends: not too far on, but at least a millisecond.
func orphansTo(ctx context.Context, pool lanes, from, before time.Time) (to time.Time, err error) {
	err = pool.QueryRowContext(ctx, `SELECT collected_at FROM asterisk_cdrs WHERE collected_at >= ? AND collected_at < ? ORDER BY collected_at LIMIT 1 OFFSET ?`,
		from, before, orphanBite).Scan(&to)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return before, nil
	case err == nil && !to.After(from):
		return from.Add(time.Millisecond), nil
	}
	return to, err
}

// OrphansClosed says that every record that was collected before then has been
// seen to. It never goes back.
func (d *DB) OrphansClosed(ctx context.Context, to time.Time) error {
	to = to.UTC().Truncate(time.Millisecond)
	_, err := d.calls.ExecContext(ctx, `INSERT INTO jobs (name, owner, lease_until, done_to) VALUES (?, '', '2000-01-01', ?)
		ON DUPLICATE KEY UPDATE done_to = GREATEST(COALESCE(done_to, VALUES(done_to)), VALUES(done_to))`, orphanJob, to)
	return wrap(orphanJob, err)
}

// forgetCDRBite is how many records one statement removes.
const forgetCDRBite = 5000

// ForgetAsteriskCDRs removes Asterisk's records that were collected longer ago
// than that, and returns how many. Their calls have long been closed by them or
// without them.
func (d *DB) ForgetAsteriskCDRs(ctx context.Context, olderThan time.Duration) (forgotten int64, err error) {
	now, err := d.Now(ctx)
	if err != nil {
		return 0, err
	}
	before := now.Add(-olderThan).Truncate(time.Millisecond)
	for {
		n, err := affected(d.bulk.ExecContext(ctx, `DELETE FROM asterisk_cdrs WHERE collected_at < ? ORDER BY collected_at LIMIT ?`, before, forgetCDRBite))
		forgotten += n
		if err != nil || n < forgetCDRBite {
			return forgotten, wrap("forget Asterisk's records", err)
		}
	}
}
