package db

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	schema "tandem/sql"
)

// Seeded says what Seed did to one table.
type Seeded struct {
	Table    string
	Source   string // article, demo
	Inserted int    // rows that were not there
	Present  int    // rows that were, left as they are unless forced
}

func (s Seeded) String() string {
	return fmt.Sprintf("%s, %s: %d new, %d there already", s.Table, s.Source, s.Inserted, s.Present)
}

// seedFile is one CSV of the seed. Order matters: what is referred to comes
// first.
type seedFile struct {
	source string
	file   string
	table  string
	update bool // the rows exist; fill columns that nobody has filled
}

func articleFiles() []seedFile {
	var list []seedFile
	for _, table := range []string{"currency", "providers", "providers_ips", "servers", "numbers_pool", "gates"} {
		list = append(list, seedFile{source: "article", file: table, table: table})
	}
	return list
}

func demoFiles() []seedFile {
	var list []seedFile
	for _, table := range []string{
		"fx_rates", "server_addresses", "tariffs", "accounts", "balances", "ledger", "subscribers", "subscriber_numbers", "numbers_pool",
	} {
		list = append(list, seedFile{source: "demo", file: table, table: table})
	}
	return append(list,
		seedFile{source: "demo", file: "number_destinations", table: "numbers_pool", update: true},
		seedFile{source: "demo", file: "duty_operators", table: "duty_operators"},
		seedFile{source: "demo", file: "decks", table: "decks"},
		seedFile{source: "demo", file: "deck_rates", table: "deck_rates"},
	)
}

// SeedArticle brings in the tables that the article publishes: providers and
// their addresses, servers, numbers, gates. Rows that are there already keep
// what somebody has made of them; force sets them back. It may run any number
// of times and is all or nothing.
func (d *DB) SeedArticle(ctx context.Context, force bool) ([]Seeded, error) {
	return d.seed(ctx, articleFiles(), force)
}

// SeedDemo adds, on top of SeedArticle, what a demonstration needs and the
// article leaves out: exchange rates, decks, accounts, subscribers with known
// secrets. Never on a system that faces the Internet.
func (d *DB) SeedDemo(ctx context.Context, force bool) ([]Seeded, error) {
	return d.seed(ctx, demoFiles(), force)
}

func (d *DB) seed(ctx context.Context, files []seedFile, force bool) ([]Seeded, error) {
	source, err := schema.Seed()
	if err != nil {
		return nil, err
	}
	var done []Seeded
	err = inTx(ctx, d.bulk, nil, func(tx *sql.Tx) error {
		done = nil
		return keepZero(ctx, tx, func() error {
			for _, f := range files {
				s, err := seedFileOf(ctx, tx, source, f, force)
				if err != nil {
					return fmt.Errorf("seed/%s/%s.csv: %w", f.source, f.file, err)
				}
				done = append(done, s)
			}
			return nil
		})
	})
	if err != nil {
		return nil, wrap("seed", err)
	}
	return done, nil
}

// keepZero lets work insert id 0, for which MariaDB otherwise takes the next
// number: the article's servers begin with it. The session is set back, since
// its connection returns to the pool.
func keepZero(ctx context.Context, tx *sql.Tx, work func() error) error {
	var mode string
	if err := tx.QueryRowContext(ctx, `SELECT @@SESSION.sql_mode`).Scan(&mode); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `SET SESSION sql_mode = CONCAT(@@SESSION.sql_mode, ',NO_AUTO_VALUE_ON_ZERO')`); err != nil {
		return err
	}
	err := work()
	_, back := tx.ExecContext(ctx, `SET SESSION sql_mode = ?`, mode)
	return errors.Join(err, back)
}

func seedFileOf(ctx context.Context, tx *sql.Tx, source fs.FS, f seedFile, force bool) (s Seeded, err error) {
	rows, err := readCSV(source, f)
	if err != nil {
		return Seeded{}, err
	}
	switch f.table {
	case "decks":
		if err := sameDecks(ctx, tx, rows); err != nil {
			return Seeded{}, err
		}
	case "deck_rates":
		err = revising(ctx, tx, rows, func() error {
			s, err = seedTable(ctx, tx, f, rows, force)
			return err
		})
		return s, err
	case "ledger":
		return seedLedger(ctx, tx, f, rows)
	}
	return seedTable(ctx, tx, f, rows, force)
}

func seedTable(ctx context.Context, tx *sql.Tx, f seedFile, rows [][]string, force bool) (Seeded, error) {
	before, err := count(ctx, tx, f.table)
	if err != nil {
		return Seeded{}, err
	}
	header := rows[0]
	if !force {
		if err := sameNames(ctx, tx, f.table, rows); err != nil {
			return Seeded{}, err
		}
	}
	for i, row := range rows[1:] {
		statement, args := insertSeed(f.table, header, row, force)
		if f.update {
			statement, args = fillSeed(f.table, header, row, force)
		}
		if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
			return Seeded{}, fmt.Errorf("line %d: %w", i+2, err)
		}
	}
	after, err := count(ctx, tx, f.table)
	inserted := after - before
	return Seeded{Table: f.table, Source: f.source, Inserted: inserted, Present: len(rows) - 1 - inserted}, err
}

// ErrSeedConflict says that ids of the seed are taken by somebody else's rows.
var ErrSeedConflict = errors.New("the database holds other data")

// sameNames refuses to mix the seed into another operator's data: an id that is
// taken must be taken by the same provider, server, number. Otherwise the
// article's addresses would be given to whoever has that id here.
func sameNames(ctx context.Context, tx *sql.Tx, table string, rows [][]string) error {
	header := rows[0]
	if header[0] != "id" || !slices.Contains([]string{"iso", "providername", "servername", "number", "name", "login"}, header[1]) {
		return nil
	}
	for _, row := range rows[1:] {
		var there string
		err := tx.QueryRowContext(ctx, "SELECT "+header[1]+" FROM "+table+" WHERE "+header[0]+" = ?", row[0]).Scan(&there)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return err
		}
		if there != row[1] {
			return fmt.Errorf("%w: %s %s %s is %q there and %q in the seed; seed an empty database, or force it to overwrite",
				ErrSeedConflict, table, header[0], row[0], there, row[1])
		}
	}
	return nil
}

func readCSV(source fs.FS, f seedFile) ([][]string, error) {
	file, err := source.Open(f.source + "/" + f.file + ".csv")
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(file).ReadAll()
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New("no header")
	}
	if f.source == "article" {
		for _, row := range rows[1:] {
			if err := modernAddress(rows[0], row); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

func count(ctx context.Context, tx *sql.Tx, table string) (n int, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+table).Scan(&n)
	return n, err
}

// insertSeed writes one row. An empty cell takes the column's default, which is
// NULL where "unknown" is allowed. A row whose key is taken is left alone, or
// set back when forced.
func insertSeed(table string, header, row []string, force bool) (string, []any) {
	var cells, sets []string
	var args []any
	for i, cell := range row {
		if cell == "" {
			cells = append(cells, "DEFAULT")
		} else {
			cells = append(cells, "?")
			args = append(args, cell)
		}
		if force {
			sets = append(sets, header[i]+" = VALUES("+header[i]+")")
		}
	}
	if !force {
		sets = []string{header[0] + " = " + table + "." + header[0]}
	}
	return "INSERT INTO " + table + " (" + strings.Join(header, ", ") + ") VALUES (" + strings.Join(cells, ", ") +
		") ON DUPLICATE KEY UPDATE " + strings.Join(sets, ", "), args
}

// fillSeed sets columns of a row that exists, by its first column. Unless
// forced, it touches only a row in which nobody has filled any of them.
func fillSeed(table string, header, row []string, force bool) (string, []any) {
	var sets, untouched []string
	var args []any
	for i := 1; i < len(row); i++ {
		if row[i] == "" {
			sets = append(sets, header[i]+" = DEFAULT("+header[i]+")")
		} else {
			sets = append(sets, header[i]+" = ?")
			args = append(args, row[i])
		}
		untouched = append(untouched, header[i]+" IS NULL")
	}
	statement := "UPDATE " + table + " SET " + strings.Join(sets, ", ") + " WHERE " + header[0] + " = ?"
	if !force {
		statement += " AND " + strings.Join(untouched, " AND ")
	}
	return statement, append(args, row[0])
}

// loopback is what the article writes where it does not know the address
// behind a domain name: 127.0.0.1.
const loopback = "2130706433"

// modernAddress turns the article's integer IPv4 addresses into text.
func modernAddress(header, row []string) error {
	for i, name := range header {
		if name != "ipaddress" {
			continue
		}
		if row[i] == loopback && named(header, row) {
			row[i] = ""
			continue
		}
		v, err := strconv.ParseUint(row[i], 10, 32)
		if err != nil {
			return fmt.Errorf("ipaddress %q: %w", row[i], err)
		}
		var octets [4]byte
		binary.BigEndian.PutUint32(octets[:], uint32(v))
		row[i] = netip.AddrFrom4(octets).String()
	}
	return nil
}

// named says whether the row has a domain name that is more than the address
// itself.
func named(header, row []string) bool {
	for i, name := range header {
		if name == "domainname" {
			_, err := netip.ParseAddr(row[i])
			return row[i] != "" && err != nil
		}
	}
	return false
}
