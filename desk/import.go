package desk

import (
	"context"
	"io"
	"time"
	"unicode/utf8"

	"tandem/billing/deck"
	"tandem/db"
)

// ImportOptions say whose sheet it is and what is to become of it.
type ImportOptions struct {
	Owner      OwnerChoice
	Sheet      SheetOptions
	Preview    PreviewOptions
	Effective  string // when rates begin that have no date of their own; with Publish: when the deck is in force
	Partial    bool   // codes that the sheet does not name stay as they are
	Comment    string
	Publish    bool // what it changes is asked for the moment of Effective
	SampleRows int  // first rows of the sheet that are kept as they stand, for people
}

// maxComment is how long a comment may be in the database.
const maxComment = 255

// Validate names what makes no sense, before any work.
func (o *ImportOptions) Validate() error {
	if err := o.Preview.Validate(); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(o.Comment); n > maxComment {
		return wrong("--comment", "", "%d characters, and at most %d are kept; shorten it", n, maxComment)
	}
	return nil
}

// Import is a sheet on its way to a draft: Read, then Preview, then Keep. Until
// Keep is done nothing is changed.
type Import struct {
	Options   ImportOptions
	Owner     db.DeckOwner
	Base      db.Deck   // in force when the new one begins; zero: none
	PublishAt time.Time // zero: now
	Sheet     Sheet
	SameAs    *Deck // was read from this very file; nil: none

	desk      *Desk
	world     *World
	zone      *time.Location
	effective time.Time
}

// NewImport finds out whose prices these are and what they follow.
func (d *Desk) NewImport(ctx context.Context, o ImportOptions) (*Import, error) {
	i := &Import{Options: o, desk: d}
	var err error
	if i.world, err = ReadWorld(ctx, d.DB, time.Time{}); err != nil {
		return nil, err
	}
	if i.Owner, err = i.world.Owner(o.Owner); err != nil {
		return nil, err
	}
	i.Base, _ = i.world.InForce(i.Owner)
	name := o.Sheet.TimeZone
	if name == "" {
		name = i.Base.Zone
	}
	if i.zone, err = LoadZone(name); err != nil {
		return nil, err
	}
	if i.effective, err = ParseMoment("--effective", o.Effective, i.zone); err != nil {
		return nil, err
	}
	if !o.Publish || i.effective.IsZero() {
		return i, i.sameZone(ctx)
	}
	i.PublishAt, i.effective = i.effective, time.Time{} // the deck as a whole begins then
	if i.PublishAt.Before(i.world.Now) {
		return nil, wrong("--effective", o.Effective, "over already; leave it away to publish now")
	}
	if i.world, err = ReadWorld(ctx, d.DB, i.PublishAt); err != nil {
		return nil, err
	}
	i.Base, _ = i.world.InForce(i.Owner)
	return i, i.sameZone(ctx)
}

// sameZone refuses to carry hours in the week over to another clock.
func (i *Import) sameZone(ctx context.Context) error {
	if i.Base.ID == 0 || i.Base.Zone == i.zone.String() {
		return nil
	}
	for r, err := range i.desk.DB.DeckRows(ctx, i.Base.ID) {
		if err != nil {
			return err
		}
		if !r.Window.IsZero() {
			return wrong("--time-zone", i.zone.String(), "deck %d, which this one follows, has prices by the hour on the clock of %s; say --time-zone %s",
				i.Base.ID, i.Base.Zone, i.Base.Zone)
		}
	}
	return nil
}

// Read reads and checks the whole sheet. With a *deck.SheetError the sheet still
// says what its columns were taken for.
func (i *Import) Read(ctx context.Context, name string, file io.ReaderAt, size int64, told Progress) error {
	o, err := i.Options.Sheet.options(i.Owner.Currency, i.zone, i.Options.SampleRows)
	if err != nil {
		return err
	}
	o.Effective, o.Progress = i.effective, told
	i.Sheet.File, i.Sheet.Bytes = name, size
	if err := readSheet(ctx, file, &i.Sheet, o); err != nil {
		return err
	}
	i.recognise()
	return nil
}

// recognise finds a deck that was read from this very file.
func (i *Import) recognise() {
	for _, d := range i.world.all {
		if d.SHA256 == i.Sheet.SHA256 && d.Owner == i.Owner && d.Status != db.DeckLoading && (i.SameAs == nil || d.ID > i.SameAs.ID) {
			v := ViewDeck(d)
			i.SameAs = &v
		}
	}
}

func (i *Import) mode() deck.Mode {
	if i.Options.Partial {
		return deck.ModePartial
	}
	return deck.ModeFull
}

// Preview says what the sheet would change.
func (i *Import) Preview(ctx context.Context, told Progress) (Preview, error) {
	p := previewer{
		database: i.desk.DB, world: i.world, owner: i.Owner, base: i.desk.BaseCurrency, options: i.Options.Preview, told: told,
	}
	s := i.Sheet
	return p.preview(ctx, i.Base, s.All(), s.Rates, s.Latest, i.mode())
}

// Keep makes a draft of the sheet and returns its id. job is the work of
// Imports that it is part of; 0: none.
func (i *Import) Keep(ctx context.Context, job db.Work, told Progress) (int64, error) {
	s := i.Sheet
	live := i.world.rates(ctx, i.desk.DB, i.Base)
	rates := deck.CarryOver(live, s.All(), deck.CarryOptions{PublishAt: i.world.At, Mode: i.mode(), DeleteAt: s.Earliest})
	total := int64(s.Rates)
	if i.Options.Partial {
		total = max(total, int64(i.Base.Rates))
	}
	return i.desk.DB.NewDraft(ctx, db.Draft{
		Owner: i.Owner, Zone: i.zone.String(), File: s.File, SHA256: s.SHA256, Comment: i.Options.Comment, Import: job,
	}, rates, func(written int) { told.tell(int64(written), total) })
}

// Still makes sure that the deck which the preview compares with is in force
// still.
func (i *Import) Still(ctx context.Context) error {
	return i.world.Still(ctx, i.desk.DB, i.Owner, i.Base)
}

// Publish puts the draft that Keep made in force.
func (i *Import) Publish(ctx context.Context, draft int64) error {
	if err := i.Still(ctx); err != nil {
		return err
	}
	// Not to be interrupted: it is over at once, and must not be half known.
	_, err := i.desk.DB.PublishOver(context.WithoutCancel(ctx), draft, i.PublishAt, i.Base.ID)
	return err
}
