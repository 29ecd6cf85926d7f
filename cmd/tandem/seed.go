package main

import (
	"context"
	"fmt"

	"tandem/db"
)

type seedCmd struct {
	Article bool `help:"Only the published tables, without demo accounts, subscribers and rates."`
	Force   bool `help:"Overwrite rows that somebody changed since."`
}

// Run fills the database and says with what. It may be repeated.
func (x seedCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
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
}
