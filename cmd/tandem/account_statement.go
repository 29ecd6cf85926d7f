package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/money"
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

// statementPage is how many lines are read at a time.
const statementPage = 2000

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
		s := statement{accountStatementCmd: x, database: database, account: a}
		if s.from, s.to, err = x.span(ctx, database, a); err != nil {
			return err
		}
		if s.names, err = readBookNames(ctx, database); err != nil {
			return err
		}
		switch {
		case x.JSON:
			s.form = &statementJSON{out: e.out}
		case x.CSV:
			s.form = &statementCSV{w: csv.NewWriter(e.out)}
		default:
			s.form = statementText{e.out}
		}
		return s.print(ctx)
	})
}

// span reads --from and --to on the account's clock.
func (x accountStatementCmd) span(ctx context.Context, database *db.DB, a db.Account) (from, to time.Time, err error) {
	zone, err := time.LoadLocation(a.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	if from, err = parseMoment("--from", x.From, zone); err != nil {
		return from, to, err
	}
	if to, err = parseMoment("--to", x.To, zone); err != nil {
		return from, to, err
	}
	if x.From == "" {
		now, err := database.Now(ctx)
		if err != nil {
			return from, to, err
		}
		y, m, _ := now.In(zone).Date()
		from = time.Date(y, m, 1, 0, 0, 0, 0, zone).UTC()
	}
	if !to.IsZero() && !from.Before(to) {
		return from, to, fmt.Errorf("--to %s: not after %s; a statement goes from an earlier moment to a later one", moment(to), moment(from))
	}
	return from, to, nil
}

// statement is one at work.
type statement struct {
	accountStatementCmd

	database *db.DB
	account  db.Account
	names    *bookNames
	from, to time.Time
	form     statementForm
}

// statementHead is above the lines.
type statementHead struct {
	AccountID int64        `json:"account_id"`
	Account   string       `json:"account"`
	Currency  string       `json:"currency"`
	From      time.Time    `json:"from"`
	To        time.Time    `json:"to,omitzero"` // none: the end
	Opening   money.Amount `json:"opening"`     // before the first line of this page
}

// statementFoot is below them.
type statementFoot struct {
	Closing money.Amount `json:"closing"`
	Lines   int          `json:"lines"`
	In      money.Amount `json:"in"`
	Out     money.Amount `json:"out"`
	After   string       `json:"after,omitempty"` // cursor of the next page
}

// statementForm is how a statement is written.
type statementForm interface {
	head(h statementHead) error
	line(v postingView) error
	foot(f statementFoot) error
}

func (s *statement) print(ctx context.Context) error {
	party := billing.Party{Kind: billing.Customer, ID: s.account.ID}
	currency := s.account.CurrencyID
	foot := statementFoot{After: s.After}
	for page := 0; ; page++ {
		size := statementPage
		if s.Limit > 0 {
			size = min(size, s.Limit-foot.Lines)
		}
		st, err := s.database.Statement(ctx, party, s.from, s.to, foot.After, size)
		if err != nil {
			return err
		}
		if page == 0 {
			if err := s.form.head(statementHead{s.account.ID, s.account.Name, s.account.Currency, s.from, s.to, st.Opening[currency]}); err != nil {
				return err
			}
		}
		for _, entry := range st.Entries {
			foot.Lines++
			if entry.Sum > 0 {
				foot.In += entry.Sum
			} else {
				foot.Out -= entry.Sum
			}
			if err := s.form.line(s.names.entry(entry)); err != nil {
				return err
			}
		}
		foot.Closing, foot.After = st.Closing[currency], st.Next
		if st.Next == "" || s.Limit > 0 && foot.Lines >= s.Limit {
			return s.form.foot(foot)
		}
	}
}

// statementText is a table of fixed columns, so that no line waits for another.
type statementText struct{ out io.Writer }

const statementLine = "%9s  %-19s  %-10s  %16s  %16s  %s\n"

func (f statementText) head(h statementHead) error {
	until := "the end"
	if !h.To.IsZero() {
		until = "before " + moment(h.To)
	}
	fmt.Fprintf(f.out, "account %d, %s: from %s until %s UTC, in %s\n\n", h.AccountID, printable(h.Account), moment(h.From), until, orDash(h.Currency))
	fmt.Fprintf(f.out, statementLine, "posting", "at, UTC", "kind", "sum", "balance", "what")
	_, err := fmt.Fprintf(f.out, statementLine, "", "", "opening", "", shortPrice(h.Opening), "-")
	return err
}

func (f statementText) line(v postingView) error {
	_, err := fmt.Fprintf(f.out, statementLine, strconv.FormatInt(v.ID, 10), moment(v.At), v.Kind, signed(*v.Sum), shortPrice(*v.Balance), v.what())
	return err
}

func (f statementText) foot(s statementFoot) error {
	fmt.Fprintf(f.out, statementLine, "", "", "closing", signed(s.In-s.Out), shortPrice(s.Closing), fmt.Sprintf("%s, in %s, out %s", plural(s.Lines, "line"), shortPrice(s.In), shortPrice(s.Out)))
	if s.After != "" {
		fmt.Fprintf(f.out, "\nmore: --after %s\n", s.After)
	}
	return nil
}

// statementCSV is for spreadsheets: sums as they are, to the last digit.
type statementCSV struct {
	w        *csv.Writer
	currency string
}

func (f *statementCSV) head(h statementHead) error {
	f.currency = h.Currency
	if err := f.w.Write([]string{"posting", "at", "kind", "call_id", "sum", "balance", "currency", "foreign_sum", "foreign_currency", "note", "key"}); err != nil {
		return err
	}
	return f.w.Write([]string{"", h.From.UTC().Format(time.RFC3339), "opening", "", "", h.Opening.String(), h.Currency, "", "", "", ""})
}

func (f *statementCSV) line(v postingView) error {
	foreign := [2]string{}
	if v.Foreign != nil {
		foreign = [2]string{v.Foreign.Amount.String(), v.Foreign.Currency}
	}
	return f.w.Write([]string{
		strconv.FormatInt(v.ID, 10), v.At.UTC().Format("2006-01-02T15:04:05.000Z"), string(v.Kind), v.CallID, v.Sum.String(), v.Balance.String(), v.Currency,
		foreign[0], foreign[1], inCell(v.Note), v.Key,
	})
}

// inCell keeps a spreadsheet from taking a note for a formula.
func inCell(text string) string {
	if text != "" && (text[0] == '=' || text[0] == '+' || text[0] == '-' || text[0] == '@') {
		return "'" + text
	}
	return text
}

func (f *statementCSV) foot(s statementFoot) error {
	if err := f.w.Write([]string{"", "", "closing", "", (s.In - s.Out).String(), s.Closing.String(), f.currency, "", "", s.After, ""}); err != nil {
		return err
	}
	f.w.Flush()
	return f.w.Error()
}

// statementJSON is one object whose postings are written one by one.
type statementJSON struct {
	out   io.Writer
	lines int
}

func (f *statementJSON) head(h statementHead) error {
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f.out, "%s,\"postings\":[", text[:len(text)-1])
	return err
}

func (f *statementJSON) line(v postingView) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	comma := ","
	if f.lines == 0 {
		comma = ""
	}
	f.lines++
	_, err = fmt.Fprintf(f.out, "%s\n%s", comma, text)
	return err
}

func (f *statementJSON) foot(s statementFoot) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f.out, "\n],%s\n", text[1:])
	return err
}
