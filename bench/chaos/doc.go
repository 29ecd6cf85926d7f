// Package chaos breaks a whole play stack while calls are charged on it, and then
// counts the money. It knows of Tandem what an auditor knows: the tables, and
// what telephones, carriers and Asterisk's own call records saw.
//
//	seed ─┬─▶ plan      who dies when ───▶ breaker ──▶ tandem-1, tandem-2, MariaDB, Asterisk
//	      ├─▶ calls     who calls whom ──▶ traffic ──▶ phones ─▶ Asterisk ─▶ carriers
//	      └─▶ top-ups   in between  ─────▶ topUps  ──▶ ledger
//	                                          │
//	                     rest: everything up, no hold open, spools empty
//	                                          │
//	         books (MariaDB) + witness (phones, carriers, CDR files)
//	                                          ▼
//	                       audit ──▶ Report: overspend_micros, double_charged,
//	                                 lost_records, open_holds: all 0, or the run failed
//
// The seed fixes what is tried, not what comes of it: machines differ. A run that
// failed keeps its directory, and the report tells the story of each call that is
// wrong.
//
// # What counts as what
//
//	overspend_micros  how far a balance was below its floor, a day's spending above
//	                  its limit, and a call charged above its hold or its limit
//	double_charged    calls that were sold, or bought for one attempt, more than once
//	lost_records      calls that a phone heard answered, or Asterisk recorded, or
//	                  that began in the tables, without exactly one ended record, or,
//	                  answered and sold, without exactly its charge
//	open_holds        holds, or money held, after everything has come to rest
//
// Whatever else is not right (the ledger does not verify, a price is another than
// a few lines of arithmetic of this package's own make it, a record refused) fails
// the run as well.
//
// A killed Asterisk takes the record of its calls with it. Such a call must still
// have exactly one record; how long it talked is an estimate, which may be nothing
// when nobody had looked at it yet, and never more than the phones saw.
package chaos
