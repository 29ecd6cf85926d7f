// Package billing keeps the record of every call and of every attempt.
//
//	callflow --Record--> Spool.Put --ok--> RecordStore (MariaDB, upsert by key)
//	                        |
//	                        +--database away--> append-only file, fsync --later, in order--> RecordStore
//
// A record is acknowledged only when it is committed or on disk. Every write is
// an upsert by call_id, or by call_id and attempt number, so the same report may
// arrive twice, late, or from a file, and still counts once. Money comes on top
// of these records; it is not here yet.
package billing
