package db

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	schema "tandem/sql"
)

// createProcedures makes stored procedures as the program of today has them. A
// later change to one is another migration that makes it again. It may run any
// number of times.
func createProcedures(names ...string) func(ctx context.Context, pool *sql.DB) error {
	return func(ctx context.Context, pool *sql.DB) error {
		files, err := schema.Procedures()
		if err != nil {
			return err
		}
		for _, name := range names {
			text, err := fs.ReadFile(files, name+".sql")
			if err != nil {
				return err
			}
			if _, err := pool.ExecContext(ctx, string(text)); err != nil {
				return fmt.Errorf("procedure %s: %w", name, err)
			}
		}
		return nil
	}
}
