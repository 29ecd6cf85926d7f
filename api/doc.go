// Package api is the HTTP door.
//
//	people: browsers, scripts ──▶ headers.go ──▶ access.Guard ──▶ v1 (/api/v1), stream of what changes
//	                                       └──▶ the console (web), the API's own page (/api/docs)
//	dialplans' CURL() ──GET /lookup/…──▶ lookup.go ──▶ routing.Snapshot             (peers only)
//	Asterisk's hang-up handler ──POST /asterisk/end──▶ end.go ──▶ callflow.End      (peers only)
//	lines it kept while no node answered ──file──▶ collect.go ─┘
//	Asterisk's own call records ──file──▶ collect_cdr.go ──▶ CDRStore
//	calls of this node and their money ──▶ live_hub.go ──GET /api/live──▶ live.go    (this machine and peers only)
//	monitoring ──GET /healthz /readyz /metrics──▶ health.go, metrics.go
//
// The end report comes over HTTP because an AGI in a hang-up handler cannot be
// bounded in time, and CURL can. It is acknowledged with "ok" only when the
// record is committed or on disk.
package api
