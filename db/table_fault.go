package db

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// Error numbers of MariaDB that speak of the data of a row.
const (
	errParentMissing = 1452 // a foreign key to a row that is not there
	errChildThere    = 1451 // other rows name the one that should go
)

// fault turns what MariaDB says of a row into what is wrong with which field.
func (t Table[T]) fault(v *T, err error) error {
	var e *mysql.MySQLError
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case e.Number == errDuplicate:
		for key, field := range t.unique {
			if strings.HasSuffix(e.Message, "'"+key+"'") || strings.HasSuffix(e.Message, "."+key+"'") {
				return &field
			}
		}
	case e.Number == errParentMissing:
		return t.faultOf(v, between(e.Message, "FOREIGN KEY (`", "`"), "there is none with this id", err)
	case e.Number == errCheckFailed:
		return &FieldError{Field: t.order, Text: "the table does not allow this: " + between(e.Message, "CONSTRAINT `", "`")}
	case refused(err):
		return t.faultOf(v, between(e.Message, "column '", "'"), "too long, too large, or not of the kind that is stored here", err)
	}
	return err
}

// faultOf blames the field that is written to a column.
func (t Table[T]) faultOf(v *T, column, text string, err error) error {
	for _, f := range t.fields(v) {
		if f.column == column && column != "" {
			return &FieldError{Field: f.json, Text: text}
		}
	}
	return err
}

// named is a ReferredError for a row that came to be named just now.
func (t Table[T]) named(title string, err error) error {
	var e *mysql.MySQLError
	if errors.As(err, &e) && e.Number == errChildThere {
		return &ReferredError{What: t.kind + " " + title, By: map[string]int{kindOf(between(e.Message, ".`", "`")): 1}}
	}
	return err
}

// between is the part of text after one mark and before the next.
func between(text, after, before string) string {
	_, rest, found := strings.Cut(text, after)
	part, _, closed := strings.Cut(rest, before)
	if !found || !closed {
		return ""
	}
	return part
}

// keptKind is a kind of rows that stay for ever: records of calls and money. They
// are millions, so nobody counts them.
type keptKind struct{ kind, find string }

// keeps are the kinds of rows that stay for ever and name this one.
func (t Table[T]) keeps(ctx context.Context, tx *sql.Tx, id int64) (kinds []string, err error) {
	for _, k := range t.kept {
		if slices.Contains(kinds, k.kind) {
			continue
		}
		var there bool
		if err := tx.QueryRowContext(ctx, "SELECT EXISTS ("+k.find+")", id).Scan(&there); err != nil {
			return nil, err
		}
		if there {
			kinds = append(kinds, k.kind)
		}
	}
	return kinds, nil
}

// referred is a ReferredError when other rows name this one.
func (t Table[T]) referred(ctx context.Context, tx *sql.Tx, id int64, title string) error {
	kept, err := t.keeps(ctx, tx, id)
	if err != nil {
		return err
	}
	if len(kept) > 0 {
		return &ReferredError{What: t.kind + " " + title, Kept: kept}
	}
	counts, err := t.references(ctx, tx)
	if err != nil {
		return err
	}
	by := map[string]int{}
	for kind, query := range counts {
		var n int
		if err := tx.QueryRowContext(ctx, query, id).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			by[kind] += n
		}
	}
	if len(by) > 0 {
		return &ReferredError{What: t.kind + " " + title, By: by}
	}
	return nil
}

// references are queries that count the rows which name one of ours, by their
// kind. The schema knows most of them.
func (t Table[T]) references(ctx context.Context, tx *sql.Tx) (map[string]string, error) {
	counts := map[string]string{}
	maps.Copy(counts, t.refers)
	rows, err := tx.QueryContext(ctx, `SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE
		WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME = ? AND REFERENCED_COLUMN_NAME = 'id'`, t.name)
	if err != nil {
		return nil, err
	}
	return counts, eachRow(rows, func(rows *sql.Rows) error {
		var table, column string
		err := rows.Scan(&table, &column)
		if !slices.Contains(t.owned, table) {
			counts[kindOf(table)] = "SELECT COUNT(*) FROM `" + table + "` WHERE `" + column + "` = ?"
		}
		return err
	})
}

// kindOf is what people call the rows of a table.
func kindOf(table string) string {
	kinds := map[string]string{
		"providers_ips": "addresses", "numbers_pool": "numbers", "block_list": "blocks", "allow_list": "allowed prefixes",
		"subscriber_numbers": "numbers that subscribers may show", "server_addresses": "addresses of servers",
	}
	if kind, ok := kinds[table]; ok {
		return kind
	}
	return strings.ReplaceAll(table, "_", " ")
}
