package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"tandem/db"
	"tandem/desk"
	"tandem/view"
)

type accountStatementCmd struct {
	Name  string `arg:"" help:"Account, by name or id."`
	From  string `help:"From this day or moment on, on the account's clock, as 2026-11-01. Default: the first of this month." placeholder:"TIME"`
	To    string `help:"Until before this day or moment. Default: the end." placeholder:"TIME"`
	Limit int    `help:"A page of so many lines; 0: all of them." default:"0"`
	After string `help:"The next page: what the page before said." placeholder:"CURSOR"`
	CSV   bool   `name:"csv" help:"Print CSV." xor:"form"`
	JSON  bool   `help:"Print JSON." xor:"form"`
}

// Run prints a statement. It is written as it is read: a million lines take no
// more memory than a page.
func (x accountStatementCmd) Run(ctx context.Context, e *env) error {
	if x.Limit < 0 {
		return fmt.Errorf("--limit %d: want how many lines, or 0 for all", x.Limit)
	}
	return withDB(ctx, e, func(database *db.DB) error {
		a, err := findAccount(ctx, database, x.Name)
		if err != nil {
			return err
		}
		q := view.StatementQuery{Account: a, After: x.After, Limit: x.Limit}
		if q.From, q.To, err = x.span(ctx, database, a); err != nil {
			return err
		}
		var form view.StatementForm = statementText{e.out}
		switch {
		case x.JSON:
			form = view.NewStatementJSON(e.out)
		case x.CSV:
			form = view.NewStatementCSV(e.out)
		}
		return q.Write(ctx, database, form)
	})
}

// span reads --from and --to on the account's clock.
func (x accountStatementCmd) span(ctx context.Context, database *db.DB, a db.Account) (from, to time.Time, err error) {
	zone, err := time.LoadLocation(a.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	if from, err = desk.ParseMoment("--from", x.From, zone); err != nil {
		return from, to, err
	}
	if to, err = desk.ParseMoment("--to", x.To, zone); err != nil {
		return from, to, err
	}
	if x.From == "" {
		now, err := database.Now(ctx)
		if err != nil {
			return from, to, err
		}
		from = view.MonthBegan(now, a.TimeZone)
	}
	if !to.IsZero() && !from.Before(to) {
		return from, to, fmt.Errorf("--to %s: not after %s; a statement goes from an earlier moment to a later one", moment(to), moment(from))
	}
	return from, to, nil
}

// statementText is a table of fixed columns, so that no line waits for another.
type statementText struct{ out io.Writer }

const statementLine = "%9s  %-19s  %-10s  %16s  %16s  %s\n"

// Head implements view.StatementForm.
func (f statementText) Head(h view.StatementHead) error {
	until := "the end"
	if !h.To.IsZero() {
		until = "before " + moment(h.To)
	}
	fmt.Fprintf(f.out, "account %d, %s: from %s until %s UTC, in %s\n\n", h.AccountID, printable(h.Account), moment(h.From), until, orDash(h.Currency))
	fmt.Fprintf(f.out, statementLine, "posting", "at, UTC", "kind", "sum", "balance", "what")
	_, err := fmt.Fprintf(f.out, statementLine, "", "", "opening", "", shortPrice(h.Opening), "-")
	return err
}

// Line implements view.StatementForm.
func (f statementText) Line(v view.Posting) error {
	_, err := fmt.Fprintf(f.out, statementLine, strconv.FormatInt(v.ID, 10), moment(v.At), v.Kind, signed(*v.Sum), shortPrice(*v.Balance), whatOf(v))
	return err
}

// Foot implements view.StatementForm.
func (f statementText) Foot(s view.StatementFoot) error {
	fmt.Fprintf(f.out, statementLine, "", "", "closing", signed(s.In-s.Out), shortPrice(s.Closing), fmt.Sprintf("%s, in %s, out %s", plural(s.Lines, "line"), shortPrice(s.In), shortPrice(s.Out)))
	if s.After != "" {
		fmt.Fprintf(f.out, "\nmore: --after %s\n", s.After)
	}
	return nil
}
