package db

import (
	"context"
	"errors"
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
	return errors.Join(d.holding(ctx, l, work), l.release(context.WithoutCancel(ctx)))
}
