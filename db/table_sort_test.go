package db_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tandem/db"
)

// Every list can be ordered by every field that it shows: numbers as numbers,
// times as times, whatever the columns hold; and the pages of such a list, put
// together, are all rows once.
func TestEveryFieldOrders(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	for i, percent := range []string{"9", "10", "2.5", "100", "-3"} {
		b.exec(`INSERT INTO tariffs (name, currency_id, markup_percent, markup_per_minute) VALUES (?, (SELECT id FROM currency WHERE iso = 'USD'), ?, ?)`,
			"sorted "+strconv.Itoa(i), percent, "0.0"+strconv.Itoa(9-i)+"1")
	}
	b.exec(`INSERT INTO policies (id, name, kind) VALUES (9, 'sorted', 'cost')`)
	b.exec(`INSERT INTO policies (name, kind, band_percent) VALUES ('a', 'cost', 9), ('b', 'cost', 10), ('c', 'cost', 5.25), ('d', 'cost', 99)`)
	for i, minutes := range []int{540, 600, 59, 1380} {
		b.exec(`INSERT INTO route_rules (action, b_prefix, account_id, days, start_minute, end_minute) VALUES ('block', ?, NULL, ?, ?, ?)`, 7+i, 1<<i, minutes, minutes+30)
		b.exec(`INSERT INTO policy_rules (position, policy_id, days, start_minute, end_minute) VALUES (?, 9, ?, ?, ?)`, 10*i, 1<<i, minutes, minutes+30)
	}
	fields := 0
	count := func(n int) { fields += n }
	count(everyField(b, db.TariffTable()))
	count(everyField(b, db.RouteRules()))
	count(everyField(b, db.PolicyRules()))
	count(everyField(b, db.StopRules()))
	count(everyField(b, db.Blocks()))
	count(everyField(b, db.Providers()))
	count(everyField(b, db.Addresses()))
	count(everyField(b, db.Gates()))
	count(everyField(b, db.Numbers()))
	count(everyField(b, db.Servers()))
	count(everyField(b, db.Subscribers()))
	count(everyField(b, db.DutyOperators()))
	count(everyField(b, db.Policies()))
	if fields < 100 {
		t.Errorf("%d fields were looked at", fields)
	}
}

// everyField counts the fields by which a list can be ordered.
func everyField[T any](b bundle, table db.Table[T]) (n int) {
	b.t.Helper()
	all := rowsBy(b, table, "id")
	if len(all) == 0 {
		return 0
	}
	for _, name := range sortedNames(all[0]) {
		for _, sort := range []string{name, "-" + name} {
			rows := rowsBy(b, table, sort)
			if rows == nil {
				continue // it cannot be ordered by
			}
			n++
			if len(rows) != len(all) {
				b.t.Errorf("%T by %s: %d rows of %d", *new(T), sort, len(rows), len(all))
			}
			for i := 1; i < len(rows); i++ {
				before, after := rows[i-1][name], rows[i][name]
				order := compareValues(name, before, after)
				if strings.HasPrefix(sort, "-") {
					order = -order
				}
				if order > 0 {
					b.t.Errorf("%T by %s: %v before %v", *new(T), sort, before, after)
				}
			}
		}
	}
	return n
}

func sortedNames(row map[string]any) []string {
	var list []string
	for name := range row {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// rowsBy reads a list by small pages; nil: it cannot be ordered so.
func rowsBy[T any](b bundle, table db.Table[T], sort string) []map[string]any {
	b.t.Helper()
	rows := []map[string]any{}
	q := db.ListQuery{Sort: sort, Limit: 3}
	for {
		page, err := table.List(b.t.Context(), b.DB, q)
		var field *db.FieldError
		if errors.As(err, &field) && field.Field == "sort" {
			return nil
		}
		if err != nil {
			b.t.Fatalf("%T by %s: %v", *new(T), sort, err)
		}
		for i := range page.Items {
			text, err := json.Marshal(page.Items[i])
			if err != nil {
				b.t.Fatal(err)
			}
			row := map[string]any{}
			if err := json.Unmarshal(text, &row); err != nil {
				b.t.Fatal(err)
			}
			rows = append(rows, row)
		}
		if q.After = page.Next; q.After == nil || len(rows) > 10_000 {
			return rows
		}
	}
}

// signs are in the order of the Unicode collation.
const signs = " _-,;:!?.'\"()[]@*/\\&#%+<=>|~$"

func compareValues(name string, a, b any) int {
	switch a, b := numberOf(name, a), numberOf(name, b); {
	case a != nil && b != nil:
		return cmp.Compare(*a, *b)
	case a != nil || b != nil:
		return 0
	}
	x, isText := a.(string)
	y, also := b.(string)
	if !isText || !also {
		return 0 // lists
	}
	fold := func(text string) string {
		return strings.Map(func(r rune) rune {
			if i := strings.IndexRune(signs, r); i >= 0 {
				return rune(i + 1)
			}
			return r
		}, strings.ToLower(text))
	}
	return strings.Compare(fold(x), fold(y))
}

// numberOf is a value that is ordered as a number; none counts as 0, as in a list.
func numberOf(name string, v any) *float64 {
	switch v := v.(type) {
	case nil:
		return new(0.0)
	case float64:
		return &v
	case bool:
		if v {
			return new(1.0)
		}
		return new(0.0)
	case string:
		if name == "percent" || name == "band_percent" || name == "per_minute" {
			if f, err := strconv.ParseFloat(v, 64); err == nil {
				return &f
			}
			return new(0.0)
		}
	}
	return nil
}
