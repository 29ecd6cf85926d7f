package main

import (
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"tandem/internal/money"
	"tandem/view"
)

// partyText is one side of a posting.
func partyText(p view.Party) string {
	switch {
	case p.ID == 0:
		return string(p.Kind)
	case p.Name == "":
		return string(p.Kind) + " " + strconv.FormatInt(p.ID, 10)
	}
	return string(p.Kind) + " " + printable(p.Name)
}

// whatOf is a posting in a few words.
func whatOf(v view.Posting) string {
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
func printPostings(out io.Writer, list []view.Posting) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "posting\tat, UTC\tkind\tdebit\tcredit\tsum\tcurrency\twhat")
	for _, p := range list {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", p.ID, moment(p.At), p.Kind, partyText(p.Debit), partyText(p.Credit), shortPrice(p.Amount), p.Currency, whatOf(p))
	}
	return w.Flush()
}

// printEntries shows postings as their party sees them.
func printEntries(out io.Writer, list []view.Posting) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(out, "no postings")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "posting\tat, UTC\tkind\tsum\tbalance\tcurrency\twhat")
	for _, p := range list {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", p.ID, moment(p.At), p.Kind, signed(*p.Sum), shortPrice(*p.Balance), p.Currency, whatOf(p))
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
