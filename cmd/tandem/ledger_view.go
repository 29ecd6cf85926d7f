package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/money"
)

// postingView is a posting as people and scripts read it.
type postingView struct {
	ID       int64               `json:"id"`
	At       time.Time           `json:"at"`
	Kind     billing.PostingKind `json:"kind"`
	Debit    partyView           `json:"debit"`
	Credit   partyView           `json:"credit"`
	Amount   money.Amount        `json:"amount"`
	Currency string              `json:"currency"`
	Sum      *money.Amount       `json:"sum,omitempty"`     // as the party sees it that was asked for: above zero to it
	Balance  *money.Amount       `json:"balance,omitempty"` // of that party after it
	CallID   string              `json:"call_id,omitempty"`
	Note     string              `json:"note,omitempty"`
	Key      string              `json:"key"`
	Reverses int64               `json:"reverses,omitempty"`
	Foreign  *foreignView        `json:"foreign,omitempty"`
}

// partyView is one side of a posting.
type partyView struct {
	Kind billing.PartyKind `json:"kind"`
	ID   int64             `json:"id,omitempty"`
	Name string            `json:"name,omitempty"`
}

func (p partyView) String() string {
	switch {
	case p.ID == 0:
		return string(p.Kind)
	case p.Name == "":
		return string(p.Kind) + " " + strconv.FormatInt(p.ID, 10)
	}
	return string(p.Kind) + " " + printable(p.Name)
}

// foreignView is the sum that a posting was converted from.
type foreignView struct {
	Amount     money.Amount `json:"amount"`
	Currency   string       `json:"currency"`
	PerEUR     money.FX     `json:"per_eur"`        // units of that currency per euro
	PerEURInto money.FX     `json:"per_eur_posted"` // of the posting's
}

// bookNames are the names of what the ledger has by number.
type bookNames struct {
	currencies map[int64]string
	accounts   map[int64]string
	providers  map[int64]string
}

func readBookNames(ctx context.Context, database *db.DB) (*bookNames, error) {
	n := &bookNames{currencies: map[int64]string{}, accounts: map[int64]string{}, providers: map[int64]string{}}
	currencies, err := database.Currencies(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range currencies {
		n.currencies[c.ID] = c.ISO
	}
	data, _, err := database.LoadSnapshotDataFor(ctx, time.Time{}) // without rates
	if err != nil {
		return nil, err
	}
	for _, a := range data.Accounts {
		n.accounts[a.ID] = a.Name
	}
	for _, p := range data.Providers {
		n.providers[p.ID] = p.Name
	}
	return n, nil
}

func (n *bookNames) currency(id int64) string {
	return cmp.Or(n.currencies[id], "currency "+strconv.FormatInt(id, 10))
}

func (n *bookNames) party(p billing.Party) partyView {
	v := partyView{Kind: p.Kind, ID: p.ID}
	switch p.Kind {
	case billing.Customer:
		v.Name = n.accounts[p.ID]
	case billing.Provider:
		v.Name = n.providers[p.ID]
	case billing.Revenue, billing.Expense, billing.Cash, billing.Adjustment, billing.Exchange:
	}
	return v
}

func (n *bookNames) posting(p billing.Posting) postingView {
	v := postingView{
		ID: p.ID, At: p.At, Kind: p.Kind, Debit: n.party(p.Debit), Credit: n.party(p.Credit), Amount: p.Amount, Currency: n.currency(p.CurrencyID),
		CallID: p.CallID, Note: p.Note, Key: p.Key, Reverses: p.Reverses,
	}
	if f := p.Foreign; f != nil {
		v.Foreign = &foreignView{Amount: f.Amount, Currency: n.currency(f.CurrencyID), PerEUR: f.From, PerEURInto: f.To}
	}
	return v
}

func (n *bookNames) postings(list []billing.Posting) []postingView {
	views := make([]postingView, 0, len(list))
	for _, p := range list {
		views = append(views, n.posting(p))
	}
	return views
}

func (n *bookNames) entry(e db.Entry) postingView {
	v := n.posting(e.Posting)
	v.Sum, v.Balance = &e.Sum, &e.Closes
	return v
}

// what is a posting in a few words.
func (v postingView) what() string {
	text := ""
	add := func(more string) {
		if text != "" {
			text += ", "
		}
		text += more
	}
	if v.CallID != "" {
		add("call " + printable(v.CallID))
	}
	if f := v.Foreign; f != nil {
		add(fmt.Sprintf("%s %s at %s / %s per EUR", shortPrice(f.Amount), f.Currency, shortPrice(f.PerEUR), shortPrice(f.PerEURInto)))
	}
	if v.Reverses != 0 {
		add("takes back " + strconv.FormatInt(v.Reverses, 10))
	}
	if v.Note != "" {
		add(printable(v.Note))
	}
	return orDash(text)
}

// printPostings shows both sides of postings.
func printPostings(out io.Writer, list []postingView) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "posting\tat, UTC\tkind\tdebit\tcredit\tsum\tcurrency\twhat")
	for _, p := range list {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", p.ID, moment(p.At), p.Kind, p.Debit, p.Credit, shortPrice(p.Amount), p.Currency, p.what())
	}
	return w.Flush()
}

// printEntries shows postings as their party sees them.
func printEntries(out io.Writer, list []postingView) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(out, "no postings")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "posting\tat, UTC\tkind\tsum\tbalance\tcurrency\twhat")
	for _, p := range list {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", p.ID, moment(p.At), p.Kind, signed(*p.Sum), shortPrice(*p.Balance), p.Currency, p.what())
	}
	return w.Flush()
}

// signed is a sum that comes or goes.
func signed(a money.Amount) string {
	if a > 0 {
		return "+" + shortPrice(a)
	}
	return shortPrice(a)
}
