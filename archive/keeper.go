package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Errors of a Keeper.
var (
	// ErrUnsettled: calls of the month are not over, or money is held for them.
	ErrUnsettled = errors.New("calls of the month are not settled")
	// ErrChanged: rows of the month were written after it was archived. They are
	// kept; the next try archives them.
	ErrChanged = errors.New("records of the month were changed meanwhile")
	// ErrTooYoung: the month is not over, or not for long enough.
	ErrTooYoung = errors.New("it is too early for the month")
	// ErrAside: a run that died has set records of the month aside, and Recover could
	// not see to them. What is in the tables is not the whole month.
	ErrAside = errors.New("records of the month are still set aside")
)

// LeastAge is how long a month is over before its records may leave the database:
// reports and corrections of its calls have come by then.
const LeastAge = 62 * 24 * time.Hour

// Part is the rows of a table of one month.
type Part struct {
	Table string
	Month int  // as 202603
	Aside bool // set aside: no longer in the table, not removed yet
}

// Store is where the records are.
type Store interface {
	// Tables are the tables of records, in the order in which rows leave them.
	Tables() []string
	// PartColumns are the columns of a part that are archived.
	PartColumns(ctx context.Context, p Part) ([]Column, error)
	// Schema is the last step of the schema.
	Schema(ctx context.Context) (int64, error)
	// Rows gives all rows of a part in the order of the table's key. They are the
	// caller's until it returns. A part that is not there any more has none.
	Rows(ctx context.Context, p Part, columns []Column, one func(values [][]byte) error) error
	// Ended is how long ago a month ended, by the store's clock. Below 0: it is not
	// over.
	Ended(ctx context.Context, month int) (ago time.Duration, err error)
	// Unsettled is how many calls of a month are not over or have money held.
	Unsettled(ctx context.Context, month int) (int64, error)
	// SetAside takes a part out of its table, at once, for nobody to change. It may
	// wait some minutes for a moment to do so.
	SetAside(ctx context.Context, p Part) error
	// AllAside lists what was set aside and not removed or put back.
	AllAside(ctx context.Context) ([]Part, error)
	// PutBack adds what was set aside to its table again.
	PutBack(ctx context.Context, p Part) error
	// Remove removes what was set aside.
	Remove(ctx context.Context, p Part) error
	// Forgotten says that the calls of a month may be gone from now on.
	Forgotten(ctx context.Context, month int) error
}

// Keeper moves months from a store to a folder.
type Keeper struct {
	Store    Store
	Dir      string
	Program  string                        // version, for the manifest
	Progress func(what string, rows int64) // may be nil
}

// Archive writes the archive of a month and reads it back. An archive that is there
// and equal to the database is left as it is.
//
// One with other rows stays beside the new one, under a name such as
// 2026-03.old-20260801T040000.000Z. ErrTooYoung: the month is not over.
func (k Keeper) Archive(ctx context.Context, month int) (Manifest, error) {
	if ago, err := k.Store.Ended(ctx, month); err != nil {
		return Manifest{}, err
	} else if ago < 0 {
		return Manifest{}, fmt.Errorf("%s is not over: %w", MonthName(month), ErrTooYoung)
	}
	if aside, err := k.aside(ctx, month); err != nil {
		return Manifest{}, err
	} else if len(aside) > 0 {
		return Manifest{}, fmt.Errorf("%s: %w: %s", MonthName(month), ErrAside, aside[0].Table)
	}
	if n, err := k.Store.Unsettled(ctx, month); err != nil {
		return Manifest{}, err
	} else if n > 0 {
		return Manifest{}, fmt.Errorf("%s: %w: %d", MonthName(month), ErrUnsettled, n)
	}
	m, err := k.there(ctx, month)
	if errors.Is(err, ErrChanged) || errors.Is(err, ErrNone) {
		return k.writeAnew(ctx, month)
	}
	return m, err
}

// there is the archive that is there already. ErrChanged: the database has other
// rows. ErrNone: there is none.
func (k Keeper) there(ctx context.Context, month int) (Manifest, error) {
	m, err := Verify(ctx, k.Dir, month)
	if errors.Is(err, ErrDamaged) {
		return m, fmt.Errorf("%w; move it away to write it anew", err)
	}
	if err != nil {
		return m, err
	}
	for _, t := range m.Tables {
		p := Part{Table: t.Name, Month: month}
		columns, err := k.Store.PartColumns(ctx, p)
		if err != nil {
			return m, err
		}
		now := t // with columns that are newer than the archive
		now.Columns = columns
		rows, same, err := k.same(ctx, p, now)
		switch {
		case err != nil:
			return m, err
		case rows < t.Rows:
			return m, fmt.Errorf("%s has an archive with more rows of %s than the database: %d, %d; it is left as it is", MonthName(month), t.Name, t.Rows, rows)
		case !same || !slices.Equal(columns, t.Columns):
			return m, ErrChanged
		}
	}
	return m, nil
}

func (k Keeper) write(ctx context.Context, month int) (Manifest, error) {
	m := Manifest{Format: Format, Month: MonthName(month), Program: k.Program, MadeAt: time.Now().UTC().Truncate(time.Second)}
	var err error
	if m.Schema, err = k.Store.Schema(ctx); err != nil {
		return m, err
	}
	for _, table := range k.Store.Tables() {
		t, err := k.writeTable(ctx, Part{Table: table, Month: month})
		if err != nil {
			return m, fmt.Errorf("archive of %s %s: %w", table, m.Month, err)
		}
		m.Tables = append(m.Tables, t)
	}
	return m, m.write(k.Dir, month)
}

func (k Keeper) writeTable(ctx context.Context, p Part) (Table, error) {
	columns, err := k.Store.PartColumns(ctx, p)
	if err != nil {
		return Table{}, err
	}
	w, err := newWriter(k.Dir, p.Month, p.Table, columns)
	if err != nil {
		return Table{}, err
	}
	if err := k.Store.Rows(ctx, p, columns, func(values [][]byte) error {
		k.tell("writing "+p.Table, w.table.Rows+1)
		return w.row(values)
	}); err != nil {
		w.abort()
		return Table{}, err
	}
	return w.finish()
}

// same compares a part with its archive.
func (k Keeper) same(ctx context.Context, p Part, t Table) (rows int64, same bool, err error) {
	d := newDigest(t.Columns)
	err = k.Store.Rows(ctx, p, t.Columns, func(values [][]byte) error {
		k.tell("comparing "+p.Table, d.rows+1)
		return d.row(values)
	})
	return d.rows, err == nil && d.is(t), err
}

// Move archives a month and removes it from the database. ErrTooYoung, ErrUnsettled,
// ErrChanged: not yet.
func (k Keeper) Move(ctx context.Context, month int) (Manifest, error) {
	if err := OldEnough(ctx, k.Store, month); err != nil {
		return Manifest{}, err
	}
	m, err := k.Archive(ctx, month)
	if err != nil {
		return m, err
	}
	// Before anybody misses them: what is in the ledger of these calls stays.
	if err := k.Store.Forgotten(ctx, month); err != nil {
		return m, err
	}
	for _, table := range k.Store.Tables() {
		if err := k.Store.SetAside(ctx, Part{Table: table, Month: month}); err != nil {
			return m, errors.Join(err, k.putBack(ctx, month))
		}
	}
	back, err := k.settle(ctx, month)
	return m, errors.Join(back, err)
}

// OldEnough says whether records of a month may leave a store. ErrTooYoung: not yet.
func OldEnough(ctx context.Context, s interface {
	Ended(ctx context.Context, month int) (ago time.Duration, err error)
}, month int,
) error {
	const day = 24 * time.Hour
	ago, err := s.Ended(ctx, month)
	switch {
	case err != nil:
		return err
	case ago < 0:
		return fmt.Errorf("%s is not over: %w", MonthName(month), ErrTooYoung)
	case ago < LeastAge:
		return fmt.Errorf("%s ended %d days ago, and its records leave %d days after its end at the earliest: %w", MonthName(month), ago/day, LeastAge/day, ErrTooYoung)
	}
	return nil
}

func (k Keeper) tell(what string, rows int64) {
	if k.Progress != nil {
		k.Progress(what, rows)
	}
}
