package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"
	"strings"
)

// Table is a configuration table whose rows are T: listed, read, made, changed
// and deleted in one way, with an entry in the audit log for every change.
//
//	Create, Update ──▶ check ──▶ row ──▶ children ──▶ audit
//	                     ╰──────── one transaction ────╯
type Table[T any] struct {
	name string // of the table; t in SQL
	kind string // of one row, for people and for the audit log
	from string // what is joined to t, for names beside ids
	only string // condition on the rows that there are; empty: none

	fields  func(*T) []field
	id      func(*T) *int64
	title   func(*T) string // as people know the row
	check   func(*T) error  // fills defaults, and tells a FieldError
	within  func(ctx context.Context, tx *sql.Tx, v *T) error
	may     func(ctx context.Context, tx *sql.Tx, before, after *T) error // refuses a change; nil: none
	filters map[string]string                                             // conditions with one ?, by their name in a query
	search  []string                                                      // expressions in which q is looked for
	order   string                                                        // name of the field that lists are ordered by
	unique  map[string]FieldError
	refers  map[string]string // what else names a row: queries that count, with one ?, by what they count
	kept    []keptKind        // what nobody can remove and names a row
	owned   []string          // tables whose rows are part of a row
	load    func(ctx context.Context, tx *sql.Tx, list []*T) error
	save    func(ctx context.Context, tx *sql.Tx, v *T) error // writes what is in owned
	once    func(from, to *T)                                 // copies what is shown once, to whoever made it
}

// field joins a field of T to a column.
type field struct {
	json   string // its name in JSON; lists are ordered by it
	column string // where it is written; empty: nowhere
	expr   string // what is read; empty: the column; unread: nothing, a secret
	value  any    // pointer, or what scans and values
}

// unread marks a column that is written and never shown. Its value is a pointer
// to a pointer; nil leaves what is there.
const unread = "-"

func (f field) read() string {
	if f.expr == "" {
		return "t." + f.column
	}
	return f.expr
}

// secret says whether the field is one, and whether it is to be set.
func (f field) secret() (secret, set bool) {
	if f.expr != unread {
		return false, true
	}
	p, ok := f.value.(**string)
	return true, ok && *p != nil
}

// Get reads one row. ErrNotFound: there is none.
func (t Table[T]) Get(ctx context.Context, d *DB, id int64) (T, error) {
	var v T
	err := inTx(ctx, d.calls, &sql.TxOptions{ReadOnly: true}, func(tx *sql.Tx) (err error) {
		v, err = t.get(ctx, tx, id)
		return err
	})
	return v, wrap("read "+t.kind, err)
}

// Create makes a row and reads it back. An id that v brings is another row's: it
// is forgotten.
func (t Table[T]) Create(ctx context.Context, d *DB, v T) (T, error) {
	*t.id(&v) = 0
	if err := t.check(&v); err != nil {
		return v, err
	}
	var made T
	err := inTx(ctx, d.calls, nil, func(tx *sql.Tx) (err error) {
		made, err = t.create(ctx, tx, v)
		return err
	})
	return made, wrap("create "+t.kind, t.fault(&v, err))
}

// create writes a checked row and its entry in the audit log.
func (t Table[T]) create(ctx context.Context, tx *sql.Tx, v T) (made T, err error) {
	if err := t.prepare(ctx, tx, &v); err != nil {
		return made, err
	}
	columns, args, _ := t.written(&v)
	id, err := insertID(tx.ExecContext(ctx, insertRows(t.name, strings.Join(columns, ", "), len(columns), 1), args...))
	if err != nil {
		return made, err
	}
	*t.id(&v) = id
	if made, err = t.finish(ctx, tx, &v); err != nil {
		return made, err
	}
	if err := audit(ctx, tx, t.change("create", &made, nil, made)); err != nil {
		return made, err
	}
	t.showOnce(&v, &made)
	return made, nil
}

// Update writes a row as a whole. see is shown the row as it is before, within
// the transaction; its error ends everything.
func (t Table[T]) Update(ctx context.Context, d *DB, id int64, v T, see func(now T) error) (T, error) {
	if err := t.check(&v); err != nil {
		return v, err
	}
	var after T
	err := inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		before, err := t.lock(ctx, tx, id)
		if err == nil {
			err = see(before)
		}
		if err == nil {
			after, err = t.update(ctx, tx, before, v)
		}
		return err
	})
	return after, wrap("change "+t.kind, t.fault(&v, err))
}

// update writes a checked row in the place of one that is locked.
func (t Table[T]) update(ctx context.Context, tx *sql.Tx, before, v T) (after T, err error) {
	*t.id(&v) = *t.id(&before)
	if t.may != nil {
		if err := t.may(ctx, tx, &before, &v); err != nil {
			return after, err
		}
	}
	if err := t.prepare(ctx, tx, &v); err != nil {
		return after, err
	}
	columns, args, secret := t.written(&v)
	if _, err := tx.ExecContext(ctx, "UPDATE "+t.name+" SET "+strings.Join(columns, " = ?, ")+" = ? WHERE id = ?", append(args, *t.id(&v))...); err != nil { //nolint:gosec // G202: names are the program's own, values are parameters
		return after, err
	}
	if after, err = t.finish(ctx, tx, &v); err != nil {
		return after, err
	}
	if secret {
		if err := audit(ctx, tx, t.change("set secret", &after, nil, nil)); err != nil {
			return after, err
		}
	}
	if !sameJSON(before, after) {
		if err := audit(ctx, tx, t.change("update", &after, before, after)); err != nil {
			return after, err
		}
	}
	t.showOnce(&v, &after)
	return after, nil
}

func (t Table[T]) showOnce(from, to *T) {
	if t.once != nil {
		t.once(from, to)
	}
}

// Delete removes a row with what is part of it. A ReferredError says what else
// names it.
func (t Table[T]) Delete(ctx context.Context, d *DB, id int64, see func(now T) error) error {
	err := inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		before, err := t.lock(ctx, tx, id)
		if err == nil {
			err = see(before)
		}
		if err == nil {
			err = t.remove(ctx, tx, before)
		}
		return err
	})
	return wrap("delete "+t.kind, err)
}

func (t Table[T]) remove(ctx context.Context, tx *sql.Tx, before T) error {
	id := *t.id(&before)
	if err := t.referred(ctx, tx, id, t.title(&before)); err != nil {
		return err
	}
	if t.save != nil {
		var nothing T
		*t.id(&nothing) = id
		if err := t.save(ctx, tx, &nothing); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM "+t.name+" WHERE id = ?", id); err != nil { //nolint:gosec // G202: names are the program's own, values are parameters
		return t.named(t.title(&before), err)
	}
	return audit(ctx, tx, t.change("delete", &before, before, nil))
}

// prepare is what has to be looked up before a row is written.
func (t Table[T]) prepare(ctx context.Context, tx *sql.Tx, v *T) error {
	if t.within == nil {
		return nil
	}
	return t.within(ctx, tx, v)
}

// finish writes what is part of a row, and reads the whole.
func (t Table[T]) finish(ctx context.Context, tx *sql.Tx, v *T) (T, error) {
	if t.save != nil {
		if err := t.save(ctx, tx, v); err != nil {
			return *v, err
		}
	}
	return t.get(ctx, tx, *t.id(v))
}

func (t Table[T]) change(action string, v *T, before, after any) Change {
	return Change{Action: action, Kind: t.kind, ID: strconv.FormatInt(*t.id(v), 10), Name: t.title(v), Before: before, After: after}
}

// sameJSON says whether two values read the same: nothing was changed.
func sameJSON(a, b any) bool {
	x, err := json.Marshal(a)
	if err != nil {
		return false
	}
	y, err := json.Marshal(b)
	return err == nil && string(x) == string(y)
}
