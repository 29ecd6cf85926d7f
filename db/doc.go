// Package db is MariaDB: it fills the small store interfaces that the core
// declares, and knows the schema's version.
//
//	              sql/migrations --migrate.go--> schema <--seed.go-- sql/seed
//	                                               |
//	change_log --changes.go: "something is new"--> snapshot.go --> routing.Data --> routing.NewSnapshot
//	     ^ triggers.go                             |
//	     +-- every edit, also by hand              +-- calls, attempts
//	                                                      ^        |
//	billing.Record --cdr.go, upsert by key----------------+        +-- calls.go: a call, the last agent
//
// # Changes reach a running Tandem within a second
//
// Triggers add a row to change_log for every row that is inserted, updated or
// deleted in a configuration table, in the same transaction; a SQL edit by hand
// therefore counts as well. They are made by one migration written in Go
// (triggers.go), because three times fourteen files that differ in one word
// would hide the idea. The triggers run with the rights of the user that
// migrated: that user must stay.
//
// # Records
//
// A call's row is merged field by field from its two halves, so start and end
// may come in either order, any number of times, from any node or from a file:
//
//	start   wins over the end's copy of the same fact, fills plan and reasons
//	end     fills what no start told, and alone knows how the call ended
//	attempt a result wins over "in progress", a longer one over a shorter
//
// A record that MariaDB will never take (billing.RefusedError) is told from a
// database that is away (billing.ErrUnavailable): the first must be put aside,
// the second waited for.
//
// # Connections
//
// Strict SQL, UTC, utf8mb4, values interpolated by the driver (half the round
// trips of prepared statements). Found rows, not changed rows, are counted: an
// UPDATE that finds its row reports 1 even if it changed nothing. Two pools:
// calls use one with short time-outs, migrations and loading use a small one
// without a read time-out, bounded by their context alone.
package db
