package db

import (
	"context"
	"database/sql"
	"time"

	"tandem/quality"
)

// RouteQuality is how a route carried calls to a prefix in five minutes.
type RouteQuality struct {
	At         time.Time // when they began
	ProviderID int64
	Tier       string // empty: not known
	GateID     int64  // 0: over SIP, to one of the provider's addresses
	Prefix     string // of the B-number: calling code and up to three digits more

	Measures quality.Measures // without money and media
}

// EachRouteQuality tells what was counted of routes since then, the oldest first.
func (d *DB) EachRouteQuality(ctx context.Context, since time.Time, tell func(*RouteQuality)) error {
	rows, err := d.bulk.QueryContext(ctx, `SELECT bucket, provider_id, tier, gate_id, prefix, bids, seizures, answers, short_answers, blame_route, blame_us,
			pdd_0, pdd_1, pdd_2, pdd_3, pdd_4
		FROM quality_routes WHERE level = ? AND bucket >= ? ORDER BY bucket`, int(fiveMinutes), fiveMinutes.bucket(since))
	if err != nil {
		return wrap("quality of routes", err)
	}
	return wrap("quality of routes", eachRow(rows, func(rows *sql.Rows) error {
		var r RouteQuality
		m := &r.Measures
		into := []any{&r.At, &r.ProviderID, &r.Tier, &r.GateID, &r.Prefix, &m.Bids, &m.Seizures, &m.Answers, &m.Short, &m.Blamed.Route, &m.Blamed.Us}
		for i := range delayColumns {
			into = append(into, binsOf(&m.PDD, i))
		}
		err := rows.Scan(into...)
		if err == nil {
			tell(&r)
		}
		return err
	}))
}
