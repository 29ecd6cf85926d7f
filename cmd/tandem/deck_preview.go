package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"tandem/billing/deck"
	"tandem/desk"
)

// deckPreviewFlags say what to look for and how much of it to print.
type deckPreviewFlags struct {
	RaisePercent int64 `help:"Flag prices that rise by more than so many percent." default:"25"`
	NoticeDays   int   `help:"Flag prices that rise within so many days from now; 0: none." default:"7"`
	All          bool  `help:"Print every destination, not the first 40."`
	JSON         bool  `help:"Print JSON."`
}

func (f deckPreviewFlags) options() desk.PreviewOptions {
	return desk.PreviewOptions{RaisePercent: f.RaisePercent, NoticeDays: f.NoticeDays}
}

func (f deckPreviewFlags) lines() int {
	if f.All {
		return int(^uint(0) >> 1)
	}
	return shownLines
}

// shownLines is how many destinations are printed without --all.
const shownLines = 40

// printPreview writes the preview; lines is how many destinations at most.
func printPreview(out io.Writer, v *desk.Preview, lines int) error {
	c := v.Comparison
	if v.Base == nil {
		fmt.Fprintln(out, "nothing is in force yet: everything is new")
	} else {
		fmt.Fprintf(out, "compared with deck %d, version %d of %s, %s\n", v.Base.ID, v.Base.Version, deckOwner(*v.Base), v.Base.Status)
	}
	if v.Next != nil {
		fmt.Fprintf(out, "note: deck %d is scheduled for %s UTC and counts instead of this one from then on\n", v.Next.ID, moment(v.Next.PublishAt))
	}
	fmt.Fprintf(out, "codes: %d created, %d raised, %d lowered, %d changed otherwise, %d deleted, %d blocked, %d unchanged\n",
		c.Created, c.Raised, c.Lowered, c.Changed, c.Deleted, c.Blocked, c.Unchanged)
	printMoney(out, v)
	belowCost := strconv.Itoa(c.BelowCost)
	if v.NoMoney != "" {
		belowCost = "not looked for"
	}
	fmt.Fprintf(out, "flags: steep (more than +%d %%) %d, short notice %s, below cost %s\n", v.Options.RaisePercent, c.Steep, notice(v), belowCost)
	if err := printDestinations(out, v, lines); err != nil {
		return err
	}
	return printLosses(out, v, lines)
}

// deckOwner is the owner of a deck in few words.
func deckOwner(v desk.Deck) string {
	if v.Tariff != "" {
		return "tariff " + printable(v.Tariff)
	}
	return printable(v.Provider) + " " + v.Tier
}

func notice(v *desk.Preview) string {
	if v.Options.NoticeDays == 0 {
		return "not looked for"
	}
	return fmt.Sprintf("(rises within %d days from now) %d", v.Options.NoticeDays, v.Comparison.Hasty)
}

func printMoney(out io.Writer, v *desk.Preview) {
	i := v.Comparison.Impact
	switch {
	case v.NoMoney != "":
		fmt.Fprintf(out, "%s; the comparison in money is left out\n", printable(v.NoMoney))
		return
	case v.Traffic == nil:
		fmt.Fprintf(out, "money: no %s to reckon with\n", callsOf(v, "in"))
		return
	case i == nil:
		fmt.Fprintf(out, "money: none of the %d %s went to these codes\n", v.Traffic.Calls, callsOf(v, "of"))
		return
	}
	fmt.Fprintf(out, "money: all %s at these prices: %s %s, before %s (%s)\n",
		callsOf(v, "of"), twoDigits(i.After, false), v.Currency, twoDigits(i.Before, false), twoDigits(i.Difference, true))
	if i.LostCalls > 0 {
		fmt.Fprintf(out, "lost: %d of those calls, %d minutes, could not be made any more\n", i.LostCalls, i.LostSeconds/60)
	}
	if v.Traffic.Digits > 0 {
		fmt.Fprintf(out, "the calls are known by their first %d digits only: longer codes have their shorter one's money\n", v.Traffic.Digits)
	}
}

// callsOf says which calls are looked at.
func callsOf(v *desk.Preview, in string) string {
	if v.OfTariff {
		return fmt.Sprintf("answered calls of its accounts in the last %d days", desk.TrafficDays)
	}
	return fmt.Sprintf("answered calls %s the last %d days", in, desk.TrafficDays)
}

func printDestinations(out io.Writer, v *desk.Preview, lines int) error {
	list := v.Comparison.Destinations
	if len(list) == 0 || lines == 0 {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "\ndestination\tcodes\twhat\tbefore\tafter\tchange\tmoney\tflags")
	for _, d := range list[:min(lines, len(list))] {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\n",
			orDash(printable(d.Name)), d.Codes, kindsText(d.Change), pricesText(d.Before), pricesText(d.After), changeText(d.Change), impactText(d.Impact), flagsText(d.Change))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if more := len(list) - lines; more > 0 {
		fmt.Fprintf(out, "and %d more destinations: --all prints them\n", more)
	}
	return nil
}

// kindsText says how many codes of a destination change how.
func kindsText(c deck.Change) string {
	var words []string
	for _, k := range []struct {
		n    int
		word string
	}{
		{c.Blocked, "blocked"},
		{c.Deleted, "deleted"},
		{c.Raised, "raised"},
		{c.Created, "created"},
		{c.Lowered, "lowered"},
		{c.Changed, "changed"},
	} {
		switch {
		case k.n == c.Codes:
			words = append(words, k.word)
		case k.n > 0:
			words = append(words, fmt.Sprintf("%d %s", k.n, k.word))
		}
	}
	return cmp.Or(strings.Join(words, ", "), "unchanged")
}

func pricesText(p *deck.Prices) string {
	switch {
	case p == nil:
		return "-"
	case p.Min == p.Max:
		return shortPrice(p.Min)
	}
	return shortPrice(p.Min) + " to " + shortPrice(p.Max)
}

func changeText(c deck.Change) string {
	if c.Percent == nil || *c.Percent == 0 && c.MostPercent == nil {
		return "-"
	}
	text := percentText(*c.Percent)
	if c.MostPercent != nil && *c.MostPercent != *c.Percent {
		text += ", most " + percentText(*c.MostPercent)
	}
	return text
}

func percentText(p deck.Percent) string {
	if p > 0 {
		return "+" + p.String() + " %"
	}
	return p.String() + " %"
}

func impactText(i *deck.Impact) string {
	switch {
	case i == nil:
		return "-"
	case i.LostCalls == 0:
		return twoDigits(i.Difference, true)
	case i.Difference == 0:
		return fmt.Sprintf("%d calls lost", i.LostCalls)
	}
	return fmt.Sprintf("%s, %d calls lost", twoDigits(i.Difference, true), i.LostCalls)
}

func flagsText(c deck.Change) string {
	var words []string
	for _, k := range []struct {
		n    int
		word string
	}{{c.Steep, "steep"}, {c.Hasty, "short notice"}, {c.BelowCost, "below cost"}} {
		switch {
		case k.n > 0 && k.n == c.Codes:
			words = append(words, k.word)
		case k.n > 0:
			words = append(words, fmt.Sprintf("%s %d", k.word, k.n))
		}
	}
	if len(words) == 0 {
		return "-"
	}
	return strings.Join(words, ", ") + ": " + someCodes(c.Flagged, max(c.Steep, c.Hasty, c.BelowCost))
}

// someCodes lists codes, of which there may be more.
func someCodes(codes []string, total int) string {
	const few = 4
	text := strings.Join(codes[:min(few, len(codes))], " ")
	if total > few {
		text += " …"
	}
	return text
}

func printLosses(out io.Writer, v *desk.Preview, lines int) error {
	for _, name := range v.Unpriced {
		fmt.Fprintf(out, "not looked at for losses: %s, its currency has no rate in fx_rates\n", name)
	}
	if len(v.Losses) == 0 || lines == 0 {
		return nil
	}
	for _, kind := range []struct{ which, title string }{
		{"", "sold below cost"}, {desk.Cheapest, "below the cheapest provider"}, {desk.Dearest, "below the dearest provider"},
	} {
		list := slices.DeleteFunc(slices.Clone(v.Losses), func(l desk.Loss) bool { return l.Which != kind.which })
		if err := printLossTable(out, kind.title, list, lines); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "costs and brings: an average call with its increments and fees, in %s\n", v.LossesIn)
	return nil
}

func printLossTable(out io.Writer, title string, list []desk.Loss, lines int) error {
	if len(list) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "\n%s\tcodes\tagainst\tcosts\tbrings\tfirst codes\n", title)
	for _, l := range list[:min(lines, len(list))] {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\n", orDash(printable(l.Destination)), l.Codes, printable(l.Against), shortPrice(l.Cost), shortPrice(l.Sale), someCodes(l.First, l.Codes))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if more := len(list) - lines; more > 0 {
		fmt.Fprintf(out, "and %d more: --all prints them\n", more)
	}
	return nil
}
