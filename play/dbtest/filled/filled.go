// Package filled gives tests databases that Tandem's own code has filled, each a
// copy that is theirs alone. It is apart from dbtest, which knows nothing of what
// is in a database.
package filled

import (
	"context"
	"errors"
	"testing"

	"github.com/go-sql-driver/mysql"

	"tandem/db"
	"tandem/play/dbtest"
)

// Migrated is the data source name of a database with the schema of today.
func Migrated(tb testing.TB) string {
	tb.Helper()
	return copied(tb, "migrated", migrate)
}

// Seeded is one with the article's data and the demo's, too.
func Seeded(tb testing.TB) string {
	tb.Helper()
	return copied(tb, "seeded", migrate, Seed)
}

// Seed adds the article's data and the demo's.
func Seed(ctx context.Context, d *db.DB) error {
	if _, err := d.SeedArticle(ctx, false); err != nil {
		return err
	}
	_, err := d.SeedDemo(ctx, false)
	return err
}

// ConfigOf is how package db reaches a database.
func ConfigOf(c *mysql.Config) db.Config {
	return db.Config{Address: c.Addr, User: c.User, Password: c.Passwd, Database: c.DBName}
}

func migrate(ctx context.Context, d *db.DB) error { return d.Migrate(ctx, nil) }

// copied is a copy of a database on which that work was done.
func copied(tb testing.TB, kind string, work ...func(ctx context.Context, d *db.DB) error) string {
	tb.Helper()
	return dbtest.Copy(tb, kind, func(ctx context.Context, dsn string) error {
		c, err := mysql.ParseDSN(dsn)
		if err != nil {
			return err
		}
		d, err := db.Open(ctx, ConfigOf(c))
		if err != nil {
			return err
		}
		for _, one := range work {
			if err := one(ctx, d); err != nil {
				return errors.Join(err, d.Close())
			}
		}
		return d.Close()
	})
}
