package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"tandem/billing/deck"
	"tandem/db"
	"tandem/desk"
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
	Sheet   desk.Sheet       `json:"sheet"`
	Errors  *deck.SheetError `json:"errors,omitempty"`
	SameAs  *desk.Deck       `json:"same_file_as,omitempty"` // a deck that was read from this very file
	Preview *desk.Preview    `json:"preview,omitempty"`
	Deck    *desk.Deck       `json:"deck,omitempty"` // none after errors and with --dry-run
}

// Run reads a sheet whole, shows what it would change, and keeps it as a draft.
// Until that is complete nothing is changed, whatever happens.
func (x deckImportCmd) Run(ctx context.Context, e *env) error {
	if err := x.check(); err != nil {
		return err
	}
	i := importer{deckImportCmd: x, e: e}
	err := withDesk(ctx, e, func(d *desk.Desk) error {
		i.desk = d
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
	o := x.asked()
	if err := o.Validate(); err != nil {
		return err
	}
	if x.Publish {
		return askable(x.Yes)
	}
	return nil
}

// asked is what the flags say.
func (x deckImportCmd) asked() desk.ImportOptions {
	return desk.ImportOptions{
		Owner: x.choice(), Sheet: desk.SheetOptions(x.deckSheetFlags), Preview: x.options(), Effective: x.Effective, Partial: x.Partial,
		Comment: x.Comment, Publish: x.Publish,
	}
}

// importer is one import.
type importer struct {
	deckImportCmd

	e       *env
	desk    *desk.Desk
	work    *desk.Import
	out     deckImport
	writing bool
	draft   int64 // complete; 0: not yet
	before  bool  // there is a deck to roll back to
}

func (i *importer) run(ctx context.Context) error {
	var err error
	if i.work, err = i.desk.NewImport(ctx, i.asked()); err != nil {
		return err
	}
	if err := i.read(ctx); err != nil {
		return i.faults(err)
	}
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

// read reads and checks the whole sheet.
func (i *importer) read(ctx context.Context) error {
	i.out.Sheet.File = filepath.Base(i.File)
	file, size, err := deck.Open(i.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no such file", printable(i.File))
	case err != nil:
		return err
	}
	defer file.Close()
	b := newBar(i.e, "reading", size, true)
	defer b.end()
	err = i.work.Read(ctx, filepath.Base(i.File), file, size, b.to)
	i.out.Sheet, i.out.SameAs = i.work.Sheet, i.work.SameAs
	return err
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
	if err := printSheet(i.e.out, &i.out.Sheet); err != nil {
		return err
	}
	printFaults(i.e.out, faults)
	return errSaid
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
	if err := printSheet(i.e.out, &i.out.Sheet); err != nil {
		return err
	}
	if d := i.out.SameAs; d != nil {
		fmt.Fprintf(i.e.out, "note: deck %d, %s, was read from this very file\n", d.ID, d.Status)
	}
	return nil
}

func (i *importer) preview(ctx context.Context) error {
	b := newBar(i.e, "comparing", 0, false)
	v, err := i.work.Preview(ctx, b.to)
	b.end()
	if err != nil {
		return err
	}
	i.out.Preview = &v
	if i.JSON {
		return nil
	}
	fmt.Fprintln(i.e.out)
	return printPreview(i.e.out, &v, i.lines())
}

// keep makes a draft of the sheet, and puts it in force when asked to.
func (i *importer) keep(ctx context.Context) error {
	i.writing = true
	b := newBar(i.e, "storing", 0, false)
	told := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(told)
		fmt.Fprintln(i.e.errOut, "\ninterrupted: taking back what was written")
	})
	id, err := i.work.Keep(ctx, db.Work{}, b.to)
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
	d, err := i.desk.DB.Deck(context.WithoutCancel(ctx), id)
	if err == nil {
		v := desk.ViewDeck(d)
		i.out.Deck = &v
		i.before = hasBefore(context.WithoutCancel(ctx), i.desk.DB, v)
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
	yes, err := ask(ctx, i.e, i.Yes, publishQuestion(i.draft, i.work.Owner, i.work.Base, i.work.PublishAt))
	if err != nil || !yes {
		return err
	}
	return i.work.Publish(ctx, i.draft)
}

// farewell says what there is now, and how to go on.
func (i *importer) farewell() error {
	out, d := i.e.out, i.out.Deck
	if d == nil {
		_, err := fmt.Fprintln(out, "\nnothing was changed: this was a dry run")
		return err
	}
	fmt.Fprintf(out, "\ndeck %d is version %d of %s, %s, %d rates", d.ID, d.Version, deckOwner(*d), d.Status, d.Rates)
	if carried := d.Rates - i.out.Sheet.Rates; carried > 0 {
		fmt.Fprintf(out, ", %d of them taken over from deck %d", carried, i.work.Base.ID)
	}
	fmt.Fprintln(out)
	_, err := fmt.Fprintln(out, nextStep(*d, i.before))
	return err
}
