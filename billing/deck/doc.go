// Package deck reads any carrier's rate sheet, checks it whole, and compares it
// with the rates in force. It is pure: no store, no clock.
//
//	file --encoding.go, sheet_csv.go / sheet_xlsx.go--> records (line, cells)
//	          |
//	          |  columns.go, headerless.go: which column is what, guessed and shown, or mapped
//	          v
//	       row.go --codes.go, price.go, increments.go, date.go, window.go, status.go--> table (32 bytes a rate)
//	          |
//	          |  check.go: duplicates, overlaps, ranges; one fault and there is no deck
//	          v
//	       Sheet.All: rates sorted by prefix, then by date
//	          |
//	          +-- diff.go   what the sheet changes, and what that costs
//	          +-- carry.go  the rows of the live deck that go on until the new ones begin
//	          +-- write.go  CSV that reads back to the same rates
//
// A cell that can be read in two ways is never guessed alone: the column as a
// whole decides (decimal comma or point, day or month first), and where it does
// not, the error says which option does. All faults of a sheet are told at once.
package deck
