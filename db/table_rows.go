package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// lock reads a row that nobody else changes until the end of the transaction.
func (t Table[T]) lock(ctx context.Context, tx *sql.Tx, id int64) (T, error) {
	var v T
	if err := tx.QueryRowContext(ctx, "SELECT id FROM "+t.name+" WHERE id = ? FOR UPDATE", id).Scan(&id); err != nil {
		return v, t.absent(id, err)
	}
	return t.get(ctx, tx, id)
}

func (t Table[T]) get(ctx context.Context, tx *sql.Tx, id int64) (T, error) {
	var v T
	columns, into := t.shown(&v)
	err := tx.QueryRowContext(ctx, "SELECT "+columns+t.source(whose("t.id = ?")), id).Scan(into...)
	if err != nil {
		return v, t.absent(id, err)
	}
	if t.load != nil {
		err = t.load(ctx, tx, []*T{&v})
	}
	return v, err
}

func (t Table[T]) absent(id int64, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s %d: %w", t.kind, id, ErrNotFound)
	}
	return err
}

// source is FROM and WHERE.
func (t Table[T]) source(w where) string {
	if t.only != "" {
		w = w.and(whose(t.only))
	}
	return " FROM " + t.name + " t " + t.from + w.text()
}

// shown are the expressions that fill v, and where they go.
func (t Table[T]) shown(v *T) (columns string, into []any) {
	var list []string
	for _, f := range t.fields(v) {
		if secret, _ := f.secret(); !secret {
			list = append(list, f.read())
			into = append(into, f.value)
		}
	}
	return strings.Join(list, ", "), into
}

// written are the columns that v sets, whether a secret is among them.
func (t Table[T]) written(v *T) (columns []string, args []any, secret bool) {
	for _, f := range t.fields(v) {
		hidden, set := f.secret()
		if f.column == "" || !set {
			continue
		}
		columns = append(columns, f.column)
		args = append(args, f.value)
		secret = secret || hidden
	}
	return columns, args, secret
}
