// Package archive keeps the records of past months in files, so that the database
// can forget them. A month is a folder:
//
//	2026-03/attempts.ndjson.zst   one JSON object a row, in the order of the table's key
//	2026-03/calls.ndjson.zst
//	2026-03/manifest.json         rows, SHA-256 and columns of each; written last
//
// A folder without a manifest is no archive: whatever wrote it did not get to its
// end. Files are written in the folder .new, synced and read back; then the month
// gets its name. One that had it stays as 2026-03.old- and the time.
//
// Keeper moves a month out of the database. Nothing is removed that was not read
// back from the files first and found equal to what is removed, row by row:
//
//	settled? --> write --> read back --> set aside --> compare --> remove
//
// It may die anywhere and be begun again. What was set aside is either removed,
// being equal to its archive, or put back.
//
// The files can be read with zstdcat and jq. A column that is NULL is left out.
package archive
