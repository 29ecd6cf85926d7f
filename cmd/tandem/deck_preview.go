package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"tandem/billing/deck"
	"tandem/db"
	"tandem/internal/money"
)

// deckPreviewFlags say what to look for and how much of it to print.
type deckPreviewFlags struct {
	RaisePercent int64 `help:"Flag prices that rise by more than so many percent." default:"25"`
	NoticeDays   int   `help:"Flag prices that rise within so many days from now; 0: none." default:"7"`
	All          bool  `help:"Print every destination, not the first 40."`
	JSON         bool  `help:"Print JSON."`
}

func (f deckPreviewFlags) check() error {
	if f.RaisePercent < 1 || f.RaisePercent > 1_000_000 {
		return fmt.Errorf("--raise-percent %d: want 1 to 1000000", f.RaisePercent)
	}
	if f.NoticeDays < 0 || f.NoticeDays > 3650 {
		return fmt.Errorf("--notice-days %d: want 0 to 3650", f.NoticeDays)
	}
	return nil
}

// deckPreview is what a deck would change.
type deckPreview struct {
	Base       *deckView        `json:"base"`           // what it is compared with; null: nothing is in force
	Next       *deckView        `json:"next,omitempty"` // a scheduled one that takes its place later
	Mode       deck.Mode        `json:"mode"`
	Currency   string           `json:"currency"`
	Comparison deck.Comparison  `json:"comparison"`
	Traffic    *deckTraffic     `json:"traffic"` // that money is reckoned by; null: no calls
	Losses     []deckLoss       `json:"losses"`  // what would be sold below cost
	LossesIn   string           `json:"losses_currency"`
	Unpriced   []string         `json:"unpriced,omitempty"` // decks that losses were not looked for in, for want of an exchange rate
	NoMoney    string           `json:"no_money,omitempty"` // why nothing is said about money
	tariff     bool             // it is one of a tariff
	flags      deckPreviewFlags // that it was made with
}

// previewer makes previews.
type previewer struct {
	database *db.DB
	world    *deckWorld
	owner    db.DeckOwner
	base     string // currency that losses are found in
	flags    deckPreviewFlags
	to       int64 // deck that is looked at; 0: a sheet
	bar      *progressBar
	done     int64 // rates gone by
}

// preview compares rates with a deck, db.Deck{} for none. latest is when the
// last of them begins.
func (p *previewer) preview(ctx context.Context, e *env, from db.Deck, rates deck.Rates, size int, latest time.Time, mode deck.Mode) (deckPreview, error) {
	p.bar = newBar(e, "comparing", p.work(from, int64(size)), false)
	defer p.bar.end()
	v := deckPreview{Mode: mode, Currency: p.owner.Currency, LossesIn: p.base, tariff: p.owner.TariffID != 0, flags: p.flags}
	o := deck.DiffOptions{Mode: mode, RaisePercent: p.flags.RaisePercent, NoticeDays: p.noticeDays()}
	was := p.world.rates(ctx, p.database, from)
	err := p.money(ctx, &v, &o, sound(from.ID, was), sound(p.to, rates), latest)
	if err == nil {
		err = p.diff(&v, o, sound(from.ID, was), sound(p.to, rates))
	}
	if ofRates(ctx, err) {
		// It must not stand in the way of a rollback: the rest is still told.
		if _, named := errors.AsType[rateError](err); !named && errors.Is(err, money.ErrOverflow) {
			err = fmt.Errorf("deck %d or the one that follows it: %w", from.ID, err)
		}
		v.NoMoney = err.Error()
		v.Traffic, v.Losses, v.Unpriced, o.Traffic, o.Sell = nil, nil, nil, nil, nil
		err = p.diff(&v, o, was, rates)
	}
	if err != nil {
		return deckPreview{}, err
	}
	if from.ID != 0 {
		d := viewDeck(from)
		v.Base = &d
	}
	if next, ok := p.world.next(p.owner); ok {
		d := viewDeck(next)
		v.Next = &d
	}
	slices.SortStableFunc(v.Comparison.Destinations, byWeight)
	if v.Comparison.Destinations == nil {
		v.Comparison.Destinations = []deck.Destination{}
	}
	if v.Losses == nil {
		v.Losses = []deckLoss{}
	}
	return v, nil
}

// money finds out what calls there were, and what is sold below cost.
func (p *previewer) money(ctx context.Context, v *deckPreview, o *deck.DiffOptions, was, will deck.Rates, latest time.Time) error {
	traffic, err := readTraffic(ctx, p.database, p.world.now, p.owner.TariffID, p.bar.counted(was, &p.done), p.bar.counted(will, &p.done))
	if err != nil {
		return err
	}
	losses, err := p.losses(ctx, will, latest)
	if err != nil {
		return err
	}
	if o.Sell = losses.sell; traffic != nil {
		o.Traffic = traffic.code
	}
	v.Traffic, v.Losses, v.Unpriced = traffic, losses.List, losses.Unpriced
	return nil
}

func (p *previewer) diff(v *deckPreview, o deck.DiffOptions, was, will deck.Rates) (err error) {
	v.Comparison, err = deck.Diff(p.bar.counted(was, &p.done), p.bar.counted(will, &p.done), p.world.at, o)
	return err
}

// noticeDays is how many of the days of notice are left at the moment of
// publication, from which deck.Diff counts; none is less than nothing there.
func (p *previewer) noticeDays() int {
	left := p.flags.NoticeDays - int(p.world.at.Sub(p.world.now)/(24*time.Hour))
	if left <= 0 {
		return -1
	}
	return left
}

// work is how many rates go by.
func (p *previewer) work(from db.Deck, size int64) int64 {
	total := 2 * (int64(from.Rates) + size)
	others, _ := p.world.counterparts(p.owner)
	for _, c := range others {
		total += int64(c.deck.Rates) + size
	}
	return total
}

// byWeight puts first what costs or saves most, then what loses most calls, then
// what changes most.
func byWeight(a, b deck.Destination) int {
	return cmp.Or(
		cmp.Compare(moneyWeight(b), moneyWeight(a)), cmp.Compare(lostSeconds(b), lostSeconds(a)), cmp.Compare(steepness(b), steepness(a)), strings.Compare(a.Name, b.Name),
	)
}

func moneyWeight(d deck.Destination) money.Amount {
	if d.Impact == nil {
		return 0
	}
	return max(d.Impact.Difference, -d.Impact.Difference)
}

func lostSeconds(d deck.Destination) int64 {
	if d.Impact == nil {
		return 0
	}
	return d.Impact.LostSeconds
}

func steepness(d deck.Destination) deck.Percent {
	steep := deck.Percent(0)
	for _, p := range []*deck.Percent{d.Percent, d.MostPercent} {
		if p != nil {
			steep = max(steep, *p, -*p)
		}
	}
	return steep
}

// shownLines is how many destinations are printed without --all.
const shownLines = 40

// print writes the preview; lines is how many destinations at most.
func (v deckPreview) print(out io.Writer, lines int) error {
	c := v.Comparison
	if v.Base == nil {
		fmt.Fprintln(out, "nothing is in force yet: everything is new")
	} else {
		fmt.Fprintf(out, "compared with deck %d, version %d of %s, %s\n", v.Base.ID, v.Base.Version, v.Base.owner(), v.Base.Status)
	}
	if v.Next != nil {
		fmt.Fprintf(out, "note: deck %d is scheduled for %s UTC and counts instead of this one from then on\n", v.Next.ID, moment(v.Next.PublishAt))
	}
	fmt.Fprintf(out, "codes: %d created, %d raised, %d lowered, %d changed otherwise, %d deleted, %d blocked, %d unchanged\n",
		c.Created, c.Raised, c.Lowered, c.Changed, c.Deleted, c.Blocked, c.Unchanged)
	v.printMoney(out)
	belowCost := strconv.Itoa(c.BelowCost)
	if v.NoMoney != "" {
		belowCost = "not looked for"
	}
	fmt.Fprintf(out, "flags: steep (more than +%d %%) %d, short notice %s, below cost %s\n", v.flags.RaisePercent, c.Steep, v.notice(), belowCost)
	if err := v.printDestinations(out, lines); err != nil {
		return err
	}
	return v.printLosses(out, lines)
}

func (v deckView) owner() string {
	if v.Tariff != "" {
		return "tariff " + printable(v.Tariff)
	}
	return printable(v.Provider) + " " + v.Tier
}

func (v deckPreview) notice() string {
	if v.flags.NoticeDays == 0 {
		return "not looked for"
	}
	return fmt.Sprintf("(rises within %d days from now) %d", v.flags.NoticeDays, v.Comparison.Hasty)
}

func (v deckPreview) printMoney(out io.Writer) {
	i := v.Comparison.Impact
	switch {
	case v.NoMoney != "":
		fmt.Fprintf(out, "%s; the comparison in money is left out\n", printable(v.NoMoney))
		return
	case v.Traffic == nil:
		fmt.Fprintf(out, "money: no %s to reckon with\n", v.callsOf("in"))
		return
	case i == nil:
		fmt.Fprintf(out, "money: none of the %d %s went to these codes\n", v.Traffic.Calls, v.callsOf("of"))
		return
	}
	fmt.Fprintf(out, "money: all %s at these prices: %s %s, before %s (%s)\n",
		v.callsOf("of"), twoDigits(i.After, false), v.Currency, twoDigits(i.Before, false), twoDigits(i.Difference, true))
	if i.LostCalls > 0 {
		fmt.Fprintf(out, "lost: %d of those calls, %d minutes, could not be made any more\n", i.LostCalls, i.LostSeconds/60)
	}
	if v.Traffic.Digits > 0 {
		fmt.Fprintf(out, "the calls are known by their first %d digits only: longer codes have their shorter one's money\n", v.Traffic.Digits)
	}
}

// callsOf says which calls are looked at.
func (v deckPreview) callsOf(in string) string {
	if v.tariff {
		return fmt.Sprintf("answered calls of its accounts in the last %d days", trafficDays)
	}
	return fmt.Sprintf("answered calls %s the last %d days", in, trafficDays)
}

func (v deckPreview) printDestinations(out io.Writer, lines int) error {
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

func (v deckPreview) printLosses(out io.Writer, lines int) error {
	for _, name := range v.Unpriced {
		fmt.Fprintf(out, "not looked at for losses: %s, its currency has no rate in fx_rates\n", name)
	}
	if len(v.Losses) == 0 || lines == 0 {
		return nil
	}
	for _, kind := range []struct{ which, title string }{
		{"", "sold below cost"}, {cheapest, "below the cheapest provider"}, {dearest, "below the dearest provider"},
	} {
		list := slices.DeleteFunc(slices.Clone(v.Losses), func(l deckLoss) bool { return l.Which != kind.which })
		if err := printLossTable(out, kind.title, list, lines); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "costs and brings: an average call with its increments and fees, in %s\n", v.LossesIn)
	return nil
}

func printLossTable(out io.Writer, title string, list []deckLoss, lines int) error {
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
