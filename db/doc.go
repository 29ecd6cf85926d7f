// Package db is MariaDB: it fills the small store interfaces that the core
// declares, and knows the schema's version.
//
//	              sql/migrations --migrate.go--> schema <--seed.go-- sql/seed
//	                                               |
//	change_log --changes.go: "something is new"--> snapshot.go --> routing.Data --> routing.NewSnapshot
//	     ^ triggers.go                             |  ^
//	     +-- every edit, also by hand              |  +-- snapshot_rates.go: only decks that are not loaded yet
//	                                               |
//	billing/deck --deck_draft.go, deck_write.go--> decks, deck_rates --deck_rows.go--> billing/deck
//	                                               |  ^
//	                                               |  +-- deck_publish.go: publish, roll back
//	                                               |
//	billing.Hold --hold.go, one CALL-------------> holds, balances --open_holds.go--> keeper, reconciler
//	                                               |  ^
//	billing.Record --cdr.go, settle.go-----------> calls, attempts, ledger --calls.go--> a call, the last agent
//	                                               |
//	accounts.go, tariffs.go, fx_rates.go,          |
//	ledger.go, ledger_topup.go, statement.go <---> accounts, balances, ledger --verify.go--> billing.Verification
//	                                               |
//	                                               +-- replay.go: past calls, to decide them once more
//	                                               +-- answered.go --> call_lengths.go, traffic.go
//	                                               +-- retention.go: reasons are kept for a while
//
// # Changes reach a running Tandem within a second
//
// Triggers add a row to change_log for every row that is inserted, updated or
// deleted in a configuration table, in the same transaction; a SQL edit by hand
// therefore counts as well. They are made by migrations written in Go
// (triggers.go), because three files for every table that differ in one word
// would hide the idea. The triggers run with the rights of the user that
// migrated: that user must stay. deck_rates has none: who edits rates by hand
// raises revision in the row of their deck.
//
// # Decks
//
// An import writes into a deck that nobody uses (loading), in transactions of ten
// thousand rates, each of which also renews a lease on the import. A deck that
// is whole becomes a draft; publishing it is one UPDATE; going back is another.
// What a killed import leaves behind is removed by the next one, when its lease
// is over; who comes back after that finds the lease gone and writes no more.
//
//	loading --> draft --> published (scheduled, in force, superseded: told by publish_at)
//	   ^          |           |
//	   +--delete--+           +--> rolled_back
//
// # Records
//
// A call's row is merged field by field from its two halves, so start and end
// may come in either order, any number of times, from any node or from a file:
//
//	start   wins over the end's copy of the same fact, fills the reasons
//	end     fills what no start told, and alone knows how the call ended
//	attempt a result wins over "in progress", a longer one over a shorter
//
// A record that MariaDB will never take (billing.RefusedError) is told from a
// database that is away (billing.ErrUnavailable): the first must be put aside,
// the second waited for.
//
// # Money
//
// Money is set aside by a stored procedure, one round trip with its commit: the
// hold's row first, then one UPDATE of the balance that also checks it, so that
// no two calls can take the same money, on whatever node. It is idempotent by the
// call id. An end settles its call in the transaction that writes it: the hold is
// locked, the call charged, what that is posted, the hold removed. Who has closed
// a call is kept with it, so an end that is told again is no better than itself
// and posts nothing, and a better one posts the difference. Rows are locked in
// the order holds, calls, balances, each by key, and no gaps (READ COMMITTED;
// with a binary log its format is MIXED or ROW).
//
//	begin   p_hold or a start     holds +1      balances held +
//	during  p_extend              holds         balances held +
//	end     WriteRecords          holds -1      balances held -, balance -   ledger +
//
// Everything that moves a balance is in the ledger; Verify holds the two, and the
// calls, against each other.
//
// # Connections
//
// Strict SQL, UTC, utf8mb4, values interpolated by the driver (half the round
// trips of prepared statements). Found rows, not changed rows, are counted: an
// UPDATE that finds its row reports 1 even if it changed nothing. Two pools:
// calls use one with short time-outs, migrations and loading use a small one
// without a read time-out, bounded by their context alone.
package db
