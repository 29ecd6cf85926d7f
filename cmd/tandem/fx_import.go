package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"tandem/billing/fx"
	"tandem/db"
	"tandem/internal/money"
	"tandem/view"
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
type fxImport struct{ view.FXImport }

// Run reads a file whole and writes what it changes, all or nothing.
func (x fxImportCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		now, err := database.Now(ctx)
		if err != nil {
			return err
		}
		out := fxImport{view.NewFXImport(filepath.Base(x.File))}
		file, err := x.read(now)
		if faults, ok := errors.AsType[*fx.FileError](err); ok {
			return x.faults(e, out, faults)
		}
		if err != nil {
			return fmt.Errorf("%w; nothing was changed", err)
		}
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
	refused, err := out.Take(ctx, database, file, view.FXOptions{Add: x.Add, Force: x.Force, DryRun: x.DryRun})
	if unknown, ok := errors.AsType[*view.FXCurrencyError](err); ok {
		return fmt.Errorf("%w; nothing was changed", unknown)
	}
	if err != nil {
		return unchanged(ctx, err)
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
		fmt.Fprintf(out, "\nmove by more than %d %% against the last:\n", view.FarPercent)
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

func printFXChanges(out io.Writer, list []view.FXChange, lines int) error {
	if len(list) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "\ncurrency\tfrom, UTC\tbefore\tafter\tlast\tof\tmoves")
	for _, c := range list[:min(lines, len(list))] {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.Currency, dayOf(c.From), fxText(c.Before), shortPrice(c.PerEUR), fxText(c.Last), dayOf(c.LastFrom), moveText(c))
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

func moveText(c view.FXChange) string {
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
