package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"time"
	"unicode/utf8"

	"tandem/billing/deck"
	"tandem/db"
)

type deckImportCmd struct {
	File string `arg:"" help:"Rate sheet, CSV or XLSX."`
	deckOwnerFlags
	Effective string `help:"When rates begin that have no date of their own, as 2026-12-01 or \"2026-12-01 06:00\". With --publish: when the deck is in force."`
	Partial   bool   `help:"The sheet has only what changes: codes that it does not name stay as they are."`
	Comment   string `help:"Kept with the deck."`
	DryRun    bool   `help:"Only show what it would change." xor:"then"`
	Publish   bool   `help:"Put the deck in force, now or at --effective." xor:"then"`
	Yes       bool   `help:"With --publish: do not ask."`
	deckPreviewFlags
	deckSheetFlags
}

// deckImport is what came of an import.
type deckImport struct {
	Sheet   deckSheet        `json:"sheet"`
	Errors  *deck.SheetError `json:"errors,omitempty"`
	SameAs  *deckView        `json:"same_file_as,omitempty"` // a deck that was read from this very file
	Preview *deckPreview     `json:"preview,omitempty"`
	Deck    *deckView        `json:"deck,omitempty"` // none after errors and with --dry-run
}

// Run reads a sheet whole, shows what it would change, and keeps it as a draft.
// Until that is complete nothing is changed, whatever happens.
func (x deckImportCmd) Run(ctx context.Context, e *env) error {
	if err := x.check(); err != nil {
		return err
	}
	i := importer{deckImportCmd: x, e: e}
	err := withDB(ctx, e, func(database *db.DB) error {
		i.database = database
		return i.run(ctx)
	})
	if err == nil || errors.Is(err, errSaid) || i.out.Deck != nil {
		return err
	}
	return i.failed(ctx, err)
}

// failed says of an import that did not end well what it has left.
func (i *importer) failed(ctx context.Context, err error) error {
	switch {
	case i.draft != 0 && errors.Is(err, db.ErrUnavailable) && ctx.Err() == nil:
		return fmt.Errorf("%w; whether deck %d was published is not known: tandem deck show %d tells", err, i.draft, i.draft)
	case i.draft != 0 && ctx.Err() != nil:
		return fmt.Errorf("interrupted: deck %d stays a draft; tandem deck publish %d puts it in force, tandem deck delete %d takes it away", i.draft, i.draft, i.draft)
	case i.draft != 0:
		return fmt.Errorf("%w; deck %d stays a draft", err, i.draft)
	case ctx.Err() != nil && i.writing && !cleaned(err):
		return fmt.Errorf("interrupted: no deck was changed; rows that were written are used by nobody, and the next import takes them away: %w", err)
	case ctx.Err() != nil:
		return errors.New("interrupted: nothing was changed")
	}
	return fmt.Errorf("%w; nothing was changed", err)
}

func (x deckImportCmd) check() error {
	if err := x.deckPreviewFlags.check(); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(x.Comment); n > maxComment {
		return fmt.Errorf("--comment: %d characters, and at most %d are kept; shorten it", n, maxComment)
	}
	if x.Publish {
		return askable(x.Yes)
	}
	return nil
}

// maxComment is how long a comment may be in the database.
const maxComment = 255

// importer is one import.
type importer struct {
	deckImportCmd
	e        *env
	database *db.DB
	config   config

	world     *deckWorld
	owner     db.DeckOwner
	base      db.Deck // in force when the new one begins
	zone      *time.Location
	effective time.Time
	publishAt time.Time // zero: now
	out       deckImport
	writing   bool
	draft     int64 // complete; 0: not yet
	before    bool  // there is a deck to roll back to
}

func (i *importer) run(ctx context.Context) error {
	var err error
	if i.config, err = loadConfig(i.e.config); err != nil {
		return err
	}
	if err := i.prepare(ctx); err != nil {
		return err
	}
	if err := i.read(ctx); err != nil {
		return i.faults(err)
	}
	i.recognise()
	i.idle()
	if !i.JSON {
		if err := i.printRead(); err != nil {
			return err
		}
	}
	if err := i.preview(ctx); err != nil {
		return err
	}
	if !i.DryRun {
		if err := i.keep(ctx); err != nil {
			return err
		}
	}
	if i.JSON {
		return printJSON(i.e, i.out)
	}
	return i.farewell()
}

// prepare finds out whose prices these are and what they follow.
func (i *importer) prepare(ctx context.Context) error {
	var err error
	if i.world, err = readDeckWorld(ctx, i.database, time.Time{}); err != nil {
		return err
	}
	if i.owner, err = i.world.owner(i.deckOwnerFlags); err != nil {
		return err
	}
	i.base, _ = i.world.inForce(i.owner)
	name := i.TimeZone
	if name == "" {
		name = i.base.Zone
	}
	if i.zone, err = loadZone(name); err != nil {
		return err
	}
	if i.effective, err = parseMoment("--effective", i.Effective, i.zone); err != nil {
		return err
	}
	if !i.Publish || i.effective.IsZero() {
		return i.sameZone(ctx)
	}
	i.publishAt, i.effective = i.effective, time.Time{} // the deck as a whole begins then
	if i.publishAt.Before(i.world.now) {
		return fmt.Errorf("--effective %s: over already; leave it away to publish now", i.Effective)
	}
	if i.world, err = readDeckWorld(ctx, i.database, i.publishAt); err != nil {
		return err
	}
	i.base, _ = i.world.inForce(i.owner)
	return i.sameZone(ctx)
}

// sameZone refuses to carry hours in the week over to another clock.
func (i *importer) sameZone(ctx context.Context) error {
	if i.base.ID == 0 || i.base.Zone == i.zone.String() {
		return nil
	}
	for r, err := range i.database.DeckRows(ctx, i.base.ID) {
		if err != nil {
			return err
		}
		if !r.Window.IsZero() {
			return fmt.Errorf("--time-zone %s: deck %d, which this one follows, has prices by the hour on the clock of %s; say --time-zone %s",
				i.zone, i.base.ID, i.base.Zone, i.base.Zone)
		}
	}
	return nil
}

func loadZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fmt.Errorf("--time-zone %q: want a name of the IANA time zone database such as Europe/Moscow, or UTC", name)
	}
	return zone, nil
}

// parseMoment reads a day or a moment; without a zone it is on the clock of zone.
func parseMoment(flag, text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly, "2006-01-02 15:04", "2006-01-02T15:04", time.DateTime, "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%s %q: want a day such as 2026-12-01, or a moment such as \"2026-12-01 06:00\" or 2026-12-01T06:00:00Z", flag, text)
}

// read reads and checks the whole sheet.
func (i *importer) read(ctx context.Context) error {
	o, err := i.options(i.owner.Currency, i.zone)
	if err != nil {
		return err
	}
	o.Effective = i.effective
	i.out.Sheet.File = filepath.Base(i.File)
	file, size, err := deck.Open(i.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no such file", printable(i.File))
	case err != nil:
		return err
	}
	defer file.Close()
	i.out.Sheet.Bytes = size
	b := newBar(i.e, "reading", size, true)
	defer b.end()
	o.Progress = b.to
	if i.out.Sheet.Sheet, err = deck.Read(ctx, file, size, o); err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(file, 0, size)); err != nil {
		return err
	}
	i.out.Sheet.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return nil
}

// faults tells what is wrong with the sheet.
func (i *importer) faults(err error) error {
	faults, ok := errors.AsType[*deck.SheetError](err)
	if !ok {
		return err
	}
	i.out.Errors = faults
	if i.JSON {
		if err := printJSON(i.e, i.out); err != nil {
			return err
		}
		return errSaid
	}
	if err := i.out.Sheet.print(i.e.out); err != nil {
		return err
	}
	printFaults(i.e.out, faults)
	return errSaid
}

// recognise finds a deck that was read from this very file.
func (i *importer) recognise() {
	for _, d := range i.world.all {
		if d.SHA256 == i.out.Sheet.SHA256 && d.Owner == i.owner && d.Status != db.DeckLoading && (i.out.SameAs == nil || d.ID > i.out.SameAs.ID) {
			v := viewDeck(d)
			i.out.SameAs = &v
		}
	}
}

// idle tells of flags that count for nothing here.
func (i *importer) idle() {
	if i.Yes && !i.Publish {
		fmt.Fprintln(i.e.errOut, "note: --yes counts for nothing without --publish: nothing is asked, and the deck stays a draft")
	}
	if i.Worksheet != "" && i.out.Sheet.Worksheet == "" {
		fmt.Fprintf(i.e.errOut, "note: --worksheet counts for nothing: %s is no workbook\n", printable(i.out.Sheet.File))
	}
}

func (i *importer) printRead() error {
	if err := i.out.Sheet.print(i.e.out); err != nil {
		return err
	}
	if d := i.out.SameAs; d != nil {
		fmt.Fprintf(i.e.out, "note: deck %d, %s, was read from this very file\n", d.ID, d.Status)
	}
	return nil
}

func (i *importer) mode() deck.Mode {
	if i.Partial {
		return deck.ModePartial
	}
	return deck.ModeFull
}

func (i *importer) preview(ctx context.Context) error {
	p := previewer{database: i.database, world: i.world, owner: i.owner, base: i.config.Routing.BaseCurrency, flags: i.deckPreviewFlags}
	s := i.out.Sheet
	v, err := p.preview(ctx, i.e, i.base, s.All(), s.Rates, s.Latest, i.mode())
	if err != nil {
		return err
	}
	i.out.Preview = &v
	if i.JSON {
		return nil
	}
	fmt.Fprintln(i.e.out)
	return v.print(i.e.out, v.flags.lines())
}

func (f deckPreviewFlags) lines() int {
	if f.All {
		return int(^uint(0) >> 1)
	}
	return shownLines
}

// keep makes a draft of the sheet, and puts it in force when asked to.
func (i *importer) keep(ctx context.Context) error {
	s := i.out.Sheet
	live := i.world.rates(ctx, i.database, i.base)
	rates := deck.CarryOver(live, s.All(), deck.CarryOptions{PublishAt: i.world.at, Mode: i.mode(), DeleteAt: s.Earliest})
	total := int64(s.Rates)
	if i.Partial {
		total = max(total, int64(i.base.Rates))
	}
	i.writing = true
	b := newBar(i.e, "storing", total, false)
	told := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(told)
		fmt.Fprintln(i.e.errOut, "\ninterrupted: taking back what was written")
	})
	id, err := i.database.NewDraft(ctx, db.Draft{
		Owner: i.owner, Zone: i.zone.String(), File: s.File, SHA256: s.SHA256, Comment: i.Comment,
	}, rates, func(written int) { b.to(int64(written), 0) })
	if !stop() {
		<-told
	}
	b.end()
	if err != nil {
		return err
	}
	i.draft = id
	if i.Publish {
		if err := i.publish(ctx); err != nil {
			return err
		}
	}
	d, err := i.database.Deck(context.WithoutCancel(ctx), id)
	if err == nil {
		v := viewDeck(d)
		i.out.Deck = &v
		i.before = hasBefore(context.WithoutCancel(ctx), i.database, v)
	}
	return err
}

// cleaned says that a failed import took back what it had written: nothing but
// the interruption went wrong.
func cleaned(err error) bool {
	joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err)
	return !ok || len(joined.Unwrap()) < 2
}

func (i *importer) publish(ctx context.Context) error {
	yes, err := ask(ctx, i.e, i.Yes, publishQuestion(i.draft, i.owner, i.base, i.publishAt))
	if err != nil || !yes {
		return err
	}
	if err := i.world.still(ctx, i.database, i.owner, i.base); err != nil {
		return err
	}
	// Not to be interrupted: it is over at once, and must not be half known.
	_, err = i.database.Publish(context.WithoutCancel(ctx), i.draft, i.publishAt)
	return err
}

// farewell says what there is now, and how to go on.
func (i *importer) farewell() error {
	out, d := i.e.out, i.out.Deck
	if d == nil {
		_, err := fmt.Fprintln(out, "\nnothing was changed: this was a dry run")
		return err
	}
	fmt.Fprintf(out, "\ndeck %d is version %d of %s, %s, %d rates", d.ID, d.Version, d.owner(), d.Status, d.Rates)
	if carried := d.Rates - i.out.Sheet.Rates; carried > 0 {
		fmt.Fprintf(out, ", %d of them taken over from deck %d", carried, i.base.ID)
	}
	fmt.Fprintln(out)
	_, err := fmt.Fprintln(out, nextStep(*d, i.before))
	return err
}
