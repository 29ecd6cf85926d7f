package db

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"
)

// monthsHold is how long after the death of who moves months another may begin.
const monthsHold = 2 * time.Minute

// AloneWithMonths does what only one at a time may do: move months out of the
// database, or back. It takes as long as it takes; its context ends when somebody
// else has taken the work for abandoned. ErrBusy: somebody is at it.
func (d *DB) AloneWithMonths(ctx context.Context, work func(ctx context.Context) error) error {
	l, err := d.takeLease(ctx, "move months", monthsHold)
	if err != nil {
		return err
	}
	working, cancel := context.WithCancelCause(ctx)
	var keeping sync.WaitGroup
	keeping.Go(func() { d.keepLease(working, l, cancel) })
	err = work(working)
	if cause := context.Cause(working); err != nil && cause != nil {
		err = errors.Join(err, cause)
	}
	cancel(nil)
	keeping.Wait()
	return errors.Join(err, l.release(context.WithoutCancel(ctx)))
}

// keepLease holds on to a lease until the work ends, or ends the work when the lease
// is lost.
func (d *DB) keepLease(ctx context.Context, l lease, end context.CancelCauseFunc) {
	beat := time.NewTicker(l.hold / 8)
	defer beat.Stop()
	held := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		err := inTx(ctx, d.bulk, nil, func(tx *sql.Tx) error { return l.keep(ctx, tx) })
		switch {
		case err == nil:
			held = time.Now()
		case errors.Is(err, errLeaseLost), time.Since(held) > l.hold/2:
			end(err)
			return
		}
	}
}
