package db

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"strings"
)

// BadCell is what is wrong at a place of a table that was sent.
type BadCell struct {
	Line   int    `json:"line" doc:"From 1, the head counted"`
	Column string `json:"column"`
	Text   string `json:"text"`
}

// ErrTable is the answer to a table with wrong cells; NumberImport.Errors has them.
var ErrTable = errors.New("the table has errors; nothing was written")

// NumberImport is what became of a table of numbers, or what would.
type NumberImport struct {
	NumberReport

	Errors []BadCell `json:"errors" nullable:"false" doc:"The first 100. With one or more nothing is written"`
}

const (
	maxImport = 100_000 // rows of a table
	maxErrors = 100     // told of a table
)

// ImportNumbers reads a CSV whose head names columns as an export does. Numbers that
// are not in the pool are added, of those that are only the columns of the table are
// changed. Names may stand for ids: provider, server, account, and
// destination_subscriber by login. It is all or nothing; ErrTable: nothing.
func (d *DB) ImportNumbers(ctx context.Context, from io.Reader, preview bool) (NumberImport, error) {
	var done NumberImport
	sheet, err := readNumberSheet(from)
	done.Errors = sheet.errors
	if err != nil || len(sheet.errors) > 0 {
		return done, errors.Join(err, tableError(sheet.errors))
	}
	done.NumberReport, err = d.numbersTx(ctx, preview, func(tx *sql.Tx, report *NumberReport) error {
		sheet.errors = []BadCell{}
		return sheet.write(ctx, tx, report)
	})
	done.Errors = sheet.errors
	return done, err
}

func tableError(list []BadCell) error {
	if len(list) == 0 {
		return nil
	}
	return ErrTable
}

// write applies the rows to the pool.
func (s *numberSheet) write(ctx context.Context, tx *sql.Tx, report *NumberReport) error {
	names, err := readNumberNames(ctx, tx)
	if err != nil {
		return err
	}
	digits := make([]string, len(s.rows))
	for i := range s.rows {
		digits[i] = s.rows[i].cells["number"]
	}
	if !report.Preview {
		if err := eachIn(ctx, tx, `SELECT id FROM numbers_pool WHERE number IN (?) ORDER BY id FOR UPDATE`, digits, func(*sql.Rows) error { return nil }); err != nil {
			return err
		}
	}
	there, err := numbersBy(ctx, tx, "t.number IN (?)", digits)
	if err != nil {
		return err
	}
	before := byNumber(there)
	var added, changed, foreseen []Number
	for i := range s.rows {
		n, known := before[digits[i]]
		if !known {
			n = Number{Number: digits[i], Enabled: new(true), Direction: "IN/OUT"}
		}
		was := n
		if !s.fill(&n, s.rows[i], names) {
			continue
		}
		foreseen = append(foreseen, n)
		if !known {
			added = append(added, n)
		} else if !sameJSON(was, n) {
			changed = append(changed, n)
		}
	}
	if err := tableError(s.errors); err != nil {
		return err
	}
	report.Matched = len(s.rows)
	if report.Preview {
		if err := nameReferences(ctx, tx, foreseen); err != nil {
			return err
		}
		return reportChanges(ctx, tx, before, foreseen, report)
	}
	if err := writeNumbers(ctx, tx, added, changed); err != nil {
		return err
	}
	after, err := numbersBy(ctx, tx, "t.number IN (?)", digits)
	if err != nil {
		return err
	}
	return reportChanges(ctx, tx, before, after, report)
}

func writeNumbers(ctx context.Context, tx *sql.Tx, added, changed []Number) error {
	if err := insertNumbers(ctx, tx, added); err != nil {
		return err
	}
	table := Numbers()
	for i := range changed {
		columns, args, _ := table.written(&changed[i])
		if _, err := tx.ExecContext(ctx, "UPDATE numbers_pool SET "+strings.Join(columns, " = ?, ")+" = ? WHERE id = ?", append(args, changed[i].ID)...); err != nil { //nolint:gosec // G202: names are the program's own, values are parameters
			return err
		}
	}
	return nil
}

// fill writes the cells of a row into a number and checks it.
func (s *numberSheet) fill(n *Number, row sheetRow, names numberNames) (ok bool) {
	before := len(s.errors)
	for _, column := range s.columns {
		text, there := row.cells[column]
		if !there {
			continue
		}
		if wrong := setCell(n, column, text, names); wrong != "" {
			s.fail(row.line, column, wrong)
		}
	}
	if len(s.errors) > before {
		return false
	}
	err := n.check()
	var field *FieldError
	switch {
	case errors.As(err, &field) && field.Field == "provider_id":
		s.fail(row.line, "provider", "a number that is new wants its provider, by name or id")
	case errors.As(err, &field):
		s.fail(row.line, field.Field, field.Text)
	}
	return err == nil
}
