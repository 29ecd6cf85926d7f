package db

import (
	"context"
	"time"
)

// forgetAuditBite is how many entries one statement removes.
const forgetAuditBite = 5000

// ForgetAudit removes entries of the audit log that are older than that, and
// returns how many.
func (d *DB) ForgetAudit(ctx context.Context, olderThan time.Duration) (forgotten int64, err error) {
	now, err := d.Now(ctx)
	if err != nil {
		return 0, err
	}
	before := now.Add(-olderThan).Truncate(time.Millisecond)
	for {
		n, err := affected(d.bulk.ExecContext(ctx, `DELETE FROM audit_log WHERE at < ? ORDER BY at LIMIT ?`, before, forgetAuditBite))
		forgotten += n
		if err != nil || n < forgetAuditBite {
			return forgotten, wrap("forget the audit log", err)
		}
	}
}
