package main

import (
	"context"
	"fmt"

	"tandem/archive"
	"tandem/db"
)

type archiveRestoreCmd struct {
	archiveFlags

	Month  string `arg:"" help:"Such as 2026-03."`
	Beside bool   `help:"Into tables of their own, calls_restored_202603 and attempts_restored_202603, instead of calls and attempts."`
}

// Run restores one month.
func (x archiveRestoreCmd) Run(ctx context.Context, e *env) error {
	month, err := archive.ParseMonth(x.Month)
	if err != nil {
		return err
	}
	list := []archive.Restored{}
	if err := x.alone(ctx, e, func(ctx context.Context, database *db.DB, dir string) (err error) {
		b := newBar(e, "restore", 0, false)
		defer b.end()
		list, err = archive.Restore(ctx, database.RestoredRecords(), dir, month, x.Beside, b.month)
		return err
	}); err != nil {
		return err
	}
	if x.JSON {
		return printJSON(e, list)
	}
	for _, r := range list {
		fmt.Fprintf(e.out, "%s: %s, %d of them added, the others were there\n", r.Table, plural(r.Rows, "row"), r.Added)
	}
	return nil
}
