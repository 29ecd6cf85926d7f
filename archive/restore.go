package archive

import (
	"context"
	"fmt"
	"slices"
)

// Target is where a month is restored to.
type Target interface {
	// Columns are those that a table has.
	Columns(ctx context.Context, table string) ([]Column, error)
	// Prepare makes the table for a part: the table of records itself, or one
	// beside it. It tells its name.
	Prepare(ctx context.Context, p Part, beside bool) (table string, err error)
	// Add adds rows of a part, a value a column, nil for NULL. A row that is there
	// already stays as it is. ErrDamaged: a row cannot be of that month.
	Add(ctx context.Context, p Part, table string, columns []Column, rows [][]any) (added int64, err error)
}

// restoreBatch is how many rows are added at a time.
const restoreBatch = 200

// Restored is what came of restoring a table.
type Restored struct {
	Table string `json:"table"` // where the rows are now
	Rows  int64  `json:"rows"`  // in the archive
	Added int64  `json:"added"` // the others were there
}

// Restore brings a month back, into the tables of records or into tables beside
// them. The archive is read to its end before the first row is added. It may be
// repeated.
func Restore(ctx context.Context, to Target, dir string, month int, beside bool, progress func(what string, rows int64)) ([]Restored, error) {
	m, err := Verify(ctx, dir, month)
	if err != nil {
		return nil, err
	}
	var list []Restored
	for _, t := range slices.Backward(m.Tables) { // attempts first: a call without them would seem to have cost nothing
		r, err := restoreTable(ctx, to, dir, month, t, beside, progress)
		if err != nil {
			return list, err
		}
		list = append(list, r)
	}
	return list, nil
}

func restoreTable(ctx context.Context, to Target, dir string, month int, t Table, beside bool, progress func(what string, rows int64)) (Restored, error) {
	p := Part{Table: t.Name, Month: month}
	table, err := to.Prepare(ctx, p, beside)
	if err != nil {
		return Restored{}, err
	}
	r := Restored{Table: table}
	there, err := to.Columns(ctx, table)
	if err != nil {
		return r, err
	}
	for _, c := range t.Columns {
		if !slices.ContainsFunc(there, func(o Column) bool { return o.Name == c.Name }) {
			return r, fmt.Errorf("%s has no column %s any more, which the archive has: restore it with the Tandem that its manifest names", table, c.Name)
		}
	}
	batch := make([][]any, 0, restoreBatch)
	add := func() error {
		n, err := to.Add(ctx, p, table, t.Columns, batch)
		r.Added += n
		r.Rows += int64(len(batch))
		batch = batch[:0]
		if progress != nil {
			progress("restoring "+t.Name, r.Rows)
		}
		return err
	}
	err = Rows(ctx, dir, month, t, func(values []any) error {
		if batch = append(batch, values); len(batch) < restoreBatch {
			return nil
		}
		return add()
	})
	if err == nil && len(batch) > 0 {
		err = add()
	}
	return r, err
}
