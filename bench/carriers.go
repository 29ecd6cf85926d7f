package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/rs/zerolog"

	"tandem/bench/azdeck"
	"tandem/billing/deck"
	"tandem/db"
	"tandem/play"
	"tandem/routing"
)

// firstCarrier is the provider id of the first carrier of the bench, beyond those
// of the demo data.
const firstCarrier = 1001

// The currencies of the demo data that the carriers bill in.
const (
	demoUSD = 122
	demoEUR = 156
)

// carriers fill a node's database with providers and their decks, by the same
// functions as the commands.
type carriers struct {
	db  *db.DB
	set *azdeck.Set
}

// addCarriers takes the demo's providers out of routing and puts the carriers in
// their place, without decks.
func addCarriers(ctx context.Context, m *play.MariaDB, set *azdeck.Set, teardown *play.Teardown) (*carriers, error) {
	at := m.Config()
	database, err := db.Open(ctx, db.Config{
		Address: at.Addr, User: at.User, Password: at.Passwd, Database: at.DBName, Program: "tandem bench", Log: zerolog.Nop(),
	})
	if err != nil {
		return nil, err
	}
	teardown.Add("connections to MariaDB", func(context.Context) error { return database.Close() })
	statements := []string{
		// A server for such decks has a buffer pool for them.
		fmt.Sprintf("SET GLOBAL innodb_buffer_pool_size = %d", bufferPool),
		"UPDATE providers SET enabled = 0",
	}
	for provider := range set.Providers() {
		id, currency := firstCarrier+provider, demoUSD
		if currencyOf(provider) == eur {
			currency = demoEUR
		}
		statements = append(statements,
			fmt.Sprintf(`INSERT INTO providers (id, providername, currency_id, cli_allowed) VALUES (%d, '%s', %d, 'Y')`, id, carrierName(provider), currency),
			fmt.Sprintf(`INSERT INTO providers_ips (id, provider_id, domainname, direction, proto) VALUES (%d, %d, 'sbc-%d.example', 'OUT', 'SIP')`, id, id, id))
	}
	if err := execAll(ctx, m, statements...); err != nil {
		return nil, err
	}
	return &carriers{db: database, set: set}, nil
}

func carrierName(provider int) string { return fmt.Sprintf("carrier-%d", provider+1) }

func execAll(ctx context.Context, m *play.MariaDB, statements ...string) (err error) {
	pool, err := sql.Open("mysql", m.DSN())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	for _, statement := range statements {
		if _, err := pool.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// publishAll puts a deck of every carrier in force.
func (c *carriers) publishAll(ctx context.Context, o Options) error {
	for provider := range c.set.Providers() {
		o.say("deck of %s: %d rates", carrierName(provider), c.set.Size(provider))
		id, err := c.draft(ctx, provider, azdeck.Ended(c.set.Rows(provider)))
		if err != nil {
			return err
		}
		if _, err := c.db.Publish(ctx, id, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

func (c *carriers) draft(ctx context.Context, provider int, rows iter.Seq[routing.DeckRow]) (int64, error) {
	owner := db.DeckOwner{ProviderID: int64(firstCarrier + provider), Tier: routing.TierCLI}
	return c.db.NewDraft(ctx, db.Draft{Owner: owner, Comment: "bench"}, deckRates(rows), nil)
}

// deckRates are rows as an import sees them.
func deckRates(rows iter.Seq[routing.DeckRow]) deck.Rates {
	return func(yield func(deck.Rate, error) bool) {
		for r := range rows {
			if !yield(deck.Rate{Prefix: r.Prefix, Destination: azdeck.Destination(r.Prefix), Rate: r.Rate}, nil) {
				return
			}
		}
	}
}

// cheapDeck is a carrier's deck at prices that nobody else has: those of a later
// round are lower again, so that the first route tells which deck is in force.
func cheapDeck(set *azdeck.Set, provider, round int) iter.Seq[routing.DeckRow] {
	return func(yield func(routing.DeckRow) bool) {
		for r := range azdeck.Ended(set.Rows(provider)) {
			r.PerMinute, r.ConnectionFee = cheapest>>(2*round)+r.PerMinute/10_000%64, 0
			if !yield(r) {
				return
			}
		}
	}
}

// cheapest is 0.0001 a minute, less than azdeck's lowest price even where only
// whole minutes are billed.
const cheapest = 10_000

// maxRounds keeps cheapDeck's prices apart.
const maxRounds = 5
