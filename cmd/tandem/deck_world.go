package main

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
	"tandem/routing"
)

// deckOwnerFlags say whose deck is meant.
type deckOwnerFlags struct {
	Provider string `help:"Provider whose prices these are, by name or id." xor:"owner"`
	Tariff   string `help:"Tariff of ours, by name or id." xor:"owner"`
	Tier     string `help:"Tier of the provider: cli, noncli or premium. Not needed where it sells one only."`
}

func (f deckOwnerFlags) given() bool { return f.Provider != "" || f.Tariff != "" }

// deckWorld is what the database holds besides rates: who there is, which decks
// there are, and what is in force at a moment.
type deckWorld struct {
	now  time.Time // by MariaDB's clock
	at   time.Time // when a deck is to be in force
	data routing.Data
	all  map[int64]db.Deck
}

// readDeckWorld reads the world as it will be at a moment; the zero time, or one
// that is over, is now.
func readDeckWorld(ctx context.Context, database *db.DB, at time.Time) (*deckWorld, error) {
	for {
		w, err := readDeckWorldOnce(ctx, database, at)
		if err != nil || w.whole() {
			return w, err
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
}

func readDeckWorldOnce(ctx context.Context, database *db.DB, at time.Time) (*deckWorld, error) {
	now, err := database.Now(ctx)
	if err != nil {
		return nil, err
	}
	list, err := database.ListDecks(ctx, db.DeckFilter{})
	if err != nil {
		return nil, err
	}
	w := &deckWorld{now: now, at: now, all: map[int64]db.Deck{}}
	var refs []routing.DeckRef
	for _, d := range list {
		w.all[d.ID] = d
		if d.Status == db.DeckPublished || d.Status == db.DeckScheduled {
			refs = append(refs, routing.DeckRef{ID: d.ID, Revision: d.Revision})
		}
	}
	// A table that holds those decks without a row: their rates are not read.
	builder, missing, err := routing.NewRateTable(nil, refs)
	if err != nil {
		return nil, err
	}
	for _, ref := range missing {
		builder.Deck(ref, nil)
	}
	empty, err := builder.Table()
	if err != nil {
		return nil, err
	}
	if at.After(now) {
		w.at = at
		w.data, _, err = database.LoadSnapshotDataAt(ctx, empty, at)
	} else {
		w.data, _, err = database.LoadSnapshotData(ctx, empty)
	}
	return w, err
}

// whole is false when a deck came in force after the decks were listed.
func (w *deckWorld) whole() bool {
	for _, v := range w.data.Decks {
		if d, ok := w.all[v.ID]; !ok || d.Status != db.DeckPublished && d.Status != db.DeckScheduled {
			return false
		}
	}
	return true
}

// still makes sure that a deck is in force as it was when something was compared
// with it.
func (w *deckWorld) still(ctx context.Context, database *db.DB, o db.DeckOwner, base db.Deck) error {
	at := time.Time{}
	if w.at.After(w.now) {
		at = w.at
	}
	now, err := readDeckWorld(ctx, database, at)
	if err != nil {
		return err
	}
	if d, _ := now.inForce(o); d.ID != base.ID || d.Revision != base.Revision {
		return fmt.Errorf("meanwhile deck %d of %s has come in force: compare anew", d.ID, ownerName(o))
	}
	return nil
}

// owner finds whom the flags mean.
func (w *deckWorld) owner(f deckOwnerFlags) (db.DeckOwner, error) {
	switch {
	case f.Tariff != "" && f.Tier != "":
		return db.DeckOwner{}, errors.New("--tier: a tariff has no tiers; leave it away")
	case f.Tariff != "":
		o, err := w.tariff(f.Tariff)
		if err == nil && w.costPlus(o.TariffID) {
			err = fmt.Errorf("--tariff %s: sells at cost plus, by the prices of the providers: it has no decks; tandem tariff create makes one that has", printable(o.Tariff))
		}
		return o, err
	case f.Provider != "":
		p, err := w.provider(f.Provider)
		if err != nil {
			return db.DeckOwner{}, err
		}
		o := db.DeckOwner{ProviderID: p.ID, Provider: p.Name, Currency: w.currency(p.CurrencyID)}
		o.Tier, err = tierOf(p, f.Tier)
		return o, err
	}
	return db.DeckOwner{}, errors.New("whose prices? Say --provider NAME, or --tariff NAME for prices of ours")
}

func (w *deckWorld) tariff(name string) (db.DeckOwner, error) {
	names := make([]named, 0, len(w.data.Tariffs))
	for _, t := range w.data.Tariffs {
		names = append(names, named{t.ID, t.Name})
	}
	i, err := findNamed("--tariff", name, names)
	if err != nil {
		return db.DeckOwner{}, err
	}
	t := w.data.Tariffs[i]
	return db.DeckOwner{TariffID: t.ID, Tariff: t.Name, Currency: w.currency(t.CurrencyID)}, nil
}

func (w *deckWorld) costPlus(tariff int64) bool {
	return slices.ContainsFunc(w.data.Tariffs, func(t routing.Tariff) bool { return t.ID == tariff && t.Markup != nil })
}

func (w *deckWorld) provider(name string) (routing.Provider, error) {
	names := make([]named, 0, len(w.data.Providers))
	for _, p := range w.data.Providers {
		names = append(names, named{p.ID, p.Name})
	}
	i, err := findNamed("--provider", name, names)
	if err != nil {
		return routing.Provider{}, err
	}
	return w.data.Providers[i], nil
}

// tierOf reads --tier, which may be left away where there is no choice.
func tierOf(p routing.Provider, name string) (routing.Tier, error) {
	var sold []routing.Tier
	var names []string
	for _, t := range routing.Tiers() {
		if p.Plain && t == routing.TierCLI || p.TierPrefix[t] != nil {
			sold, names = append(sold, t), append(names, t.String())
		}
	}
	list := strings.Join(names, ", ")
	if name == "" {
		if len(sold) == 1 {
			return sold[0], nil
		}
		return 0, fmt.Errorf("--tier: provider %s sells %s; say which", printable(p.Name), list)
	}
	t, err := routing.ParseTier(strings.ToLower(name))
	switch {
	case err != nil:
		return 0, fmt.Errorf("--tier %q: want %s", name, list)
	case !slices.Contains(sold, t) && p.Plain:
		return 0, fmt.Errorf("--tier %s: provider %s sells no tiers: leave --tier away, or set its prefix for that tier in providers first", t, printable(p.Name))
	case !slices.Contains(sold, t):
		return 0, fmt.Errorf("--tier %s: provider %s sells %s only; set its prefix for that tier in providers first", t, printable(p.Name), list)
	}
	return t, nil
}

func (w *deckWorld) currency(id int64) string {
	for _, c := range w.data.Currencies {
		if c.ID == id {
			return c.ISO
		}
	}
	return ""
}

// fx is what a currency is worth, 0 when that is not known.
func (w *deckWorld) fx(iso string) money.FX {
	for _, c := range w.data.Currencies {
		if c.ISO == iso {
			return w.data.FX[c.ID]
		}
	}
	return 0
}

// inForce is the owner's deck at the moment; ok is false when it has none then.
func (w *deckWorld) inForce(o db.DeckOwner) (d db.Deck, ok bool) {
	for _, v := range w.data.Decks {
		if v.ProviderID == o.ProviderID && v.TariffID == o.TariffID && v.Tier == o.Tier {
			d, ok = w.all[v.ID]
			return d, ok
		}
	}
	return db.Deck{}, false
}

// next is the owner's next deck that is scheduled for later than the moment; ok
// is false when there is none.
func (w *deckWorld) next(o db.DeckOwner) (next db.Deck, ok bool) {
	for _, v := range w.all {
		if v.Owner == o && v.Status == db.DeckScheduled && v.PublishAt.After(w.at) && (!ok || v.PublishAt.Before(next.PublishAt)) {
			next, ok = v, true
		}
	}
	return next, ok
}

// before is the deck that a rollback of this one puts in force again.
func (w *deckWorld) before(d db.Deck) (before db.Deck, ok bool) {
	for _, v := range w.all {
		if v.Owner != d.Owner || v.Status != db.DeckSuperseded {
			continue
		}
		if !ok || cmp.Or(v.PublishAt.Compare(before.PublishAt), cmp.Compare(v.ID, before.ID)) > 0 {
			before, ok = v, true
		}
	}
	return before, ok
}

// rates are those of a deck; of none there are none.
func (w *deckWorld) rates(ctx context.Context, database *db.DB, d db.Deck) deck.Rates {
	if d.ID == 0 {
		return func(func(deck.Rate, error) bool) {}
	}
	return database.DeckRows(ctx, d.ID)
}

// named is somebody who can be asked for by name or id.
type named struct {
	id   int64
	name string
}

// findNamed returns the place of who is meant. The error of a name that is not
// there says which are, and which is nearest.
func findNamed(flag, wanted string, list []named) (int, error) {
	for i, n := range list {
		if strings.EqualFold(n.name, wanted) {
			return i, nil
		}
	}
	if id, err := strconv.ParseInt(wanted, 10, 64); err == nil {
		for i, n := range list {
			if n.id == id {
				return i, nil
			}
		}
	}
	if len(list) == 0 {
		return 0, fmt.Errorf("%s %q: there is none yet; add its row first", flag, wanted)
	}
	names := make([]string, 0, len(list))
	for _, n := range list {
		names = append(names, printable(n.name))
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	nearest := slices.MinFunc(names, func(a, b string) int {
		return cmp.Compare(distance(strings.ToLower(a), strings.ToLower(wanted)), distance(strings.ToLower(b), strings.ToLower(wanted)))
	})
	hint := ""
	if distance(strings.ToLower(nearest), strings.ToLower(wanted)) <= max(2, len([]rune(wanted))/3) {
		hint = "; did you mean " + nearest + "?"
	}
	const shown = 20
	if len(names) > shown {
		names = append(names[:shown], "…")
	}
	return 0, fmt.Errorf("%s %q: not known%s There are %s", flag, wanted, cmp.Or(hint, "."), strings.Join(names, ", "))
}

// distance is how many letters have to be put in, taken out or replaced.
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for i := range row {
		row[i] = i
	}
	for i, x := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range to {
			replaced := diagonal
			if x != y {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
