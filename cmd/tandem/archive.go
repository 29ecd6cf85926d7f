package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"tandem/archive"
	"tandem/db"
)

type archiveCmd struct {
	Create  archiveCreateCmd  `cmd:"" help:"Write the records of a month to files, and read them back; with --remove they leave the database."`
	Verify  archiveVerifyCmd  `cmd:"" help:"Read archives to their end and say whether they are what was written."`
	List    archiveListCmd    `cmd:"" default:"1" help:"Show which months are in the database and which are archived."`
	Restore archiveRestoreCmd `cmd:"" help:"Bring the records of a month back from its archive."`
}

// archiveFlags are those of every command.
type archiveFlags struct {
	Dir  string `help:"Folder of archives; keep.archive unless given."`
	JSON bool   `help:"Print JSON."`
}

// dir is the folder: the one given, else the configured one.
func (f archiveFlags) dir(e *env) (string, error) {
	if f.Dir != "" {
		return f.Dir, nil
	}
	c, err := loadConfig(e.config)
	if err == nil && c.Keep.Archive == "" {
		err = errors.New("name a folder with --dir, or set keep.archive")
	}
	return c.Keep.Archive, err
}

// alone runs work while nobody else moves months.
func (f archiveFlags) alone(ctx context.Context, e *env, work func(ctx context.Context, database *db.DB, dir string) error) error {
	dir, err := f.dir(e)
	if err != nil {
		return err
	}
	return withDB(ctx, e, func(database *db.DB) error {
		began := false
		err := database.AloneWithMonths(ctx, func(ctx context.Context) error {
			began = true
			return work(ctx, database, dir)
		})
		if !began && errors.Is(err, db.ErrBusy) {
			return errors.New("a node, or another command, is moving months; try again when it is done")
		}
		return err
	})
}

type archiveCreateCmd struct {
	archiveFlags

	Months []string `arg:"" help:"Such as 2026-03."`
	Remove bool     `help:"Remove the records from the database once the files are read back and found equal."`
}

// Run archives months. One that cannot be archived does not keep others, nor does
// what a run that died has left of others; it is told at the end.
func (x archiveCreateCmd) Run(ctx context.Context, e *env) error {
	months, err := parseMonths(x.Months)
	if err != nil {
		return err
	}
	var list []archive.Manifest
	failed := x.alone(ctx, e, func(ctx context.Context, database *db.DB, dir string) error {
		b := newBar(e, "archive", 0, false)
		defer b.end()
		k := archive.Keeper{Store: database.Records(), Dir: dir, Program: version, Progress: b.month}
		errs := []error{k.Recover(ctx)}
		for _, month := range months {
			if ctx.Err() != nil {
				return errors.Join(append(errs, ctx.Err())...)
			}
			m, err := x.one(ctx, k, month)
			if err == nil {
				list = append(list, m)
			}
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	})
	for _, m := range list {
		failed = errors.Join(failed, x.print(e, m))
	}
	return failed
}

func (x archiveCreateCmd) one(ctx context.Context, k archive.Keeper, month int) (archive.Manifest, error) {
	if x.Remove {
		return k.Move(ctx, month)
	}
	return k.Archive(ctx, month)
}

func parseMonths(names []string) (months []int, err error) {
	for _, name := range names {
		month, err := archive.ParseMonth(name)
		if err != nil {
			return nil, err
		}
		months = append(months, month)
	}
	return months, nil
}

// month is archive.Keeper's progress.
func (b *progressBar) month(what string, rows int64) {
	if b.b != nil && rows%1024 <= 1 {
		b.b.Describe(what)
		b.to(rows, rows+1)
	}
}

type archiveVerifyCmd struct {
	archiveFlags

	Months []string `arg:"" optional:"" help:"Such as 2026-03; all of the folder unless given."`
}

// Run reads archives to their end.
func (x archiveVerifyCmd) Run(ctx context.Context, e *env) error {
	dir, err := x.dir(e)
	if err != nil {
		return err
	}
	list, err := archive.List(dir)
	names := x.Months
	if len(names) == 0 {
		if err != nil {
			return err
		}
		for _, m := range list {
			names = append(names, m.Month)
		}
	}
	for _, name := range names {
		month, err := archive.ParseMonth(name)
		if err != nil {
			return err
		}
		m, err := archive.Verify(ctx, dir, month)
		if err == nil {
			err = x.print(e, m)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// print prints what an archive has.
func (f archiveFlags) print(e *env, m archive.Manifest) error {
	if f.JSON {
		return printJSON(e, m)
	}
	w := tabwriter.NewWriter(e.out, 0, 8, 2, ' ', 0)
	for _, t := range m.Tables {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\tsha256 %s\n", m.Month, t.Name, plural(t.Rows, "row"), plural(t.Bytes, "byte"), t.SHA256)
	}
	return w.Flush()
}
