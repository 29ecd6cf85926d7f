// Package replay runs past calls through routing twice, as it is and as a draft
// deck or policy would make it, and adds up what differs. It is pure: calls come
// from a Source, decisions from routing.Snapshot.Plan, which the live call runs.
//
//	past calls ──▶ Call ──admit──▶ skipped, counted by reason
//	                 │
//	        ┌────────┴────────┐
//	     before             after       the same Request, two snapshots
//	        │ Plan            │ Plan
//	     first route       first route
//	        │ charge          │ charge  exact price of the same seconds of talk
//	        └────────┬────────┘
//	                 ▼
//	     Row by destination, provider, account …; Move; Recorded ──▶ Report
//
// What is replayed is routing, not what the far side did:
//
//   - A call keeps its server, account, number shown, B-number, routing number and
//     length. Load is left out: no limit is full, no route rests.
//   - It is decided at its own time of day and on its own weekday, in UTC, within
//     the week that begins at Options.As: dates of rates hold as they will in that
//     week. Without As it is decided at its own time.
//   - The first route of the plan carries it. An answered call costs what its rate
//     makes of its talk, and every call the fee of one attempt. Failures, and the
//     fees of attempts that failed, are not replayed.
//   - It is sold by the account's tariff, when it has one and a route. A margin is
//     known only of calls whose sale is.
//   - Policies that share draw their tickets from 0, each side for itself.
//   - A call whose number moved to another server is decided there, as the live
//     call would be.
//
// Sums are in millionths of the base currency, one rounding in the rate's own
// currency and one in the conversion for each call, as an invoice would have it.
// How far all this is from what happened is told by Recorded: the same calls at
// the same prices, by the routes that really carried them.
package replay
