package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// configurationTables are the tables whose changes a running Tandem must hear
// of, as of the first release. A table that comes later gets its triggers in a
// migration of its own.
func configurationTables() []string {
	return []string{
		"currency", "fx_rates", "providers", "providers_ips", "servers", "server_addresses", "accounts", "subscribers",
		"subscriber_numbers", "numbers_pool", "gates", "duty_operators", "rates", "stop_rules",
	}
}

// deckTables came with decks and policies. deck_rates is not among them: the row
// of its deck speaks for millions.
func deckTables() []string {
	return []string{"tariffs", "decks", "policies", "policy_routes", "policy_rules", "route_rules", "block_list"}
}

// moneyTables came with balances. balances, holds and ledger are not among them:
// no decision is made by what a running Tandem remembers of them.
func moneyTables() []string { return []string{"allow_list"} }

// createTriggers makes three triggers a table: each changed row adds one to
// change_log within the same transaction, so that the news and the change
// become visible together. It may run any number of times.
func createTriggers(tables []string) func(ctx context.Context, pool *sql.DB) error {
	return func(ctx context.Context, pool *sql.DB) error {
		for _, table := range tables {
			for _, event := range []string{"INSERT", "UPDATE", "DELETE"} {
				if _, err := pool.ExecContext(ctx, trigger(table, event)); err != nil {
					return fmt.Errorf("trigger of %s after %s: %w", table, strings.ToLower(event), err)
				}
			}
		}
		return nil
	}
}

func trigger(table, event string) string {
	return fmt.Sprintf("CREATE OR REPLACE TRIGGER %[1]s_%[2]s AFTER %[3]s ON %[1]s FOR EACH ROW "+
		"INSERT INTO change_log (topic, at) VALUES ('%[1]s', UTC_TIMESTAMP(3))", table, strings.ToLower(event), event)
}
