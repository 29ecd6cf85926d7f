package db

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// How often a change is tried that others of its kind wait for.
const (
	changeTries   = 30
	changeAtMost  = 10 * time.Second // between two tries; it begins with one second
	changeAtFirst = time.Second
)

// patientlyChange alters a table at the first moment of the next minutes at which
// nobody uses it. After that it is no longer ErrBusy, which is nothing to tell of.
func (d *DB) patientlyChange(ctx context.Context, table, change string) error {
	wait := changeAtFirst
	for try := 1; ; try++ {
		err := d.changePartitions(ctx, table, change)
		if !errors.Is(err, ErrBusy) {
			return err
		}
		if try == changeTries {
			return fmt.Errorf("%s was in use each of the %d times that its partitions were to be changed; is there a long transaction?", table, changeTries)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
			wait = min(2*wait, changeAtMost)
		}
	}
}
