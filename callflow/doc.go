// Package callflow is the plot: one call from seizure to record, told without
// SQL, HTTP or Asterisk.
//
//	door (agi, api)                 plot                        core
//	route     ──Seizure──▶ outbound.go ─▶ routing.Plan     ┐
//	incoming  ──Seizure──▶ inbound.go  ─▶ number, agent    ├─▶ Decision back to the door,
//	next      ──Hunt─────▶ next.go     ─▶ routing.Judge    ┘   Start/Attempt to the recorder
//	end       ──Report───▶ end.go      ─▶ billing.End, acknowledged when durable
//
// What becomes of attempts is told to package quality by lessons.go, and comes
// back as the order of the next call's routes.
//
// No call lives in memory here. What a call needs to go on (the routes left, the
// attempts made) travels with it on Asterisk's channel, so any node can serve
// any exchange, and the death of one costs a call nothing. The end report
// carries the whole story again, so a record is complete even if every earlier
// exchange was lost.
package callflow
