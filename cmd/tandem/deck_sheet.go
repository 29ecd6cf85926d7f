package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"tandem/billing/deck"
	"tandem/desk"
	"tandem/internal/money"
)

// deckSheetFlags say how to read a sheet. What is not said is guessed, and shown.
type deckSheetFlags struct {
	Map         string     `help:"Which column is what, as \"prefix=2,per_minute=Price USD,first=F\": by number, header or letter."`
	Worksheet   string     `help:"Worksheet of a workbook." aliases:"sheet"`
	Encoding    string     `help:"utf-8, utf-16le, utf-16be, windows-1251, windows-1252 or gb18030."`
	Delimiter   string     `help:"Between the columns of a CSV: , ; | or tab."`
	Dates       string     `help:"Order of dates such as 01/02/2026: dmy or mdy."`
	Decimal     string     `help:"Sign before the decimals: . or ,"`
	Currency    string     `help:"What the prices are in, ISO 4217. Default: the owner's, and none else is taken."`
	TimeZone    string     `help:"Of dates without one, and of the hours in the week. Default: that of the deck in force, else UTC."`
	First       int32      `help:"First increment in seconds where the sheet names none; 0: 60."`
	Next        int32      `help:"Next increment in seconds where the sheet names none; 0: 60."`
	Supersede   bool       `help:"A later row of a code ends an earlier one that has no end."`
	MaxPrice    money.Rate `help:"A price per minute above it is an error; 0: 100." default:"0"`
	MaxBytes    int64      `help:"Largest file; 0: 256 MiB."`
	MaxUnzipped int64      `help:"Largest content of a workbook; 0: 2 GiB."`
	MaxRates    int        `help:"Most rates; 0: 6000000."`
	MaxLine     int        `help:"Longest row in bytes; 0: 1 MiB."`
	MaxColumns  int        `help:"Most columns; 0: 200."`
}

// Lines of each kind that are printed; JSON has all.
const (
	shownFaults  = 50
	shownNotes   = 10
	shownSkipped = 5
)

// printSheet says what was read and what its columns were taken for.
func printSheet(out io.Writer, s *desk.Sheet) error {
	if s.Sheet == nil || s.Format == "" {
		return nil // nothing was understood, as the error says
	}
	words := []string{s.Format, s.Encoding}
	if s.Delimiter != "" {
		words = append(words, fmt.Sprintf("columns parted by %q", s.Delimiter))
	}
	if s.Worksheet != "" {
		words = append(words, fmt.Sprintf("worksheet %q", s.Worksheet))
	}
	if s.Header > 0 {
		words = append(words, fmt.Sprintf("header in line %d", s.Header))
	} else {
		words = append(words, "no header")
	}
	fmt.Fprintf(out, "%s: %s\n", printable(s.File), strings.Join(nonEmpty(words...), ", "))
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "\ncolumn\theader\tmeaning\tsure\twhy")
	for _, c := range s.Columns {
		sure := "-"
		if c.Confidence > 0 {
			sure = fmt.Sprintf("%d %%", c.Confidence)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", c.Letter, orDash(printable(c.Header)), c.Field, sure, c.Why)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	if s.Rates > 0 {
		fmt.Fprintln(out, summaryOf(s))
	}
	printNotes(out, "note: ", s.Notes, s.NotesTotal, shownNotes)
	printNotes(out, "skipped: ", s.Skipped, s.SkippedTotal, shownSkipped)
	return nil
}

func summaryOf(s *desk.Sheet) string {
	text := fmt.Sprintf("%d lines, %d rates", s.Lines, s.Rates)
	if s.Currency != "" {
		text += " in " + s.Currency
	}
	if s.Decimal == "," {
		text += ", with a decimal comma"
	}
	if s.Dates != "" {
		text += ", dates " + string(s.Dates)
	}
	switch {
	case s.Latest.IsZero():
	case s.Earliest.Equal(s.Latest):
		text += ", in force from " + moment(s.Latest) + " UTC"
	case s.Earliest.IsZero():
		text += ", the last in force from " + moment(s.Latest) + " UTC"
	default:
		text += fmt.Sprintf(", in force from %s to %s UTC", moment(s.Earliest), moment(s.Latest))
	}
	return text
}

func printNotes(out io.Writer, what string, notes []deck.Note, total, most int) {
	for _, n := range notes[:min(most, len(notes))] {
		fmt.Fprintln(out, what+printable(n.String()))
	}
	if more := total - min(most, len(notes)); more > 0 {
		fmt.Fprintf(out, "%sand %d more\n", what, more)
	}
}

// printFaults writes what is wrong, a line each.
func printFaults(out io.Writer, faults *deck.SheetError) {
	for _, f := range faults.Faults[:min(shownFaults, len(faults.Faults))] {
		fmt.Fprintln(out, printable(f.Error()))
	}
	if more := faults.Total - shownFaults; more > 0 {
		fmt.Fprintf(out, "and %d more: --json has them all\n", more)
	}
	count := "1 error"
	if faults.Total != 1 {
		count = fmt.Sprintf("%d errors", faults.Total)
	}
	fmt.Fprintf(out, "\n%s in the sheet; nothing was changed\n", count)
}
