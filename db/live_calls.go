package db

import (
	"context"
	"database/sql"

	"tandem/billing"
)

// Starts are the records of calls without their reasons, by call id; a call that
// has none yet is not in the answer.
func (d *DB) Starts(ctx context.Context, callIDs []string) (map[string]billing.Start, error) {
	starts := map[string]billing.Start{}
	err := eachOfCalls(ctx, d.calls, `SELECT `+callColumns+` FROM calls WHERE call_id IN (?)`, callIDs, func(rows *sql.Rows) error {
		var call billing.End
		err := scanCall(&call, rows.Scan)
		starts[call.Start.CallID] = call.Start
		return err
	})
	return starts, wrap("records of calls", err)
}
