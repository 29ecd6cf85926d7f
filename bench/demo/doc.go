// Package demo is the demo data as routing knows it, read from the seed files
// without a database: for benchmarks of pure code.
//
//	sql/seed/article/*.csv ─┐
//	sql/seed/demo/*.csv ────┴─▶ routing.Data ─▶ Snapshot
//
// It holds what an outgoing call is decided by; addresses that calls come from,
// duty operators and destinations are left out. A test holds its plans against
// those of the same seed in a MariaDB.
package demo
