package db

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"
)

// holding does work that may take longer than its lease, and keeps the lease
// meanwhile. The context of the work ends when somebody else has taken it for
// abandoned; the error says so.
func (d *DB) holding(ctx context.Context, l lease, work func(ctx context.Context) error) error {
	working, cancel := context.WithCancelCause(ctx)
	var keeping sync.WaitGroup
	keeping.Go(func() { d.keepLease(working, l, cancel) })
	err := work(working)
	if cause := context.Cause(working); cause != nil && !errors.Is(err, cause) {
		err = errors.Join(err, cause)
	}
	cancel(nil)
	keeping.Wait()
	return err
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
