package db_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tandem/billing"
)

// What support asks for first must not read all calls of a customer, even if there
// is nothing to find.
func TestFailedCallsOfAnAccountUseTheirIndex(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	var records []billing.Record
	for i := range 2000 {
		s := started(fmt.Sprintf("call-%d", i))
		s.AccountID = int64(1 + i%2)
		records = append(records, billing.Record{Start: s})
	}
	b.write(records...)
	b.exec("UPDATE calls SET disposition = 'failed' WHERE account_id = 2")
	b.exec("ANALYZE TABLE calls")
	plan := b.table(`EXPLAIN SELECT * FROM calls c WHERE account_id = 1 AND disposition = 'failed' ORDER BY started_at DESC, call_id DESC LIMIT 51`)
	if !slices.ContainsFunc(plan, func(row []string) bool {
		return row[5] == "calls_account_disposition" && len(row[8]) == 1 && !strings.Contains(row[9], "filesort")
	}) {
		t.Errorf("plan %v", plan)
	}
}
