package db

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"tandem/billing"
	"tandem/geo"
	"tandem/internal/money"
)

// countedAttempt is a finished bid with what its call has to say.
type countedAttempt struct {
	billing.Attempt

	cost, sale       money.Amount // base currency
	server           string
	account          int64
	aNumber, bNumber string
	aPlace, bPlace   int64 // of places; 0: the number tells none; -1: nobody has looked
	a, b             geo.Place
}

// timeSpan is from then until before then.
type timeSpan struct{ from, to time.Time }

// countAttempts sums up the finished bids to providers of some times, by the
// buckets of a level. Attempts without a provider are those that we refused
// ourselves: they say nothing about any route.
//
// What an attempt cost in the base currency was not kept before migration 70: of
// older calls the whole cost is that of the attempt that was answered.
func countAttempts(ctx context.Context, tx *sql.Tx, level qualityLevel, spans []timeSpan, place func(number string) geo.Place) (map[time.Time]*qualityCounts, int64, error) {
	var args []any
	for _, s := range spans {
		args = append(args, s.from, s.to)
	}
	//nolint:gosec // G202: placeholders only
	query := `SELECT a.provider_id, COALESCE(a.tier, ''), COALESCE(a.gate_id, 0), a.started_at, a.result,
			COALESCE(a.sip_status, 0), COALESCE(a.cause, 0), a.rang <> 0, a.progress <> 0, COALESCE(a.pdd_ms, 0), a.talk_ms, COALESCE(a.blame, ''),
			COALESCE(a.rtp_received, 0), COALESCE(a.rtp_lost, 0), COALESCE(a.rtp_sent, 0), COALESCE(a.rtp_jitter_us, 0), COALESCE(a.rtp_mos, 0),
			COALESCE(a.cost_base, IF(a.cost IS NOT NULL AND a.result = 'answered', c.cost_base, 0), 0),
			IF(a.result = 'answered' AND c.sale_base IS NOT NULL AND NOT EXISTS
				(SELECT 1 FROM attempts l WHERE l.call_id = a.call_id AND l.month = a.month AND l.n > a.n AND l.result = 'answered'), c.sale_base, 0),
			COALESCE(c.server, ''), COALESCE(c.account_id, 0), COALESCE(c.a_number, ''), COALESCE(c.b_number, ''),
			COALESCE(o.id, IF(c.a_place_id = 0, 0, -1)), COALESCE(o.country, ''),
			COALESCE(d.id, IF(c.b_place_id = 0, 0, -1)), COALESCE(d.country, ''), COALESCE(d.prefix, ''), COALESCE(d.network, '')
		FROM attempts a FORCE INDEX (attempts_started) LEFT JOIN calls c ON c.call_id = a.call_id AND c.month = a.month
			LEFT JOIN places o ON o.id = c.a_place_id LEFT JOIN places d ON d.id = c.b_place_id
		WHERE (` + strings.Repeat(`a.started_at >= ? AND a.started_at < ? OR `, len(spans)) + `FALSE) AND a.result <> 'in_progress' AND a.provider_id > 0`
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, 0, err
	}
	counts, attempts := map[time.Time]*qualityCounts{}, int64(0)
	err = eachRow(rows, func(rows *sql.Rows) error {
		var a countedAttempt
		if err := a.scan(rows); err != nil {
			return err
		}
		at := level.bucket(a.StartedAt)
		c := counts[at]
		if c == nil {
			c = newQualityCounts()
			counts[at] = c
		}
		if a.aPlace < 0 {
			a.a = place(a.aNumber)
		}
		if a.bPlace < 0 {
			a.b = place(a.bNumber)
		}
		c.add(&a)
		attempts++
		return nil
	})
	return counts, attempts, err
}

func (a *countedAttempt) scan(rows *sql.Rows) error {
	var pdd, talk, jitter int64
	err := rows.Scan(&a.ProviderID, &a.Tier, &a.GateID, &a.StartedAt, &a.Result, &a.SIPStatus, &a.Cause, &a.Rang, &a.Progress, &pdd, &talk, &a.Blame,
		&a.Media.Received, &a.Media.Lost, &a.Media.Sent, &jitter, &a.Media.MOS, &a.cost, &a.sale, &a.server, &a.account, &a.aNumber, &a.bNumber,
		&a.aPlace, &a.a.Country, &a.bPlace, &a.b.Country, &a.b.Prefix, &a.b.Network)
	a.PDD, a.Talk, a.Media.Jitter = fromMS(pdd), fromMS(talk), time.Duration(jitter)*time.Microsecond
	return err
}
