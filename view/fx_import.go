package view

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"tandem/billing/fx"
	"tandem/db"
)

// FXImport is what came of an import of exchange rates.
type FXImport struct {
	File      string        `json:"file"`
	Days      int           `json:"days"`
	First     time.Time     `json:"first,omitzero"`
	Last      time.Time     `json:"last,omitzero"`
	Errors    *fx.FileError `json:"errors,omitempty" doc:"Faults of the file; with any nothing was changed"`
	LeftOut   []string      `json:"left_out" nullable:"false" doc:"Currencies that are not there"`
	Added     []string      `json:"added" nullable:"false" doc:"Currencies"`
	New       int           `json:"new" doc:"Rates"`
	Changed   int           `json:"changed"`
	Unchanged int           `json:"unchanged"`
	Far       []FXChange    `json:"far" nullable:"false" doc:"That move by more than 20 percent"`
	Changes   []FXChange    `json:"changes" nullable:"false" doc:"The newest first"`
	Written   bool          `json:"written"`

	currencies []db.Currency // to add
}

// NewFXImport is an import of a file that is not read yet.
func NewFXImport(file string) FXImport {
	return FXImport{File: file, LeftOut: []string{}, Added: []string{}, Far: []FXChange{}, Changes: []FXChange{}}
}

// FXOptions say how an import is taken.
type FXOptions struct {
	Add    bool // also currencies that are not there yet
	Force  bool // also rates that move far
	DryRun bool // only say what it would change
}

// Take holds a file against what is there and writes what it changes, all or
// nothing. refused: rates move too far to be taken unseen.
func (f *FXImport) Take(ctx context.Context, database *db.DB, file *fx.File, o FXOptions) (refused bool, err error) {
	f.Days, f.First, f.Last = file.Days, file.First, file.Last
	rates, err := f.wanted(ctx, database, file, o.Add)
	if err != nil {
		return false, err
	}
	decide := func(was []fx.Rate) ([]fx.Rate, []db.Currency, error) {
		changes := fx.Compare(was, rates)
		f.weigh(changes, len(rates))
		refused = len(f.Far) > 0 && !o.Force
		if o.DryRun || refused || len(changes) == 0 {
			return nil, nil, nil
		}
		f.Written = true
		comes := make([]fx.Rate, len(changes))
		for i, c := range changes {
			comes[i] = c.Rate
		}
		return comes, f.currencies, nil
	}
	if o.DryRun {
		was, err := database.FXRates(ctx)
		if err == nil {
			_, _, err = decide(was)
		}
		return refused, err
	}
	if err := database.ChangeFX(ctx, decide); err != nil {
		f.Written = false
		return false, err
	}
	return refused, nil
}

// FXCurrencyError is a column of a currency that nobody knows.
type FXCurrencyError struct {
	Column int
	Code   string
}

func (e *FXCurrencyError) Error() string {
	return fmt.Sprintf("line 1, column %d: %q: a currency that is not known; add its row to table currency, or take the column out", e.Column, e.Code)
}

// wanted are the rates of currencies that are there, or are to be added.
func (f *FXImport) wanted(ctx context.Context, database *db.DB, file *fx.File, add bool) ([]fx.Rate, error) {
	list, err := database.Currencies(ctx)
	if err != nil {
		return nil, err
	}
	take := map[string]bool{}
	for _, c := range list {
		take[c.ISO] = true
	}
	for i, code := range file.Currencies {
		switch number, name, known := fx.Currency(code); {
		case take[code]:
		case !add:
			f.LeftOut = append(f.LeftOut, code)
		case !known:
			return nil, &FXCurrencyError{i + 2, code}
		default:
			take[code] = true
			f.Added = append(f.Added, code)
			f.currencies = append(f.currencies, db.Currency{ISO: code, Name: name, Numeric: number})
		}
	}
	return slices.DeleteFunc(slices.Clone(file.Rates), func(r fx.Rate) bool { return !take[r.Currency] }), nil
}

// weigh counts the changes, the newest first; anew each time.
func (f *FXImport) weigh(changes []fx.Change, rates int) {
	f.New, f.Changed, f.Unchanged = 0, 0, rates-len(changes)
	f.Changes, f.Far = []FXChange{}, []FXChange{}
	changes = slices.Clone(changes)
	slices.SortStableFunc(changes, func(a, b fx.Change) int { return cmp.Or(b.From.Compare(a.From), cmp.Compare(a.Currency, b.Currency)) })
	for _, c := range changes {
		if c.Before != 0 {
			f.Changed++
		} else {
			f.New++
		}
		v := OfFXChange(c)
		f.Changes = append(f.Changes, v)
		if c.Far(FarPercent) {
			f.Far = append(f.Far, v)
		}
	}
}
