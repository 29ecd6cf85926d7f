package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/billing/deck"
	"tandem/db"
	"tandem/internal/money"
)

// PreviewOptions say what to flag.
type PreviewOptions struct {
	RaisePercent int64 `json:"raise_percent" minimum:"1" maximum:"1000000" doc:"Flag prices that rise by more than so many percent"`
	NoticeDays   int   `json:"notice_days" minimum:"0" maximum:"3650" doc:"Flag prices that rise within so many days from now; 0: none"`
}

// DefaultPreview flags what most people want to see.
func DefaultPreview() PreviewOptions { return PreviewOptions{RaisePercent: 25, NoticeDays: 7} }

// Validate names what makes no sense.
func (o PreviewOptions) Validate() error {
	if o.RaisePercent < 1 || o.RaisePercent > 1_000_000 {
		return wrong("--raise-percent", strconv.FormatInt(o.RaisePercent, 10), "want 1 to 1000000")
	}
	if o.NoticeDays < 0 || o.NoticeDays > 3650 {
		return wrong("--notice-days", strconv.Itoa(o.NoticeDays), "want 0 to 3650")
	}
	return nil
}

// Preview is what a deck would change.
type Preview struct {
	Base       *Deck           `json:"base"`           // what it is compared with; null: nothing is in force
	Next       *Deck           `json:"next,omitempty"` // a scheduled one that takes its place later
	Mode       deck.Mode       `json:"mode"`
	Currency   string          `json:"currency"`
	Comparison deck.Comparison `json:"comparison"`
	Traffic    *Traffic        `json:"traffic"` // that money is reckoned by; null: no calls
	Losses     []Loss          `json:"losses"`  // what would be sold below cost
	LossesIn   string          `json:"losses_currency"`
	Unpriced   []string        `json:"unpriced,omitempty"` // decks that losses were not looked for in, for want of an exchange rate
	NoMoney    string          `json:"no_money,omitempty"` // why nothing is said about money
	OfTariff   bool            `json:"-"`                  // it is one of a tariff
	Options    PreviewOptions  `json:"-"`                  // that it was made with
}

// previewer makes previews.
type previewer struct {
	database *db.DB
	world    *World
	owner    db.DeckOwner
	base     string // currency that losses are found in
	options  PreviewOptions
	to       int64 // deck that is looked at; 0: a sheet
	told     Progress
	total    int64
	done     int64 // rates gone by
}

// preview compares rates with a deck, db.Deck{} for none. latest is when the
// last of them begins.
func (p *previewer) preview(ctx context.Context, from db.Deck, rates deck.Rates, size int, latest time.Time, mode deck.Mode) (Preview, error) {
	p.total = p.work(from, int64(size))
	v := Preview{Mode: mode, Currency: p.owner.Currency, LossesIn: p.base, OfTariff: p.owner.TariffID != 0, Options: p.options}
	o := deck.DiffOptions{Mode: mode, RaisePercent: p.options.RaisePercent, NoticeDays: p.noticeDays()}
	was := p.world.rates(ctx, p.database, from)
	err := p.money(ctx, &v, &o, sound(from.ID, was), sound(p.to, rates), latest)
	if err == nil {
		err = p.diff(&v, o, sound(from.ID, was), sound(p.to, rates))
	}
	if OfRates(ctx, err) {
		// It must not stand in the way of a rollback: the rest is still told.
		if _, named := errors.AsType[rateError](err); !named && errors.Is(err, money.ErrOverflow) {
			err = fmt.Errorf("deck %d or the one that follows it: %w", from.ID, err)
		}
		v.NoMoney = err.Error()
		v.Traffic, v.Losses, v.Unpriced, o.Traffic, o.Sell = nil, nil, nil, nil, nil
		err = p.diff(&v, o, was, rates)
	}
	if err != nil {
		return Preview{}, err
	}
	if from.ID != 0 {
		d := ViewDeck(from)
		v.Base = &d
	}
	if next, ok := p.world.Next(p.owner); ok {
		d := ViewDeck(next)
		v.Next = &d
	}
	slices.SortStableFunc(v.Comparison.Destinations, byWeight)
	if v.Comparison.Destinations == nil {
		v.Comparison.Destinations = []deck.Destination{}
	}
	if v.Losses == nil {
		v.Losses = []Loss{}
	}
	return v, nil
}

// money finds out what calls there were, and what is sold below cost.
func (p *previewer) money(ctx context.Context, v *Preview, o *deck.DiffOptions, was, will deck.Rates, latest time.Time) error {
	traffic, err := readTraffic(ctx, p.database, p.world.Now, p.owner.TariffID, p.counted(was), p.counted(will))
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

func (p *previewer) diff(v *Preview, o deck.DiffOptions, was, will deck.Rates) (err error) {
	v.Comparison, err = deck.Diff(p.counted(was), p.counted(will), p.world.At, o)
	return err
}

// noticeDays is how many of the days of notice are left at the moment of
// publication, from which deck.Diff counts; none is less than nothing there.
func (p *previewer) noticeDays() int {
	left := p.options.NoticeDays - int(p.world.At.Sub(p.world.Now)/(24*time.Hour))
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

// counted tells as rates go by.
func (p *previewer) counted(rates deck.Rates) deck.Rates {
	if p.told == nil {
		return rates
	}
	return func(yield func(deck.Rate, error) bool) {
		for r, err := range rates {
			if p.done++; p.done%1024 == 0 {
				p.told(p.done, p.total)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
