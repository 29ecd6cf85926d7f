package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"slices"
)

// maxShown is how many rows of a kind a report shows; all are counted.
const maxShown = 200

// NumberReport is what became of numbers that were changed together, or what would.
type NumberReport struct {
	Preview   bool           `json:"preview" doc:"Nothing was written"`
	Matched   int            `json:"matched" doc:"Numbers that were meant"`
	Selection string         `json:"selection,omitempty" doc:"Stands for the numbers that were meant, as they are; send it with the deed, and no other numbers are changed"`
	Created   int            `json:"created"`
	Changed   int            `json:"changed"`
	Deleted   int            `json:"deleted"`
	Unchanged int            `json:"unchanged" doc:"They are so already"`
	Refused   int            `json:"refused" doc:"Left as they are"`
	Items     []NumberChange `json:"items" nullable:"false" doc:"The first 200 that are made, changed or deleted"`
	Refusals  []NumberChange `json:"refusals" nullable:"false" doc:"The first 200 that are left, with the reason"`
}

// NumberChange is what becomes of one number.
type NumberChange struct {
	ID      int64         `json:"id,omitempty" doc:"None: it is new, and this is a preview"`
	Number  string        `json:"number"`
	Action  string        `json:"action" enum:"create,update,delete,refuse"`
	Reason  string        `json:"reason,omitempty" doc:"Why it is refused"`
	Changes []FieldChange `json:"changes,omitempty"`
}

// FieldChange is one field before and after.
type FieldChange struct {
	Field  string `json:"field"`
	Before any    `json:"before"`
	After  any    `json:"after"`
}

func newNumberReport(preview bool) NumberReport {
	return NumberReport{Preview: preview, Items: []NumberChange{}, Refusals: []NumberChange{}}
}

// add counts a change, and shows it as long as there is room.
func (r *NumberReport) add(c NumberChange) {
	list := &r.Items
	switch c.Action {
	case "create":
		r.Created++
	case "update":
		r.Changed++
	case "delete":
		r.Deleted++
	default:
		r.Refused++
		list = &r.Refusals
	}
	if len(*list) < maxShown {
		*list = append(*list, c)
	}
}

func refusal(n *Number, reason string) NumberChange {
	return NumberChange{ID: n.ID, Number: n.Number, Action: "refuse", Reason: reason}
}

// numbersTx runs work in a transaction. A preview only reads: it holds no lock that
// calls could wait for.
func (d *DB) numbersTx(ctx context.Context, preview bool, work func(tx *sql.Tx, r *NumberReport) error) (NumberReport, error) {
	var r NumberReport
	do := func(tx *sql.Tx) error {
		r = newNumberReport(preview)
		return work(tx, &r)
	}
	var err error
	if preview {
		err = inTx(ctx, d.calls, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, do)
	} else {
		err = inTx(ctx, d.bulk, nil, do)
	}
	var n Number
	return r, wrap("change numbers", Numbers().fault(&n, err))
}

// reportChanges tells of numbers before and after, writes the audit log unless it
// is a preview, and counts those that stayed as they are. before has no row: the number is new.
func reportChanges(ctx context.Context, tx *sql.Tx, before map[string]Number, after []Number, r *NumberReport) error {
	table := Numbers()
	var changes []Change
	for i := range after {
		n := &after[i]
		was, there := before[n.Number]
		switch {
		case !there:
			changes = append(changes, table.change("create", n, nil, *n))
			r.add(NumberChange{ID: n.ID, Number: n.Number, Action: "create"})
		case sameJSON(was, *n):
			r.Unchanged++
		default:
			changes = append(changes, table.change("update", n, was, *n))
			r.add(NumberChange{ID: n.ID, Number: n.Number, Action: "update", Changes: differences(was, *n)})
		}
	}
	if r.Preview {
		return nil
	}
	return auditAll(ctx, tx, changes)
}

// differences are the fields in which two rows differ, as JSON has them.
func differences(before, after any) []FieldChange {
	was, is := jsonFields(before), jsonFields(after)
	var list []FieldChange
	for _, name := range slices.Sorted(maps.Keys(is)) {
		if !sameJSON(was[name], is[name]) {
			list = append(list, FieldChange{Field: name, Before: was[name], After: is[name]})
		}
	}
	return list
}

func jsonFields(v any) map[string]any {
	fields := map[string]any{}
	if text, err := json.Marshal(v); err == nil {
		_ = json.Unmarshal(text, &fields) // it was made a moment ago
	}
	return fields
}

// numbersBy reads numbers of the pool, keys by keys; condition has one (?).
func numbersBy[K any](ctx context.Context, tx *sql.Tx, condition string, keys []K) ([]Number, error) {
	table := Numbers()
	var list []Number
	var n Number
	columns, _ := table.shown(&n)
	err := eachIn(ctx, tx, "SELECT "+columns+table.source(whose(condition))+" ORDER BY t.number", keys, func(rows *sql.Rows) error {
		var n Number
		_, into := table.shown(&n)
		err := rows.Scan(into...)
		list = append(list, n)
		return err
	})
	return list, err
}

func byNumber(list []Number) map[string]Number {
	m := make(map[string]Number, len(list))
	for _, n := range list {
		m[n.Number] = n
	}
	return m
}

// insertNumbers writes new rows, many in a statement.
func insertNumbers(ctx context.Context, tx *sql.Tx, list []Number) error {
	if len(list) == 0 {
		return nil
	}
	table := Numbers()
	columns, _, _ := table.written(&list[0])
	rows := make([][]any, len(list))
	for i := range list {
		_, rows[i], _ = table.written(&list[i])
	}
	return insertInto(table.name, columns...).exec(ctx, tx, rows)
}
