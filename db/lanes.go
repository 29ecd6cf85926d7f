package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrOverloaded says that everybody's turn is taken: so many people and scripts
// are asking that this question did not come up in time, and was not asked. The
// same call may succeed later.
var ErrOverloaded = errors.New("too many questions at the same time")

// turnWithin is how long people wait for a connection. How long a statement of
// theirs runs is MariaDB's to bound: peopleSeconds.
const turnWithin = 5 * time.Second

// lane is one pool of connections.
type lane struct{ *sql.DB }

func (l lane) begin(ctx context.Context, options *sql.TxOptions) (*sql.Tx, func() error, error) {
	tx, err := l.BeginTx(ctx, options)
	return tx, func() error { return nil }, err
}

// lanes are two pools with one face. Which of them is asked is the context's to
// say, so that nothing done for people, whatever function does it, can take a
// connection from calls.
//
//	ForPeople(ctx) ──▶ people: few connections, bounded statements, bounded waiting
//	any other ctx  ──▶ own: of calls, or of jobs in the background
type lanes struct {
	own, people lane

	turn time.Duration // how long people wait
}

type forPeople struct{}

// ForPeople marks what is done for people and their scripts: it has a pool of its
// own, where it waits for its turn.
func ForPeople(ctx context.Context) context.Context {
	return context.WithValue(ctx, forPeople{}, true)
}

// ForDeeds marks what is left to do when people's deed is done: to read it back, or
// to write it down. It waits for no turn, since it would be too late to say that
// there was none. It is for single rows, and for what bulk does.
func ForDeeds(ctx context.Context) context.Context {
	return context.WithValue(ctx, forPeople{}, false)
}

func isForPeople(ctx context.Context) bool {
	is, _ := ctx.Value(forPeople{}).(bool)
	return is
}

// QueryContext asks for rows.
func (l lanes) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if !isForPeople(ctx) {
		return l.own.QueryContext(ctx, query, args...) //nolint:sqlclosecheck // the caller reads them
	}
	conn, err := l.await(ctx)
	if err != nil {
		return nil, err
	}
	defer giveBack(conn)
	return conn.QueryContext(ctx, query, args...) //nolint:sqlclosecheck // the caller reads them
}

// QueryRowContext asks for one row.
func (l lanes) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if !isForPeople(ctx) {
		return l.own.QueryRowContext(ctx, query, args...)
	}
	conn, err := l.await(ctx)
	if err != nil {
		return l.people.QueryRowContext(over{ctx, err}, query) //nolint:contextcheck // it is ctx, at its end: a Row with this error
	}
	defer giveBack(conn)
	return conn.QueryRowContext(ctx, query, args...)
}

// ExecContext runs a statement.
func (l lanes) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if !isForPeople(ctx) {
		return l.own.ExecContext(ctx, query, args...)
	}
	conn, err := l.await(ctx)
	if err != nil {
		return nil, err
	}
	defer giveBack(conn)
	return conn.ExecContext(ctx, query, args...)
}

func (l lanes) begin(ctx context.Context, options *sql.TxOptions) (*sql.Tx, func() error, error) {
	if !isForPeople(ctx) {
		return l.own.begin(ctx, options)
	}
	conn, err := l.await(ctx)
	if err != nil {
		return nil, nil, err
	}
	tx, err := conn.BeginTx(ctx, options)
	if err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	return tx, conn.Close, nil
}

// PingContext asks for a sign of life.
func (l lanes) PingContext(ctx context.Context) error { return l.own.PingContext(ctx) }

// Close ends all connections.
func (l lanes) Close() error { return errors.Join(l.own.Close(), l.people.Close()) }

// await waits for a connection of people's.
func (l lanes) await(ctx context.Context) (*sql.Conn, error) {
	wait, cancel := context.WithTimeoutCause(ctx, l.turn, ErrOverloaded)
	defer cancel()
	conn, err := l.people.Conn(wait)
	if err != nil && errors.Is(context.Cause(wait), ErrOverloaded) {
		err = fmt.Errorf("no connection within %v: %w", l.turn, ErrOverloaded)
	}
	return conn, err
}

// giveBack frees a connection when its rows are read: Close waits for that.
func giveBack(conn *sql.Conn) {
	go func() { _ = conn.Close() }() // of one that broke, whoever reads the rows is told
}

// over is a context that ended with an error of ours.
type over struct {
	context.Context

	err error
}

func (over) Done() <-chan struct{} {
	done := make(chan struct{})
	close(done)
	return done
}

func (o over) Err() error { return o.err }
