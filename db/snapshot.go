package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"tandem/internal/e164"
	"tandem/routing"
)

// LoadSnapshotData reads the configuration as it is now: all tables in one
// read-only transaction over one consistent view. Of the rates only decks that
// old does not hold are read; old may be nil. A row that cannot be read is left
// out and told as a problem; the rest lives. It is for the node itself and has a
// connection of its own: for people there is LoadSnapshotDataAt.
func (d *DB) LoadSnapshotData(ctx context.Context, old *routing.RateTable) (routing.Data, []routing.Problem, error) {
	return d.load(ctx, d.config, reader{old: old})
}

// LoadSnapshotDataAt is LoadSnapshotData with the decks and exchange rates that
// were, or will be, in force at that moment; the zero time: now. Of all other tables there is only
// what they hold now. Each of the decks, drafts as a rule, takes the place of
// the one in force of its owner and tier.
func (d *DB) LoadSnapshotDataAt(ctx context.Context, old *routing.RateTable, at time.Time, decks ...int64) (routing.Data, []routing.Problem, error) {
	return d.load(ctx, d.bulk, reader{old: old, at: at.UTC(), extra: decks})
}

// LoadSnapshotDataFor is LoadSnapshotDataAt (the zero time: now) with only those
// rates that a call to one of the numbers can use; without numbers there are
// none. It is for a question or two, where loading millions of rates would take
// longer than the answer; its rates are no old table for another load.
func (d *DB) LoadSnapshotDataFor(ctx context.Context, at time.Time, numbers ...e164.Number) (routing.Data, []routing.Problem, error) {
	prefixes := []any{}
	for _, n := range numbers {
		for i := range len(n) {
			prefixes = append(prefixes, string(n[:i+1]))
		}
	}
	return d.load(ctx, d.calls, reader{at: at.UTC(), prefixes: prefixes})
}

func (d *DB) load(ctx context.Context, pool txPool, start reader) (routing.Data, []routing.Problem, error) {
	var r reader
	start.ctx = ctx
	err := inTx(ctx, pool, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, func(tx *sql.Tx) error {
		r = start
		r.tx, r.leftOut = tx, map[int64]bool{}
		return r.readAll()
	})
	if err == nil {
		err = r.finishRates()
	}
	if err != nil {
		return routing.Data{}, nil, wrap("load configuration", err)
	}
	return r.data, r.problems, nil
}

// reader fills Data table by table inside one transaction.
type reader struct {
	ctx      context.Context // of the transaction
	tx       *sql.Tx
	old      *routing.RateTable // decks that need not be read again
	at       time.Time          // decks and exchange rates in force then; zero: now
	extra    []int64            // decks instead of those in force
	prefixes []any              // only rates of these; nil: all rates
	now      time.Time          // at, or the moment of the view by MariaDB's clock
	data     routing.Data
	problems []routing.Problem
	leftOut  map[int64]bool            // providers that cannot be read: their decks go with them, unreported
	sizes    map[routing.DeckRef]int   // rows of the decks in force
	table    *routing.RateTableBuilder // nil: old serves as it is
	badRates int                       // rows of decks that cannot be read
}

func (r *reader) readAll() error {
	for _, table := range []struct {
		name string
		read func() error
	}{
		// change_log first: its read sets the moment of the view.
		{"change_log", r.readVersion},
		{"currency", r.readCurrencies},
		{"fx_rates", r.readFX},
		{"servers", r.readServers},
		{"server_addresses", r.readServerAddresses},
		{"providers", r.readProviders},
		{"providers_ips", r.readAddresses},
		{"accounts", r.readAccounts},
		{"allow_list", r.readAllowed},
		{"subscribers", r.readSubscribers},
		{"subscriber_numbers", r.readMayShow},
		{"numbers_pool", r.readNumbers},
		{"gates", r.readGates},
		{"duty_operators", r.readDuties},
		{"stop_rules", r.readStopRules},
		{"tariffs", r.readTariffs},
		{"policies", r.readPolicies},
		{"policy_routes", r.readPolicyRoutes},
		{"policy_rules", r.readPolicyRules},
		{"route_rules", r.readRouteRules},
		{"block_list", r.readBlocks},
		{"call_lengths", r.readLengths},
		{"decks", r.readDecks},
		{"deck_rates", r.readRates},
	} {
		if err := table.read(); err != nil {
			return fmt.Errorf("table %s: %w", table.name, err)
		}
	}
	return nil
}

func (r *reader) readVersion() error {
	err := r.tx.QueryRowContext(r.ctx, `SELECT COALESCE(MAX(id), 0), UTC_TIMESTAMP(3) FROM change_log`).Scan(&r.data.Version, &r.now)
	if !r.at.IsZero() {
		r.now = r.at
	}
	return err
}

// each runs a query and calls one for every row.
func (r *reader) each(query string, one func(rows *sql.Rows) error, args ...any) error {
	rows, err := r.tx.QueryContext(r.ctx, query, args...)
	if err != nil {
		return err
	}
	return eachRow(rows, one)
}

func (r *reader) problem(table string, id int64, column, format string, args ...any) {
	r.problems = append(r.problems, routing.Problem{Table: table, ID: id, Column: column, Detail: fmt.Sprintf(format, args...)})
}

// number reads an E.164 number that may be absent; ok is false, and a problem
// told, when it is none.
func (r *reader) number(table string, id int64, column string, text sql.NullString) (n e164.Number, ok bool) {
	if text.String == "" {
		return "", true
	}
	return r.someNumber(table, id, column, text.String)
}

// someNumber reads an E.164 number that must be there.
func (r *reader) someNumber(table string, id int64, column, text string) (n e164.Number, ok bool) {
	n, err := e164.Parse(text)
	if err != nil {
		r.problem(table, id, column, "%q: %v; want country code and number, e.g. 442038070121", text, err)
		return "", false
	}
	return n, true
}

// prefix says whether text is leading digits of a number; empty is any number.
func (r *reader) prefix(table string, id int64, column, text string) (ok bool) {
	if len(text) > e164.MaxDigits || strings.Trim(text, "0123456789") != "" {
		r.problem(table, id, column, "%q: want up to %d digits", text, e164.MaxDigits)
		return false
	}
	return true
}

// tier reads a tier that may be absent.
func (r *reader) tier(table string, id int64, text sql.NullString) (tier *routing.Tier, ok bool) {
	if !text.Valid {
		return nil, true
	}
	t, err := routing.ParseTier(text.String)
	if err != nil {
		r.problem(table, id, "tier", "%v", err)
		return nil, false
	}
	return &t, true
}

// zone reads the name of a time zone. Local would be another place on every
// machine.
func (r *reader) zone(table string, id int64, name string) (zone *time.Location, ok bool) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		r.problem(table, id, "time_zone", "%q: want a name of the IANA time zone database, e.g. Europe/Moscow, or UTC", name)
		return nil, false
	}
	return zone, true
}

// limit says whether a limit makes sense.
func (r *reader) limit(table string, id int64, l routing.Limit) (ok bool) {
	if l.Channels < 0 || l.CPS < 0 {
		r.problem(table, id, "channels, cps", "%d, %d: want 0 for no limit, or more", l.Channels, l.CPS)
		return false
	}
	return true
}

// yes reads a Y or N of the article's tables.
func (r *reader) yes(table string, id int64, column, text string) (value, ok bool) {
	if text != "Y" && text != "N" {
		r.problem(table, id, column, "%q: want Y or N", text)
		return false, false
	}
	return text == "Y", true
}

func (r *reader) direction(table string, id int64, text string) (d routing.Direction, ok bool) {
	switch text {
	case "IN":
		return routing.In, true
	case "OUT":
		return routing.Out, true
	case "IN/OUT":
		return routing.In | routing.Out, true
	}
	r.problem(table, id, "direction", "%q: want IN, OUT or IN/OUT", text)
	return 0, false
}
