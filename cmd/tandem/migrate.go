package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/rs/zerolog"

	"tandem/db"
)

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Apply what is missing. Safe to repeat and to interrupt."`
	Status migrateStatusCmd `cmd:"" help:"List the migrations and which are applied."`
}

type migrateUpCmd struct{}

// Run applies the missing migrations one by one.
func (migrateUpCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		done := 0
		err := database.Migrate(ctx, func(n, total int, m db.Migration) {
			done++
			fmt.Fprintf(e.out, "[%d/%d] %s\n", n, total, m.Name)
		})
		if err == nil && done == 0 {
			fmt.Fprintln(e.out, "schema is up to date")
		}
		return err
	})
}

type migrateStatusCmd struct{}

// Run lists the migrations.
func (migrateStatusCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		list, err := database.Migrations(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		for _, m := range list {
			applied := "missing"
			if !m.AppliedAt.IsZero() {
				applied = m.AppliedAt.Format(time.DateTime)
			}
			fmt.Fprintf(w, "%04d\t%s\t%s\n", m.Version, m.Name, applied)
		}
		return w.Flush()
	})
}

// withDB opens the configured database for one command.
func withDB(ctx context.Context, e *env, do func(*db.DB) error) error {
	c, err := loadConfig(e.config)
	if err != nil {
		return err
	}
	database, err := openDB(ctx, c, zerolog.Nop())
	if err != nil {
		return err
	}
	defer database.Close()
	return do(database)
}
