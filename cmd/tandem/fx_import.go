package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"tandem/billing/fx"
	"tandem/billing/rate"
	"tandem/db"
	"tandem/internal/money"
)

type fxImportCmd struct {
	File   string `arg:"" help:"File of the European Central Bank, CSV or ZIP."`
	Add    bool   `help:"Also currencies that are not there yet: they are added."`
	Force  bool   `help:"Also rates that move by more than 20 percent."`
	DryRun bool   `help:"Only show what it would change."`
	All    bool   `help:"Print every change, not the first 40."`
	JSON   bool   `help:"Print JSON."`
}

// fxImport is what came of an import.
type fxImport struct {
	File       string        `json:"file"`
	Days       int           `json:"days"`
	First      time.Time     `json:"first,omitzero"`
	Last       time.Time     `json:"last,omitzero"`
	Errors     *fx.FileError `json:"errors,omitempty"`
	LeftOut    []string      `json:"left_out"` // currencies that are not there
	Added      []string      `json:"added"`    // currencies
	New        int           `json:"new"`      // rates
	Changed    int           `json:"changed"`
	Unchanged  int           `json:"unchanged"`
	Far        []fxChange    `json:"far"` // that move by more than 20 percent
	Changes    []fxChange    `json:"changes"`
	Written    bool          `json:"written"`
	currencies []db.Currency // to add
}

// fxChange is a rate that comes in.
type fxChange struct {
	Currency string        `json:"currency"`
	From     time.Time     `json:"from"`
	PerEUR   money.FX      `json:"per_eur"`
	Before   *money.FX     `json:"before,omitempty"` // of that very moment
	Last     *money.FX     `json:"last,omitempty"`   // that it follows
	LastFrom time.Time     `json:"last_from,omitzero"`
	Percent  *rate.Percent `json:"percent,omitempty"` // that it moves by against last
}

func viewFXChange(c fx.Change) fxChange {
	v := fxChange{Currency: c.Currency, From: c.From, PerEUR: c.PerEUR, LastFrom: c.LastFrom, Percent: c.Move}
	if c.Before != 0 {
		v.Before = &c.Before
	}
	if c.Last != 0 {
		v.Last = &c.Last
	}
	return v
}

// Run reads a file whole and writes what it changes, all or nothing.
func (x fxImportCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		now, err := database.Now(ctx)
		if err != nil {
			return err
		}
		out := fxImport{File: filepath.Base(x.File), LeftOut: []string{}, Added: []string{}, Far: []fxChange{}, Changes: []fxChange{}}
		file, err := x.read(now)
		if faults, ok := errors.AsType[*fx.FileError](err); ok {
			return x.faults(e, out, faults)
		}
		if err != nil {
			return fmt.Errorf("%w; nothing was changed", err)
		}
		out.Days, out.First, out.Last = file.Days, file.First, file.Last
		return x.take(ctx, e, database, file, out)
	})
}

func (x fxImportCmd) read(now time.Time) (*fx.File, error) {
	// Asked before it is opened: a pipe that nobody writes into would wait for ever.
	info, err := os.Stat(x.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: there is no such file", printable(x.File))
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is %s; name a file", printable(x.File), kindOfFile(info.Mode()))
	}
	file, err := os.Open(x.File)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return fx.Read(file, fx.Options{Name: info.Name(), Last: now.Truncate(24 * time.Hour)})
}

func (x fxImportCmd) faults(e *env, out fxImport, faults *fx.FileError) error {
	if out.Errors = faults; x.JSON {
		if err := printJSON(e, out); err != nil {
			return err
		}
		return errSaid
	}
	for i := range faults.Faults {
		fmt.Fprintln(e.out, printable(faults.Faults[i].Error()))
	}
	if more := faults.Total - len(faults.Faults); more > 0 {
		fmt.Fprintf(e.out, "and %d more\n", more)
	}
	fmt.Fprintf(e.out, "\n%s in the file; nothing was changed\n", plural(faults.Total, "error"))
	return errSaid
}

// take holds the file against what is there, shows it, and writes it.
func (x fxImportCmd) take(ctx context.Context, e *env, database *db.DB, file *fx.File, out fxImport) error {
	rates, err := x.wanted(ctx, database, file, &out)
	if err != nil {
		return err
	}
	was, err := database.FXRates(ctx)
	if err != nil {
		return err
	}
	changes := fx.Compare(was, rates)
	out.weigh(changes, len(rates))
	refused := len(out.Far) > 0 && !x.Force
	if !x.DryRun && !refused && len(changes) > 0 {
		rates = rates[:0]
		for _, c := range changes {
			rates = append(rates, c.Rate)
		}
		if err := database.PutFX(ctx, rates, out.currencies...); err != nil {
			return unchanged(ctx, err)
		}
		out.Written = true
	}
	if x.JSON {
		err = printJSON(e, out)
	} else {
		err = out.print(e.out, x)
	}
	if err == nil && refused && !x.DryRun {
		return errSaid
	}
	return err
}

// wanted are the rates of currencies that are there, or are to be added.
func (x fxImportCmd) wanted(ctx context.Context, database *db.DB, file *fx.File, out *fxImport) ([]fx.Rate, error) {
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
		case !x.Add:
			out.LeftOut = append(out.LeftOut, code)
		case !known:
			return nil, fmt.Errorf("line 1, column %d: %q: a currency that is not known; add its row to table currency, or take the column out; nothing was changed", i+2, code)
		default:
			take[code] = true
			out.Added = append(out.Added, code)
			out.currencies = append(out.currencies, db.Currency{ISO: code, Name: name, Numeric: number})
		}
	}
	return slices.DeleteFunc(slices.Clone(file.Rates), func(r fx.Rate) bool { return !take[r.Currency] }), nil
}

// weigh counts the changes, the newest first.
func (f *fxImport) weigh(changes []fx.Change, rates int) {
	f.Unchanged = rates - len(changes)
	changes = slices.Clone(changes)
	slices.SortStableFunc(changes, func(a, b fx.Change) int { return cmp.Or(b.From.Compare(a.From), cmp.Compare(a.Currency, b.Currency)) })
	for _, c := range changes {
		if c.Before != 0 {
			f.Changed++
		} else {
			f.New++
		}
		v := viewFXChange(c)
		f.Changes = append(f.Changes, v)
		if c.Far(farPercent) {
			f.Far = append(f.Far, v)
		}
	}
}

func (f *fxImport) print(out io.Writer, x fxImportCmd) error {
	fmt.Fprintf(out, "%s: %s, %s to %s\n", printable(f.File), plural(f.Days, "day"), dayOf(f.First), dayOf(f.Last))
	if len(f.LeftOut) > 0 {
		fmt.Fprintf(out, "left out, not in table currency: %s; --add takes them\n", inOrder(f.LeftOut))
	}
	if len(f.Added) > 0 {
		fmt.Fprintf(out, "currencies that are added: %s\n", inOrder(f.Added))
	}
	fmt.Fprintf(out, "rates: %d new, %d changed, %d unchanged\n", f.New, f.Changed, f.Unchanged)
	lines := shownLines
	if x.All {
		lines = len(f.Changes)
	}
	if err := printFXChanges(out, f.Changes, lines); err != nil {
		return err
	}
	if len(f.Far) > 0 {
		fmt.Fprintf(out, "\nmove by more than %d %% against the last:\n", farPercent)
		if err := printFXChanges(out, f.Far, lines); err != nil {
			return err
		}
	}
	return f.farewell(out, x)
}

func (f *fxImport) farewell(out io.Writer, x fxImportCmd) error {
	text := "written; in force on every node within seconds"
	switch {
	case len(f.Changes) == 0:
		text = "nothing to change: all of it is there already"
	case x.DryRun:
		text = "nothing was changed: this was a dry run"
	case !f.Written:
		text = "too far to be taken unseen: " + plural(len(f.Far), "rate") + "; nothing was changed; if that is right, say --force"
	}
	_, err := fmt.Fprintln(out, "\n"+text)
	return err
}

func printFXChanges(out io.Writer, list []fxChange, lines int) error {
	if len(list) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "\ncurrency\tfrom, UTC\tbefore\tafter\tlast\tof\tmoves")
	for _, c := range list[:min(lines, len(list))] {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.Currency, dayOf(c.From), fxText(c.Before), shortPrice(c.PerEUR), fxText(c.Last), dayOf(c.LastFrom), c.moveText())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if more := len(list) - lines; more > 0 {
		fmt.Fprintf(out, "and %d more: --all prints them\n", more)
	}
	return nil
}

func fxText(v *money.FX) string {
	if v == nil {
		return "-"
	}
	return shortPrice(*v)
}

func (c fxChange) moveText() string {
	switch {
	case c.Last == nil:
		return "-"
	case c.Percent == nil:
		return "beyond measure"
	case *c.Percent > 0:
		return "+" + c.Percent.String() + " %"
	}
	return c.Percent.String() + " %"
}
