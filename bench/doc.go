// Package bench measures Tandem against an anchor in the same run, on the same
// machine, in turns. Only what an anchor was measured beside means anything
// elsewhere; absolute figures are printed to show where the ratio comes from.
//
//	AGI     ┌─────────┐  route  ┌────────────────┐      ┌─────────┐
//	        │  load   ├────────▶│ tandem serve   ├─────▶│ MariaDB │
//	        │ (agitest│         └────────────────┘      └─────────┘
//	        │  .Load) │  route  ┌────────────────┐
//	        │         ├────────▶│ raw Go echo    │   the same commands, byte for byte
//	        └─────────┘         └────────────────┘
//	          slices in turns:  T E T E T E …        exchanges per server-CPU-second
//
//	Calls   ┌─────────┐ INVITE  ┌──────────┐ INVITE  ┌─────────┐
//	        │ phone 1 ├────────▶│ Asterisk ├────────▶│ carrier │  users_context: Tandem decides
//	        │ phone 2 ├────────▶│          ├────────▶│         │  bench_bare:    Dial() and no more
//	        └─────────┘         └────┬─────┘         └─────────┘
//	                                 │ route, end
//	                            tandem serve ──▶ MariaDB
//
//	Decide  made-up decks ──┬─▶ snapshot in process   Plan, one number after the other
//	        (bench/azdeck)  └─▶ MariaDB, indexed      one SQL query a number; same routes or failed
//
//	Import  sheet ─▶ tandem deck import ─▶ MariaDB ─▶ tandem serve ─▶ first answer by it
//	        the same rows ─▶ LOAD DATA ──▶ MariaDB    same checksum or failed
//
//	Swap    stream of route exchanges ─▶ tandem serve ─▶ MariaDB
//	        left alone, then while a deck is published; latency from when a question was due
//
//	Holds   workers ─▶ package db ─────────▶ MariaDB   a CALL each, durable when it answers
//	        workers ─▶ the bare driver ────▶ MariaDB   the same CALL; the same INSERT and UPDATE
//	        load ─▶ tandem serve ──────────▶ MariaDB   FastAGI route with a hold
//	        load ─▶ raw Go handler ────────▶ MariaDB   the same answer after the same hold, and no more
//
//	Settle  ends of calls ─▶ package db ───▶ MariaDB   priced, posted, holds given back
//	        the rows of it ─▶ plain INSERT ▶ MariaDB   the same rows in the same transactions
//
//	API     workers ─▶ tandem serve ───────▶ MariaDB   lists, records, look-ups over many call records
//	        workers ─▶ tandem serve                    an answer that takes no thought
//	        workers ─▶ the bare driver ────▶ MariaDB   the same rows
//
//	Live    calls that are made up ─▶ live stream ─▶ listeners   each told of every call
//	        as many bytes ──────────▶ plain HTTP  ─▶ listeners   once a second
//
// The work a server does is counted in its own CPU time, user and system, as
// the kernel accounts it: the load runs on the same cores, so the rate on the
// wall clock says more about the machine than about the server. CPU time that a
// server uses after a slice for what it took on during the slice (records on
// their way to MariaDB) belongs to the slice: a slice ends when the server is
// idle.
//
// Everything is bounded in time, listens on loopback addresses of its own and is
// ended with the context.
package bench
