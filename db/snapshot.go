package db

import (
	"context"
	"database/sql"
	"fmt"

	"tandem/internal/e164"
	"tandem/routing"
)

// LoadSnapshotData reads the configuration as it was at one moment: all tables
// in one read-only transaction over one consistent view. A row that cannot be
// read is left out and told as a problem; the rest lives.
func (d *DB) LoadSnapshotData(ctx context.Context) (routing.Data, []routing.Problem, error) {
	var r reader
	err := inTx(ctx, d.bulk, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, func(tx *sql.Tx) error {
		r = reader{ctx: ctx, tx: tx, leftOut: map[int64]bool{}}
		return r.readAll()
	})
	if err != nil {
		return routing.Data{}, nil, wrap("load configuration", err)
	}
	return r.data, r.problems, nil
}

// reader fills Data table by table inside one transaction.
type reader struct {
	ctx      context.Context // of the transaction
	tx       *sql.Tx
	data     routing.Data
	problems []routing.Problem
	leftOut  map[int64]bool // providers that cannot be read: their rates go with them, unreported
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
		{"subscribers", r.readSubscribers},
		{"subscriber_numbers", r.readMayShow},
		{"numbers_pool", r.readNumbers},
		{"gates", r.readGates},
		{"duty_operators", r.readDuties},
		{"stop_rules", r.readStopRules},
		{"rates", r.readRates},
	} {
		if err := table.read(); err != nil {
			return fmt.Errorf("table %s: %w", table.name, err)
		}
	}
	return nil
}

func (r *reader) readVersion() error {
	return r.tx.QueryRowContext(r.ctx, `SELECT COALESCE(MAX(id), 0) FROM change_log`).Scan(&r.data.Version)
}

// each runs a query and calls one for every row.
func (r *reader) each(query string, one func(rows *sql.Rows) error) error {
	rows, err := r.tx.QueryContext(r.ctx, query)
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
