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
func inTx(ctx context.Context, pool *sql.DB, options *sql.TxOptions, work func(tx *sql.Tx) error) error {
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

func once(ctx context.Context, pool *sql.DB, options *sql.TxOptions, work func(tx *sql.Tx) error) error {
	tx, err := pool.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := work(tx); err != nil {
		if undo := tx.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) {
			return errors.Join(err, fmt.Errorf("rollback: %w", undo))
		}
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
