// Package alarm says when somebody is to be told, and what.
//
//	figures ──Judge──▶ bad, good or unknown ──Step──▶ pending ──▶ firing ──▶ resolved
//	                                                     ╰─ for ─╯   ╰─ clear for ─╯
//
// Judge and Step know no database and no clock; a Round joins them to a Store.
// What is told goes out by package alarm/send.
package alarm
