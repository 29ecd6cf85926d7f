package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	schema "tandem/sql"
)

// Errors of CheckSchema.
var (
	// ErrSchemaOld: migrations are missing.
	ErrSchemaOld = errors.New("the database schema is older than this program")
	// ErrSchemaNew: the database has migrations that this program does not know.
	// Where the schema is only widened an older program may go on for the time of
	// an upgrade; CHANGELOG.md says where it may not.
	ErrSchemaNew = errors.New("the database schema is newer than this program")
)

// Migration is one step of the schema.
type Migration struct {
	Version   int64
	Name      string    // file name without the ending
	AppliedAt time.Time // zero: pending
}

// goMigration is a step that is written in Go.
type goMigration struct {
	version int64
	name    string
	run     func(ctx context.Context, pool *sql.DB) error
}

func goMigrations() []goMigration {
	return []goMigration{
		{19, "0019_change_triggers", createTriggers(configurationTables())},
		{39, "0039_deck_triggers", createTriggers(deckTables())},
		{54, "0054_money_procedures", createProcedures("p_hold", "p_extend")},
		{55, "0055_money_triggers", createTriggers(moneyTables())},
		{120, "0120_calls_by_month", partitionByMonth("calls")},
		{121, "0121_attempts_by_month", partitionByMonth("attempts")},
		{122, "0122_hold_by_month", createProcedures("p_hold")},
	}
}

// Migrate applies what is pending, in order, and tells progress after each
// step. Two at once wait for each other: a lease in the table goose_lock, which
// unlike GET_LOCK also holds between Galera nodes. A failed step may be
// repeated as it is.
func (d *DB) Migrate(ctx context.Context, progress func(done, total int, m Migration)) error {
	all, err := d.Migrations(ctx)
	if err != nil {
		return err
	}
	names := map[int64]string{}
	total := 0
	for _, m := range all {
		names[m.Version] = m.Name
		if m.AppliedAt.IsZero() {
			total++
		}
	}
	if total == 0 {
		return nil
	}
	steps, err := d.provider()
	if err != nil {
		return err
	}
	for done := 1; ; done++ {
		result, err := steps.UpByOne(ctx)
		if errors.Is(err, goose.ErrNoNextVersion) {
			return nil
		}
		if err != nil {
			return wrap("migrate", migrateError(err))
		}
		if progress != nil {
			progress(done, max(done, total), Migration{result.Source.Version, names[result.Source.Version], time.Now().UTC()})
		}
	}
}

// migrateError adds what to do about the one refusal that only MariaDB's own
// configuration can lift.
func migrateError(err error) error {
	if hasNumber(err, errNeedSuper) {
		return fmt.Errorf("%w; with a binary log MariaDB lets only an administrator make triggers: SET GLOBAL log_bin_trust_function_creators=1, or migrate as one", err)
	}
	return err
}

func (d *DB) provider() (*goose.Provider, error) {
	files, err := schema.Migrations()
	if err != nil {
		return nil, err
	}
	lease, err := lock.NewMySQLTableLocker(
		lock.WithTableLockTimeout(time.Second, 300),
		// Anything that MariaDB itself says, except a deadlock, will not go away by
		// waiting; "held by another" is not one of its errors and is waited for.
		lock.WithTableRetryPolicy(func(err error) bool { return !told(err) || retryable(err) }),
	)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	var written []*goose.Migration
	for _, m := range goMigrations() {
		written = append(written, goose.NewGoMigration(m.version, &goose.GoFunc{RunDB: m.run}, nil))
	}
	p, err := goose.NewProvider(goose.DialectMySQL, d.bulk.own.DB, files,
		goose.WithLocker(lease),
		goose.WithDisableGlobalRegistry(true),
		goose.WithGoMigrations(written...),
	)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return p, nil
}

// Migrations lists every step this program knows, and when it was applied. It
// only reads, also on an empty database.
func (d *DB) Migrations(ctx context.Context) ([]Migration, error) {
	known, err := knownMigrations(d)
	if err != nil {
		return nil, err
	}
	applied, err := d.applied(ctx)
	if err != nil {
		return nil, err
	}
	for i := range known {
		known[i].AppliedAt = applied[known[i].Version]
	}
	return known, nil
}

func knownMigrations(d *DB) ([]Migration, error) {
	p, err := d.provider()
	if err != nil {
		return nil, err
	}
	written := map[int64]string{}
	for _, m := range goMigrations() {
		written[m.version] = m.name
	}
	var list []Migration
	for _, s := range p.ListSources() {
		name := cmp.Or(written[s.Version], strings.TrimSuffix(path.Base(s.Path), ".sql"))
		list = append(list, Migration{Version: s.Version, Name: name})
	}
	return list, nil
}

// applied reads goose's own table: versions that are in the database, and when.
func (d *DB) applied(ctx context.Context) (map[int64]time.Time, error) {
	rows, err := d.calls.QueryContext(ctx, `SELECT version_id, MAX(tstamp) FROM goose_db_version WHERE is_applied AND version_id > 0 GROUP BY version_id`)
	if hasNumber(err, errNoTable) {
		return map[int64]time.Time{}, nil
	}
	if err != nil {
		return nil, wrap("schema version", err)
	}
	applied := map[int64]time.Time{}
	err = eachRow(rows, func(rows *sql.Rows) error {
		var version int64
		var at time.Time
		if err := rows.Scan(&version, &at); err != nil {
			return err
		}
		applied[version] = at
		return nil
	})
	return applied, wrap("schema version", err)
}

// CheckSchema says whether this program can work on the schema that is there:
// nil, ErrSchemaOld, ErrSchemaNew, or an error of the database.
func (d *DB) CheckSchema(ctx context.Context) error {
	known, err := knownMigrations(d)
	if err != nil {
		return err
	}
	applied, err := d.applied(ctx)
	if err != nil {
		return err
	}
	var missing []string
	last := int64(0)
	for _, m := range known {
		last = max(last, m.Version)
		if _, ok := applied[m.Version]; !ok {
			missing = append(missing, m.Name)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("%w: %d of %d steps are missing, first %s; run: tandem migrate up", ErrSchemaOld, len(missing), len(known), missing[0])
	}
	for version := range applied {
		if version > last {
			return fmt.Errorf("%w: it has step %d, this program ends at %d; upgrade the program", ErrSchemaNew, version, last)
		}
	}
	return nil
}

// eachRow calls one for every row and closes rows, whatever happens.
func eachRow(rows *sql.Rows, one func(rows *sql.Rows) error) error {
	for rows.Next() {
		if err := one(rows); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}
