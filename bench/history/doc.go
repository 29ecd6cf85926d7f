// Package history makes some days of calls for a demo, by the code that serves
// real ones:
//
//	traffic (seeded dice) ──▶ callflow.Flow: decide, set money aside, judge, conclude
//	                              │ records
//	                              ▼
//	                         db.WriteRecords: settle, post      every session's clock stands at the time of the calls
//
// What is invented is who calls whom, when, and what the carriers answer. Routes,
// reasons, prices, postings are what Tandem makes of it. The records name
// the node Node, so that nobody takes them for calls that were made.
package history
