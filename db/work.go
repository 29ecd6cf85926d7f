package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ErrWorkLost says that who worked is not to go on. The work was given up or changed, or
// somebody else took it because nothing was heard.
var ErrWorkLost = errors.New("the work was taken away")

// Work is something that takes longer than a visit and that one node does: an
// import, a replay. Its row has a lease, so that another node goes on when this
// one dies.
type Work struct {
	ID     int64
	Worker string // whose lease it is
	State  string
	Actor  Actor // who asked for it
}

const (
	workHold  = 30 * time.Second // silent work is taken by others after that
	workTries = 5                // work that kills its node is given up after so often
)

// workTable is a table with the columns of work.
type workTable struct {
	name    string
	next    string // expression: the state once somebody works on it
	waiting string // condition: somebody has to
}

// takeWork finds work that nobody does, the oldest first. ok is false when there is
// none.
func (d *DB) takeWork(ctx context.Context, t workTable) (w Work, ok bool, err error) {
	w.Worker = rand.Text()
	giveUp := `UPDATE ` + t.name + //nolint:gosec // G202: names of the program's own
		` SET state = 'failed', worker = '', updated_at = UTC_TIMESTAMP(3),
		error = CONCAT('begun ', tries, ' times and never ended: the node that did it was stopped each time')
		WHERE ` + t.waiting + ` AND lease_until < UTC_TIMESTAMP(3) AND tries >= ?`
	err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		ok = false
		if _, err := tx.ExecContext(ctx, giveUp, workTries); err != nil {
			return err
		}
		n, err := affected(tx.ExecContext(ctx, `UPDATE `+t.name+` SET worker = ?, state = `+t.next+`, tries = tries + 1,
			lease_until = UTC_TIMESTAMP(3) + INTERVAL ? SECOND, updated_at = UTC_TIMESTAMP(3)
			WHERE `+t.waiting+` AND lease_until < UTC_TIMESTAMP(3) ORDER BY id LIMIT 1`, w.Worker, int64(workHold.Seconds())))
		if err != nil || n == 0 {
			return err
		}
		ok = true
		var actor string
		if err := tx.QueryRowContext(ctx, `SELECT id, state, actor FROM `+t.name+` WHERE worker = ?`, w.Worker).Scan(&w.ID, &w.State, &actor); err != nil {
			return err
		}
		return json.Unmarshal([]byte(actor), &w.Actor)
	})
	return w, ok, wrap("look for work in "+t.name, err)
}

// tellWork says how far work has come, and that somebody is at it.
func (d *DB) tellWork(ctx context.Context, t workTable, w Work, done, total int64) error {
	return d.ofWorker(ctx, t, w, `done = ?, total = ?, lease_until = UTC_TIMESTAMP(3) + INTERVAL ? SECOND`, done, total, int64(workHold.Seconds()))
}

// releaseWork lets others go on with work that was not ended, at once. It is no fault
// of the work.
func (d *DB) releaseWork(ctx context.Context, t workTable, w Work) error {
	err := d.ofWorker(ctx, t, w, `worker = '', lease_until = '2000-01-01', tries = tries - 1`)
	if errors.Is(err, ErrWorkLost) {
		return nil
	}
	return err
}

// endWork leaves work in a state that nobody has to do anything for. set is more
// that is written.
func (d *DB) endWork(ctx context.Context, t workTable, w Work, state, set string, args ...any) error {
	if set != "" {
		set = ", " + set
	}
	return d.ofWorker(ctx, t, w, `state = ?, worker = '', lease_until = '2000-01-01', tries = 0`+set, append([]any{state}, args...)...)
}

// ofWorker changes the row while the work is this worker's.
func (d *DB) ofWorker(ctx context.Context, t workTable, w Work, set string, args ...any) error {
	n, err := affected(d.calls.ExecContext(ctx, `UPDATE `+t.name+` SET updated_at = UTC_TIMESTAMP(3), `+set+` WHERE id = ? AND worker = ?`,
		append(args, w.ID, w.Worker)...))
	if err == nil && n == 0 {
		err = ErrWorkLost
	}
	return wrap(fmt.Sprintf("work %d of %s", w.ID, t.name), err)
}

// actorText is who asks, as the column has it.
func actorText(ctx context.Context) (string, error) {
	text, err := json.Marshal(actorOf(ctx))
	return string(text), err
}
