package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Calls and attempts are kept in a partition a month. A unique key of a
// partitioned table has to contain what it is partitioned by, and a call must be
// there once, whatever is told of it in whatever order; so the month is a function
// of the call id alone: Asterisk's uniqueid ends in the second in which it made
// the channel, and ".", and a number.
//
//	alpha-1795324814.27  -->  202611
//	anything else        -->  0, a partition of its own
//
// The column has the function as its default: whoever writes a row need not name
// it. Whoever looks for a row by its call id names it, so that MariaDB looks into
// one partition; without it the answer is the same and takes as many looks as
// there are months.

// monthExpression is callMonth in SQL, of a column or parameter that holds a call id.
// It depends on no time zone.
func monthExpression(id string) string {
	return `IF(` + id + ` RLIKE '(^|-)[0-9]{10}[.][0-9]+\\z', EXTRACT(YEAR_MONTH FROM '1970-01-01' + INTERVAL SUBSTRING_INDEX(SUBSTRING_INDEX(` +
		id + `, '-', -1), '.', 1) SECOND), 0)`
}

// epochDigits is how many digits the second has from 2001 until 2286.
const epochDigits = 10

// callMonth is the year and month of a call id, as 202611; 0 when the id has no
// time in it. It is the column month of the tables calls and attempts.
func callMonth(callID string) int {
	stamp := callID[strings.LastIndexByte(callID, '-')+1:]
	second, number, found := strings.Cut(stamp, ".")
	if !found || len(second) != epochDigits || !isDigits(second) || !isDigits(number) {
		return 0
	}
	seconds, err := strconv.ParseInt(second, 10, 64)
	if err != nil {
		return 0
	}
	return yearMonth(time.Unix(seconds, 0))
}

// yearMonth is 202611 for any moment of November 2026 in UTC.
func yearMonth(t time.Time) int {
	year, month, _ := t.UTC().Date()
	return year*100 + int(month)
}

func isDigits(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool { return c < '0' || c > '9' })
}

// eachOfCalls is eachIn for a query that asks for calls, or for their attempts, by
// a list of call ids: it adds the months to "call_id IN (?)".
func eachOfCalls(ctx context.Context, q querier, query string, callIDs []string, one func(rows *sql.Rows) error) error {
	for some := range slices.Chunk(callIDs, maxKeys) {
		within := strings.Replace(query, "call_id IN (?)", "call_id IN (?) AND month IN ("+months(some)+")", 1)
		if err := eachIn(ctx, q, within, some, one); err != nil {
			return err
		}
	}
	return nil
}

// months are those of some call ids, as a list in SQL.
func months(callIDs []string) string {
	var list []int
	for _, id := range callIDs {
		if m := callMonth(id); !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	slices.Sort(list)
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ", "), "[]")
}
