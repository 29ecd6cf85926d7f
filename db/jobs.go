package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrBusy says that another node, or another command, is doing the same job.
var ErrBusy = errors.New("somebody else is doing it")

// errLeaseLost: who had the job was silent for too long, and another has it now.
var errLeaseLost = errors.New("the job was taken for abandoned")

// lease is a job that nobody else does while it is kept. Named locks would end
// at the Galera node; a lease ends with its time, whatever becomes of us.
type lease struct {
	db    *DB
	name  string
	token string // of this one taking
	hold  time.Duration
}

// takeLease takes a job for a while. ErrBusy: somebody else has it.
func (d *DB) takeLease(ctx context.Context, name string, hold time.Duration) (lease, error) {
	l := lease{db: d, name: name, token: rand.Text(), hold: hold}
	taken := int64(0)
	err := inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO jobs (name, owner, lease_until) VALUES (?, '', '2000-01-01') ON DUPLICATE KEY UPDATE name = name`, name); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `UPDATE jobs SET owner = ?, lease_until = UTC_TIMESTAMP(3) + INTERVAL ? SECOND
			WHERE name = ? AND lease_until < UTC_TIMESTAMP(3)`, l.token, int64(hold/time.Second), name)
		if err != nil {
			return err
		}
		taken, err = result.RowsAffected()
		return err
	})
	if err == nil && taken == 0 {
		err = ErrBusy
	}
	if err != nil {
		return lease{}, wrap(name, err)
	}
	return l, nil
}

// keep holds the job for another while. What else tx does happens only if the
// job is still ours.
func (l lease) keep(ctx context.Context, tx *sql.Tx) error {
	result, err := tx.ExecContext(ctx, `UPDATE jobs SET lease_until = UTC_TIMESTAMP(3) + INTERVAL ? SECOND WHERE name = ? AND owner = ?`,
		int64(l.hold/time.Second), l.name, l.token)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		err = fmt.Errorf("%s: %w", l.name, errLeaseLost)
	}
	return err
}

// rest lets others have the job after a while: what is done for now needs no second
// one that does it at once.
func (l lease) rest(ctx context.Context, d time.Duration) error {
	_, err := l.db.calls.ExecContext(ctx, `UPDATE jobs SET lease_until = UTC_TIMESTAMP(3) + INTERVAL ? SECOND WHERE name = ? AND owner = ?`,
		d.Seconds(), l.name, l.token)
	return wrap(l.name, err)
}

// release lets others have the job at once.
func (l lease) release(ctx context.Context) error {
	_, err := l.db.calls.ExecContext(ctx, `UPDATE jobs SET lease_until = '2000-01-01' WHERE name = ? AND owner = ?`, l.name, l.token)
	return wrap(l.name, err)
}

// takeTurn makes those who take the same turn wait for each other until their
// transactions end. It comes first in a transaction, so that what is read after it
// is what the others have left. It writes, because a lock alone is not known to the
// other nodes of a Galera cluster: there the second one is told to run again.
func takeTurn(ctx context.Context, tx *sql.Tx, name string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO jobs (name, owner, lease_until) VALUES (?, ?, '2000-01-01') ON DUPLICATE KEY UPDATE owner = VALUES(owner)`,
		name, rand.Text())
	return err
}
