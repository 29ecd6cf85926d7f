package view

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

// StatementPage is how many lines of a statement are read at a time.
const StatementPage = 2000

// StatementHead is above the lines of a statement.
type StatementHead struct {
	AccountID int64        `json:"account_id"`
	Account   string       `json:"account"`
	Currency  string       `json:"currency"`
	From      time.Time    `json:"from"`
	To        time.Time    `json:"to,omitzero" doc:"None: the end"`
	Opening   money.Amount `json:"opening" doc:"Before the first line of this page"`
}

// StatementFoot is below them.
type StatementFoot struct {
	Closing money.Amount `json:"closing"`
	Lines   int          `json:"lines"`
	In      money.Amount `json:"in"`
	Out     money.Amount `json:"out"`
	After   string       `json:"after,omitempty" doc:"Cursor of the next page; none: this is the last"`
}

// Statement is one page, whole.
type Statement struct {
	StatementHead

	Postings []Posting `json:"postings" nullable:"false"`
	StatementFoot
}

// StatementForm is how a statement is written.
type StatementForm interface {
	Head(h StatementHead) error
	Line(v Posting) error
	Foot(f StatementFoot) error
}

// StatementQuery says which lines of which account. Limit 0: all of them.
type StatementQuery struct {
	Account  db.Account
	From, To time.Time
	After    string
	Limit    int
}

// Write reads a statement and writes it as it is read: a million lines take no
// more memory than a page.
func (q StatementQuery) Write(ctx context.Context, database *db.DB, form StatementForm) error {
	party := billing.Party{Kind: billing.Customer, ID: q.Account.ID}
	currency := q.Account.CurrencyID
	books := NewBooks(database)
	foot := StatementFoot{After: q.After}
	for page := 0; ; page++ {
		size := StatementPage
		if q.Limit > 0 {
			size = min(size, q.Limit-foot.Lines)
		}
		st, err := database.Statement(ctx, party, q.From, q.To, foot.After, size)
		if err != nil {
			return err
		}
		if page == 0 {
			if err := form.Head(StatementHead{q.Account.ID, q.Account.Name, q.Account.Currency, q.From, q.To, st.Opening[currency]}); err != nil {
				return err
			}
		}
		lines, err := books.Entries(ctx, st.Entries)
		if err != nil {
			return err
		}
		for i := range lines {
			foot.add(*lines[i].Sum)
			if err := form.Line(lines[i]); err != nil {
				return err
			}
		}
		foot.Closing, foot.After = st.Closing[currency], st.Next
		if st.Next == "" || q.Limit > 0 && foot.Lines >= q.Limit {
			return form.Foot(foot)
		}
	}
}

func (f *StatementFoot) add(sum money.Amount) {
	f.Lines++
	if sum > 0 {
		f.In += sum
	} else {
		f.Out -= sum
	}
}

// MonthBegan is when the month of a moment began on an account's clock.
func MonthBegan(now time.Time, zoneName string) time.Time {
	zone, err := time.LoadLocation(zoneName)
	if err != nil {
		zone = time.UTC
	}
	y, m, _ := now.In(zone).Date()
	return time.Date(y, m, 1, 0, 0, 0, 0, zone).UTC()
}

// StatementWhole keeps a statement as one value.
type StatementWhole struct{ Statement }

// Head implements StatementForm.
func (s *StatementWhole) Head(h StatementHead) error {
	s.StatementHead, s.Postings = h, []Posting{}
	return nil
}

// Line implements StatementForm.
func (s *StatementWhole) Line(v Posting) error {
	s.Postings = append(s.Postings, v)
	return nil
}

// Foot implements StatementForm.
func (s *StatementWhole) Foot(f StatementFoot) error {
	s.StatementFoot = f
	return nil
}

// StatementCSV is for spreadsheets: sums as they are, to the last digit.
type StatementCSV struct {
	w        *csv.Writer
	currency string
}

// NewStatementCSV writes a statement into a file.
func NewStatementCSV(out io.Writer) *StatementCSV { return &StatementCSV{w: csv.NewWriter(out)} }

// Head implements StatementForm.
func (f *StatementCSV) Head(h StatementHead) error {
	f.currency = h.Currency
	if err := f.w.Write([]string{"posting", "at", "kind", "call_id", "sum", "balance", "currency", "foreign_sum", "foreign_currency", "note", "key"}); err != nil {
		return err
	}
	return f.w.Write([]string{"", h.From.UTC().Format(time.RFC3339), "opening", "", "", h.Opening.String(), h.Currency, "", "", "", ""})
}

// Line implements StatementForm.
func (f *StatementCSV) Line(v Posting) error {
	foreign := [2]string{}
	if v.Foreign != nil {
		foreign = [2]string{v.Foreign.Amount.String(), v.Foreign.Currency}
	}
	return f.w.Write([]string{
		strconv.FormatInt(v.ID, 10), v.At.UTC().Format("2006-01-02T15:04:05.000Z"), string(v.Kind), CellText(v.CallID), v.Sum.String(), v.Balance.String(), v.Currency,
		foreign[0], foreign[1], CellText(v.Note), CellText(v.Key),
	})
}

// Foot implements StatementForm.
func (f *StatementCSV) Foot(s StatementFoot) error {
	if err := f.w.Write([]string{"", "", "closing", "", (s.In - s.Out).String(), s.Closing.String(), f.currency, "", "", s.After, ""}); err != nil {
		return err
	}
	f.w.Flush()
	return f.w.Error()
}

// StatementJSON is one object whose postings are written one by one.
type StatementJSON struct {
	out   io.Writer
	lines int
}

// NewStatementJSON writes a statement as JSON.
func NewStatementJSON(out io.Writer) *StatementJSON { return &StatementJSON{out: out} }

// Head implements StatementForm.
func (f *StatementJSON) Head(h StatementHead) error {
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f.out, "%s,\"postings\":[", text[:len(text)-1])
	return err
}

// Line implements StatementForm.
func (f *StatementJSON) Line(v Posting) error {
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

// Foot implements StatementForm.
func (f *StatementJSON) Foot(s StatementFoot) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f.out, "\n],%s\n", text[1:])
	return err
}
