package main

import (
	"context"
	"fmt"

	"tandem/db"
)

type seedCmd struct {
	Article bool `help:"Only the published tables, without demo accounts, subscribers and rates." xor:"what"`
	Force   bool `help:"Overwrite rows that somebody changed since."`
	History bool `help:"And some days of generated calls, decided and charged as real ones; into an empty calls table only." xor:"what"`
}

// Run fills the database and says with what. It may be repeated.
func (x seedCmd) Run(ctx context.Context, e *env) error {
	err := withDB(ctx, e, func(database *db.DB) error {
		seeds := []func(context.Context, bool) ([]db.Seeded, error){database.SeedArticle}
		if !x.Article {
			seeds = append(seeds, database.SeedDemo)
		}
		for _, seed := range seeds {
			tables, err := seed(ctx, x.Force)
			if err != nil {
				return err
			}
			for _, t := range tables {
				fmt.Fprintln(e.out, t)
			}
		}
		return nil
	})
	if err != nil || !x.History {
		return err
	}
	return x.history(ctx, e)
}
