package db

import (
	"context"
	"database/sql"

	"tandem/billing"
	"tandem/internal/q850"
)

// FinishedAttempts lists the attempts of calls that are known to be over, in
// their order.
func (d *DB) FinishedAttempts(ctx context.Context, callIDs []string) (map[string][]billing.Attempt, error) {
	found := map[string][]billing.Attempt{}
	err := eachOfCalls(ctx, d.calls, `SELECT call_id, `+attemptColumns+` FROM attempts
		WHERE call_id IN (?) AND result <> 'in_progress' ORDER BY call_id, n`, callIDs, func(rows *sql.Rows) error {
		var id string
		a, err := scanAttempt(func(dest ...any) error { return rows.Scan(append([]any{&id}, dest...)...) })
		a.CallID = id
		found[id] = append(found[id], a)
		return err
	})
	return found, wrap("finished attempts", err)
}

// attemptColumns are read by scanAttempt, in this order.
const attemptColumns = `n, route, COALESCE(provider_id, 0), COALESCE(tier, ''), COALESCE(gate_id, 0), COALESCE(address_id, 0), started_at, result,
	COALESCE(dial_status, ''), COALESCE(sip_status, 0), COALESCE(cause, 0), rang <> 0, progress <> 0, COALESCE(pdd_ms, 0), elapsed_ms, talk_ms,
	COALESCE(blame, '')`

func scanAttempt(scan func(dest ...any) error) (billing.Attempt, error) {
	var a billing.Attempt
	var cause uint8
	var pdd, elapsed, talk int64
	err := scan(&a.N, &a.Key, &a.ProviderID, &a.Tier, &a.GateID, &a.AddressID, &a.StartedAt, &a.Result, &a.DialStatus,
		&a.SIPStatus, &cause, &a.Rang, &a.Progress, &pdd, &elapsed, &talk, &a.Blame)
	a.Cause = q850.Cause(cause)
	a.PDD, a.Elapsed, a.Talk = fromMS(pdd), fromMS(elapsed), fromMS(talk)
	return a, err
}
