package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"tandem/db"
	"tandem/desk"
	"tandem/routing"
)

type deckListCmd struct {
	deckOwnerFlags
	All  bool `help:"Also those that are superseded or rolled back."`
	JSON bool `help:"Print JSON."`
}

// Run lists decks, newest first.
func (x deckListCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		list, err := x.list(ctx, database)
		if err != nil {
			return err
		}
		views := make([]desk.Deck, 0, len(list))
		for _, d := range list {
			if x.All || d.Status != db.DeckSuperseded && d.Status != db.DeckRolledBack {
				views = append(views, desk.ViewDeck(d))
			}
		}
		if x.JSON {
			return printJSON(e, views)
		}
		return printDecks(e, views)
	})
}

func (x deckListCmd) list(ctx context.Context, database *db.DB) ([]db.Deck, error) {
	var f db.DeckFilter
	if x.Tier != "" {
		t, err := routing.ParseTier(strings.ToLower(x.Tier))
		if err != nil {
			return nil, fmt.Errorf("--%w", err)
		}
		f.Tier = &t
	}
	if x.choice().Given() {
		world, err := desk.ReadWorld(ctx, database, time.Time{})
		if err != nil {
			return nil, err
		}
		if x.Tariff != "" {
			o, err := world.Tariff(x.choice())
			if err != nil {
				return nil, err
			}
			f.TariffID = o.TariffID
		} else {
			p, err := world.Provider(x.choice())
			if err != nil {
				return nil, err
			}
			f.ProviderID = p.ID
		}
	}
	return database.ListDecks(ctx, f)
}

func printDecks(e *env, views []desk.Deck) error {
	if len(views) == 0 {
		_, err := fmt.Fprintln(e.out, "no decks")
		return err
	}
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "deck\tof\tversion\tstatus\tin force from, UTC\trates\timported, UTC\tfile\tcomment")
	for _, d := range views {
		fmt.Fprintf(w, "%d\t%s\t%d\t%s\t%s\t%d\t%s\t%s\t%s\n", d.ID, deckOwner(d), d.Version, d.Status, moment(d.PublishAt), d.Rates,
			moment(d.CreatedAt), orDash(shortened(printable(d.File))), orDash(printable(d.Comment)))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if slices.ContainsFunc(views, func(d desk.Deck) bool { return d.Status == db.DeckLoading }) {
		fmt.Fprintln(e.out, "loading: an import is at work, or it was killed; nobody uses the deck, and the next import takes away what a killed one left")
	}
	return nil
}

type deckShowCmd struct {
	ID   int64 `arg:"" help:"Deck, as in the list."`
	JSON bool  `help:"Print JSON."`
}

// Run shows what is known of one deck.
func (x deckShowCmd) Run(ctx context.Context, e *env) error {
	return withDesk(ctx, e, func(k *desk.Desk) error {
		d, err := k.Deck(ctx, x.ID)
		if err != nil {
			return err
		}
		v := desk.ViewDeck(d)
		if x.JSON {
			return printJSON(e, v)
		}
		return printDeck(e, v, hasBefore(ctx, k.DB, v))
	})
}

func printDeck(e *env, d desk.Deck, before bool) error {
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	line := func(name, format string, args ...any) { fmt.Fprintf(w, name+"\t"+format+"\n", args...) }
	line("deck", "%d, version %d of %s", d.ID, d.Version, deckOwner(d))
	line("status", "%s", d.Status)
	line("in force from", "%s", moment(d.PublishAt))
	if !d.RolledBackAt.IsZero() {
		line("rolled back", "%s", moment(d.RolledBackAt))
	}
	line("rates", "%d, in %s", d.Rates, d.Currency)
	line("time zone", "%s", d.TimeZone)
	line("imported", "%s", moment(d.CreatedAt))
	line("file", "%s", orDash(printable(d.File)))
	line("sha256", "%s", orDash(d.SHA256))
	line("comment", "%s", orDash(printable(d.Comment)))
	if d.Revision > 1 {
		line("revision", "%d: its rows were changed by hand", d.Revision)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if next := nextStep(d, before); next != "" {
		fmt.Fprintln(e.out, next)
	}
	return nil
}

// nextStep says what can be done with a deck; before says that there is one to
// roll it back to. Empty: nothing more.
func nextStep(d desk.Deck, before bool) string {
	switch d.Status {
	case db.DeckDraft:
		return fmt.Sprintf("nobody uses it yet; tandem deck publish %d puts it in force", d.ID)
	case db.DeckScheduled:
		return fmt.Sprintf("in force from %s UTC; tandem deck unpublish %d makes a draft of it again", moment(d.PublishAt), d.ID)
	case db.DeckPublished:
		if !before {
			return "in force; it is the first, so that there is none to go back to"
		}
		return "in force; tandem deck rollback " + ownerFlags(d) + " takes it back"
	case db.DeckRolledBack:
		return "taken back for good; " + again(d)
	default:
		return ""
	}
}

// again says how the rates of a deck that has been in force are published anew.
func again(d desk.Deck) string {
	zone := ""
	if d.TimeZone != "UTC" {
		zone = " --time-zone " + printable(d.TimeZone)
	}
	return fmt.Sprintf("to publish its rates again: tandem deck export %d --out FILE, and tandem deck import FILE %s%s --publish", d.ID, ownerFlags(d), zone)
}

// ownerFlags name the owner on the command line, by id where the name is not one
// to type.
func ownerFlags(d desk.Deck) string {
	name := func(name string, id int64) string {
		if printable(name) != name {
			return strconv.FormatInt(id, 10)
		}
		return strconv.Quote(name)
	}
	if d.TariffID != 0 {
		return "--tariff " + name(d.Tariff, d.TariffID)
	}
	return "--provider " + name(d.Provider, d.ProviderID) + " --tier " + d.Tier
}

// hasBefore says that a rollback of the deck in force has one to go back to. What
// cannot be read is not promised.
func hasBefore(ctx context.Context, database *db.DB, d desk.Deck) bool {
	if d.Status != db.DeckPublished {
		return false
	}
	list, err := database.ListDecks(ctx, db.DeckFilter{ProviderID: d.ProviderID, TariffID: d.TariffID})
	return err == nil && slices.ContainsFunc(list, func(v db.Deck) bool {
		other := desk.ViewDeck(v)
		return other.Status == db.DeckSuperseded && other.Tier == d.Tier
	})
}

// shortened cuts a name to what a table has room for.
func shortened(name string) string {
	const room = 40
	if runes := []rune(name); len(runes) > room {
		return string(runes[:room-1]) + "…"
	}
	return name
}
