package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// Names are the names of what records and postings have by number. They are read
// when they are wanted, each once; names of what is gone are empty.
type Names struct {
	db                                               *DB
	accounts, providers, gates, subscribers, isoCode map[int64]string
}

// NameIDs are numbers whose names are wanted; zeros and repetitions do no harm.
type NameIDs struct{ Accounts, Providers, Gates, Subscribers, Currencies []int64 }

// NewNames makes a set of names that knows none yet.
func (d *DB) NewNames() *Names {
	none := func() map[int64]string { return map[int64]string{} }
	return &Names{db: d, accounts: none(), providers: none(), gates: none(), subscribers: none(), isoCode: none()}
}

// Load reads the names that are not known yet.
func (n *Names) Load(ctx context.Context, want NameIDs) error {
	for _, kind := range []struct {
		ids   []int64
		names map[int64]string
		query string
	}{
		{want.Accounts, n.accounts, `SELECT id, name FROM accounts WHERE id IN (?)`},
		{want.Providers, n.providers, `SELECT id, providername FROM providers WHERE id IN (?)`},
		{want.Gates, n.gates, `SELECT id, gatename FROM gates WHERE id IN (?)`},
		{want.Subscribers, n.subscribers, `SELECT id, login FROM subscribers WHERE id IN (?)`},
		{want.Currencies, n.isoCode, `SELECT id, iso FROM currency WHERE id IN (?)`},
	} {
		if err := n.load(ctx, kind.query, kind.names, kind.ids); err != nil {
			return wrap("names", err)
		}
	}
	return nil
}

func (n *Names) load(ctx context.Context, query string, names map[int64]string, ids []int64) error {
	var missing []int64
	for _, id := range ids {
		if _, known := names[id]; !known && id != 0 {
			names[id] = "" // unless it is found
			missing = append(missing, id)
		}
	}
	slices.Sort(missing)
	return eachIn(ctx, n.db.calls, query, missing, func(rows *sql.Rows) error {
		var id int64
		var name string
		err := rows.Scan(&id, &name)
		names[id] = name
		return err
	})
}

// Account is the name of an account.
func (n *Names) Account(id int64) string { return n.accounts[id] }

// Provider is the name of a provider.
func (n *Names) Provider(id int64) string { return n.providers[id] }

// Gate is the name of a gate with its number: several gates of a provider may have one
// name.
func (n *Names) Gate(id int64) string {
	if name := n.gates[id]; name != "" {
		return fmt.Sprintf("%s #%d", name, id)
	}
	return ""
}

// Subscriber is the login of a subscriber.
func (n *Names) Subscriber(id int64) string { return n.subscribers[id] }

// Currency is the ISO 4217 code of a currency.
func (n *Names) Currency(id int64) string { return n.isoCode[id] }
