package db

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/alarm"
	"tandem/internal/money"
)

// Bounds of what is read of single calls: alarms wait rather than calls.
const (
	alarmSeconds = 10 // of one statement
	mostMembers  = 100
	mostAttempts = 200_000
)

// asking bounds a statement of an alarm.
func asking(query string) string {
	return `SET STATEMENT max_statement_time=` + strconv.Itoa(alarmSeconds) + ` FOR ` + query
}

// numberFigures count calls by number: the numbers with the most of them, as far as
// they are near the limit.
func (d *DB) numberFigures(ctx context.Context, r *alarm.Rule, s *alarmSeen) error {
	column, other := "b_number", "a_number"
	if r.Measure.Name == "calls_from_number" {
		column, other = "a_number", "b_number"
	}
	var c where
	c.add("started_at >= ? AND started_at < ?", s.from, s.to)
	// Calls that one server hands to another are there once more; numbers of ours are
	// called as often as people like.
	c.add(map[bool]string{true: "direction = 'out'", false: "direction <> 'redirect'"}[column == "b_number"])
	c.add(column + " <> ''")
	for _, o := range r.Only {
		name := map[string]string{"account": "account_id", "server": "server"}[o.What]
		c.add(name+" IN (?"+strings.Repeat(", ?", len(o.Values)-1)+")", texts(o.Values)...)
	}
	rows, err := d.bulk.QueryContext(ctx, asking(`SELECT `+column+`, COUNT(*), COUNT(DISTINCT `+other+`), SUM(disposition = 'answered' OR answered_at IS NOT NULL), COALESCE(SUM(talk_ms), 0)
		FROM calls FORCE INDEX (calls_started) WHERE `+c.joined()+`
		GROUP BY `+column+` HAVING COUNT(*) > ? ORDER BY 2 DESC, 1 LIMIT ?`), append(c.args, int64(nearLimit(r))/1_000_000, mostMembers)...)
	if err != nil {
		return err
	}
	return eachRow(rows, func(rows *sql.Rows) error {
		var number string
		var n, others, answered, talk int64
		if err := rows.Scan(&number, &n, &others, &answered, &talk); err != nil {
			return err
		}
		f := alarm.CountFigure(n)
		f.Detail = map[string]string{
			"different_" + other + "s": strconv.FormatInt(others, 10), "answered": strconv.FormatInt(answered, 10), "talk_s": strconv.FormatInt(talk/1000, 10),
		}
		s.add(r, alarm.Subject{number}, f)
		return nil
	})
}

// nearLimit is from where on a rule of large sums has to know a figure: half of
// what makes it bad or over.
func nearLimit(r *alarm.Rule) alarm.Value {
	v := r.Value
	if r.Clear != nil {
		v = min(v, *r.Clear)
	}
	return v / 2
}

func texts(list []string) []any {
	args := make([]any, len(list))
	for i, v := range list {
		args[i] = v
	}
	return args
}

// chargedFigures are what accounts were charged in the window, with what their calls
// in progress cost in it.
func (d *DB) chargedFigures(ctx context.Context, r *alarm.Rule, live *liveHolds, s *alarmSeen) error {
	sums, counts := map[string]money.Amount{}, map[string]int64{}
	rows, err := d.bulk.QueryContext(ctx, asking(`SELECT c.account_id, SUM(c.sale_base), COUNT(*) FROM ledger l FORCE INDEX (ledger_kind) JOIN calls c ON c.call_id = l.call_id AND c.month = `+monthExpression(`l.call_id`)+`
		WHERE l.kind = 'sale' AND l.at >= ? AND l.at < ? AND c.account_id > 0 AND c.sale_base IS NOT NULL GROUP BY c.account_id`), s.from, s.to)
	if err != nil {
		return err
	}
	if err := eachRow(rows, func(rows *sql.Rows) error {
		var account string
		var sum money.Amount
		var n int64
		err := rows.Scan(&account, &sum, &n)
		sums[account], counts[account] = sum, n
		return err
	}); err != nil {
		return err
	}
	list, err := live.all(ctx)
	if err != nil {
		return err
	}
	for i := range list {
		v := &list[i]
		if v.rate > 0 {
			counts[v.values["account"]]++
			sums[v.values["account"]] += money.Amount(v.rate * s.to.Sub(later(v.answered, s.from)).Seconds())
		}
	}
	for account, sum := range sums {
		if subject := (alarm.Subject{account}); pickedBy(r, "account", account) {
			s.add(r, subject, r.Measure.Scaled(alarm.Figure{Value: alarm.Value(sum), Samples: counts[account]}, s.to.Sub(s.from), r.Window))
		}
	}
	return nil
}

func pickedBy(r *alarm.Rule, what, value string) bool {
	for _, o := range r.Only {
		if o.What == what {
			return slices.Contains(o.Values, value)
		}
	}
	return true
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
