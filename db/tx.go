package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// maxTries bounds how often a transaction is run again after a deadlock, a lock
// time-out or a conflict with another Galera node.
const maxTries = 10

// inTx runs work in one transaction and runs the whole of it again when MariaDB
// asks for that; work must therefore have no effect outside of tx. A failed
// rollback is told beside the error that caused it, never instead.
func inTx(ctx context.Context, pool txPool, options *sql.TxOptions, work func(tx *sql.Tx) error) error {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval = 2 * time.Millisecond
	pause.MaxInterval = 200 * time.Millisecond
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := once(ctx, pool, options, work)
		if err != nil && !retryable(err) {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(pause), backoff.WithMaxTries(maxTries), backoff.WithMaxElapsedTime(queryTimeout))
	return err
}

// txPool is where transactions are begun. free gives the connection back when
// the transaction is over.
type txPool interface {
	begin(ctx context.Context, options *sql.TxOptions) (tx *sql.Tx, free func() error, err error)
}

func once(ctx context.Context, pool txPool, options *sql.TxOptions, work func(tx *sql.Tx) error) (err error) {
	tx, free, err := pool.begin(ctx, options)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	// Also after a panic: its connection must not be lost, with all its locks.
	defer func() {
		undo := tx.Rollback()
		if errors.Is(undo, sql.ErrTxDone) {
			undo = nil
		}
		if undo = errors.Join(undo, free()); undo != nil && err != nil {
			err = errors.Join(err, fmt.Errorf("rollback: %w", undo))
		}
	}()
	if err := work(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
