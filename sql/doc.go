// Package sql is the schema of the database and its seed data, embedded. Import
// it as schema, so that it is not taken for database/sql.
//
//	migrations/0001_currency.sql ... --goose, package db--> MariaDB
//	procedures/*.sql                 made by a migration written in Go: they have more than one ";"
//	seed/article/*.csv               the tables that the article publishes, byte for byte
//	seed/demo/*.csv                  what the article leaves out: decks, tariffs, accounts, subscribers
//
// # The tables
//
//	currency <- fx_rates
//	   ^  ^
//	   |  +--- tariffs <------------------------------- accounts
//	   |          ^                                      ^
//	   |        decks <- - - deck_rates                  |
//	   |          |                                      |
//	providers <---+   <- providers_ips                   |
//	   ^  ^  ^                                           |
//	   |  |  +-- stop_rules, policy_routes -> policies <- policy_rules
//	   |  |                                              |
//	   |  |    servers <- server_addresses               |
//	   |  |       ^  ^                                   |
//	   |  +-------|--|--- numbers_pool <- gates          |
//	   |          |  |       ^     ^        ^            |
//	   |          |  |       |     +--- route_rules -----+-- block_list
//	   |          |  +- subscribers <- subscriber_numbers
//	   |          |          ^
//	   |          +- duty_operators
//	   |
//	   +- - - calls, attempts (no foreign keys, by month) - - -> call_lengths
//
//	accounts <- balances, allow_list
//	accounts, servers <- - - holds - - -> calls           (no foreign keys)
//	accounts, providers, calls <- - - ledger
//
//	change_log      who changed: nobody asks; that it changed: everybody
//	ported_numbers  looked up one at a time
//	nodes, jobs     the Tandems that live, and what one of them does for all
//	servers_seen, asterisk_cdrs   what is left of calls whose end nobody told
//
//	users <- sessions, api_keys, one_time_links     who signs in; sign_in_tries counts who fails
//	users - - -> audit_log                          who changed what (no foreign keys: people go, it stays)
//	deck_imports <- - - deck_import_parts           a sheet on its way to a draft deck
//	replays, verifications                          work that takes a while, and what came of it
//
// A deck is one version of all prices of a provider for a tier, or of a tariff.
// Its rows have neither triggers nor a foreign key, because millions come in at
// once; the row in decks announces them.
//
// Names are the article's where it has them. A delete that would break a
// reference fails. No reference cascades, because MariaDB runs no trigger for a
// cascaded change and a running Tandem would not hear of it.
//
// # Habits
//
// One statement a file, and each may run again: MariaDB commits every DDL
// statement on its own, so a migration that dies halfway is simply repeated.
// Files are never edited after a release; the next number changes what they
// made. First add (expand), then deploy, then remove (contract): the program
// before and the program after run on the schema in between.
//
// Every table is InnoDB with a primary key (Galera wants one). Times are
// DATETIME(3) in UTC, never TIMESTAMP, which ends in 2038 and moves with the
// session's time zone. Money is DECIMAL. Addresses are text, so one column holds
// IPv4, IPv6 and networks. Words such as IN/OUT are small VARCHARs that Go
// checks when it loads them; a word it does not know is reported with its row
// and the rest lives. Types are the ones that MySQL has too.
//
// TRUNCATE runs no trigger: use DELETE on a configuration table, or restart.
package sql
