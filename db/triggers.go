package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// configurationTables are the tables whose changes a running Tandem must hear
// of. A table that comes later gets its triggers in its own migration.
func configurationTables() []string {
	return []string{
		"currency", "fx_rates", "providers", "providers_ips", "servers", "server_addresses", "accounts", "subscribers",
		"subscriber_numbers", "numbers_pool", "gates", "duty_operators", "rates", "stop_rules",
	}
}

// createTriggers makes three triggers a table: each changed row adds one to
// change_log within the same transaction, so that the news and the change
// become visible together. It may run any number of times.
func createTriggers(ctx context.Context, pool *sql.DB) error {
	for _, table := range configurationTables() {
		for _, event := range []string{"INSERT", "UPDATE", "DELETE"} {
			if _, err := pool.ExecContext(ctx, trigger(table, event)); err != nil {
				return fmt.Errorf("trigger of %s after %s: %w", table, strings.ToLower(event), err)
			}
		}
	}
	return nil
}

func trigger(table, event string) string {
	return fmt.Sprintf("CREATE OR REPLACE TRIGGER %[1]s_%[2]s AFTER %[3]s ON %[1]s FOR EACH ROW "+
		"INSERT INTO change_log (topic, at) VALUES ('%[1]s', UTC_TIMESTAMP(3))", table, strings.ToLower(event), event)
}
