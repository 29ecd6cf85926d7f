package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// NumberEdit changes many numbers in the same way. What is nil stays as it is.
type NumberEdit struct {
	ProviderID              *int64  `json:"provider_id,omitempty"`
	ServerID                *int64  `json:"server_id,omitempty" doc:"0: bound to no server"`
	Enabled                 *bool   `json:"enabled,omitempty"`
	Direction               *string `json:"direction,omitempty" doc:"IN, OUT or IN/OUT"`
	Virtual                 *bool   `json:"virtual,omitempty"`
	EchoTest                *bool   `json:"echo_test,omitempty"`
	AccountID               *int64  `json:"account_id,omitempty" doc:"0: nobody's"`
	DestinationSubscriberID *int64  `json:"destination_subscriber_id,omitempty" doc:"0: none"`
	DestinationNumber       *string `json:"destination_number,omitempty" doc:"Empty: none"`
	Delete                  bool    `json:"delete,omitempty" doc:"Take them out of the pool, at most 1000 at a time; nothing else is changed then"`
}

// maxDeletes: each number asks every table that could name it.
const maxDeletes = 1000

// NumberChoice says which numbers are meant.
type NumberChoice struct {
	IDs  []int64   // these; or else
	List ListQuery // those that a list with its filter and Q would show
	// Selection is that of a preview's report: other numbers, or numbers that were
	// changed since, are ErrSelection. Empty: whatever is met.
	Selection string
}

// ErrSelection is the answer to a deed whose preview has met other numbers.
var ErrSelection = errors.New("these are not the numbers that the preview has shown, or they were changed meanwhile: nothing was done; preview again")

// EditNumbers changes many numbers in the same way. A number that cannot be changed
// is left and told with the reason. preview writes nothing and locks nothing.
func (d *DB) EditNumbers(ctx context.Context, which NumberChoice, edit NumberEdit, preview bool) (NumberReport, error) {
	if err := edit.check(); err != nil {
		return NumberReport{}, err
	}
	return d.numbersTx(ctx, preview, func(tx *sql.Tx, report *NumberReport) error {
		list, err := pickNumbers(ctx, tx, which, preview)
		if err != nil {
			return err
		}
		report.Matched = len(list)
		if report.Selection, err = selectionOf(list); err != nil {
			return err
		}
		switch {
		case !preview && which.Selection != "" && which.Selection != report.Selection:
			return ErrSelection
		case edit.Delete:
			return deleteNumbers(ctx, tx, list, report)
		case preview:
			return edit.foresee(ctx, tx, list, report)
		}
		return edit.apply(ctx, tx, list, report)
	})
}

// selectionOf is a sum of numbers as they stand.
func selectionOf(list []Number) (string, error) {
	text, err := json.Marshal(list)
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:12]), err
}

func (e NumberEdit) check() error {
	if e == (NumberEdit{}) {
		return &FieldError{Field: "change", Text: "nothing is to be changed: name at least one field"}
	}
	var n Number
	e.set(&n)
	n.Number, n.Direction = "10000000", nonEmpty(n.Direction, "IN")
	if e.ProviderID == nil {
		n.ProviderID = 1
	}
	return inField("change.", n.check())
}

// set writes the changes into one number.
func (e NumberEdit) set(n *Number) {
	change(e.ProviderID, &n.ProviderID)
	if e.Enabled != nil {
		n.Enabled = e.Enabled
	}
	change(e.Direction, &n.Direction)
	change(e.Virtual, &n.Virtual)
	change(e.EchoTest, &n.EchoTest)
	change(e.DestinationNumber, &n.DestinationNumber)
	changeReference(e.ServerID, &n.ServerID)
	changeReference(e.AccountID, &n.AccountID)
	changeReference(e.DestinationSubscriberID, &n.DestinationSubscriberID)
}

func change[T any](to, field *T) {
	if to != nil {
		*field = *to
	}
}

// changeReference takes 0 for none.
func changeReference(to *int64, field **int64) {
	switch {
	case to == nil:
	case *to == 0:
		*field = nil
	default:
		*field = to
	}
}

// pickNumbers reads the numbers that are meant, in the order of their digits; unless
// they are only looked at, they are locked.
func pickNumbers(ctx context.Context, tx *sql.Tx, which NumberChoice, look bool) ([]Number, error) {
	ids := which.IDs
	if len(ids) == 0 && len(which.List.Filter) == 0 && which.List.Q == "" {
		return nil, &FieldError{Field: "ids", Text: "say which: give ids, or a filter"}
	}
	if len(ids) == 0 {
		var err error
		if ids, err = numberIDs(ctx, tx, which.List); err != nil {
			return nil, err
		}
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) > MaxNumbers {
		return nil, &FieldError{Field: "ids", Text: fmt.Sprintf("that is more than %d numbers: narrow the filter, and repeat", MaxNumbers)}
	}
	if !look {
		if err := eachIn(ctx, tx, `SELECT id FROM numbers_pool WHERE id IN (?) ORDER BY id FOR UPDATE`, ids, func(*sql.Rows) error { return nil }); err != nil {
			return nil, err
		}
	}
	list, err := numbersBy(ctx, tx, "t.id IN (?)", ids)
	if err == nil && len(list) < len(ids) {
		return nil, &FieldError{Field: "ids", Text: fmt.Sprintf("%d of them are not in the pool", len(ids)-len(list))}
	}
	return list, err
}

// numberIDs are the ids of what a list would show, one more than may be changed.
func numberIDs(ctx context.Context, tx *sql.Tx, which ListQuery) ([]int64, error) {
	table := Numbers()
	p, err := table.plan(which)
	if err != nil {
		return nil, inField("filter.", err)
	}
	rows, err := tx.QueryContext(ctx, "SELECT t.id"+table.source(p.where)+" LIMIT ?", append(p.where.args, MaxNumbers+1)...) //nolint:gosec // G202: names are the program's own, values are parameters
	if err != nil {
		return nil, err
	}
	var ids []int64
	err = eachRow(rows, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// sort tells what the edit makes of numbers, and refuses those that it cannot be
// made of.
func (e NumberEdit) sort(list []Number, report *NumberReport) (changed []Number) {
	for i := range list {
		after := list[i]
		e.set(&after)
		if err := after.check(); err != nil {
			report.add(refusal(&list[i], err.Error()))
			continue
		}
		if sameJSON(after, list[i]) {
			report.Unchanged++
			continue
		}
		changed = append(changed, after)
	}
	return changed
}

// foresee tells what apply would do.
func (e NumberEdit) foresee(ctx context.Context, tx *sql.Tx, list []Number, report *NumberReport) error {
	changed := e.sort(list, report)
	if err := nameReferences(ctx, tx, changed); err != nil {
		return inField("change.", err)
	}
	return reportChanges(ctx, tx, byNumber(list), changed, report)
}

// apply changes all that can be changed.
func (e NumberEdit) apply(ctx context.Context, tx *sql.Tx, list []Number, report *NumberReport) error {
	var ids []int64
	for _, n := range e.sort(list, report) {
		ids = append(ids, n.ID)
	}
	columns, args := e.columns()
	for some := range slices.Chunk(ids, maxKeys) {
		in := "(?" + strings.Repeat(", ?", len(some)-1) + ")"
		all := slices.Clone(args)
		for _, id := range some {
			all = append(all, id)
		}
		if _, err := tx.ExecContext(ctx, "UPDATE numbers_pool SET "+strings.Join(columns, " = ?, ")+" = ? WHERE id IN "+in, all...); err != nil { //nolint:gosec // G202: names are the program's own, values are parameters
			return inChange(err)
		}
	}
	after, err := numbersBy(ctx, tx, "t.id IN (?)", ids)
	if err != nil {
		return err
	}
	return reportChanges(ctx, tx, byNumber(list), after, report)
}

// inChange blames a field of the change.
func inChange(err error) error {
	var n Number
	return inField("change.", Numbers().fault(&n, err))
}

// inField blames a field of what the field is part of.
func inField(part string, err error) error {
	if field, ok := errors.AsType[*FieldError](err); ok {
		return &FieldError{Field: part + field.Field, Text: field.Text}
	}
	return err
}

// columns are those that the edit sets.
func (e NumberEdit) columns() (columns []string, args []any) {
	var n Number
	e.set(&n)
	set := map[string]bool{
		"provider_id": e.ProviderID != nil, "server_id": e.ServerID != nil, "enabled": e.Enabled != nil, "direction": e.Direction != nil,
		"virtualflag": e.Virtual != nil, "echotest": e.EchoTest != nil, "account_id": e.AccountID != nil,
		"destination_subscriber_id": e.DestinationSubscriberID != nil, "destination_number": e.DestinationNumber != nil,
	}
	for _, f := range n.fields() {
		if set[f.column] {
			columns = append(columns, f.column)
			args = append(args, f.value)
		}
	}
	return columns, args
}

// deleteNumbers takes numbers out of the pool that nothing names; a preview only
// looks who names them.
func deleteNumbers(ctx context.Context, tx *sql.Tx, list []Number, report *NumberReport) error {
	if len(list) > maxDeletes {
		return &FieldError{Field: "change.delete", Text: fmt.Sprintf("that would delete %d numbers; want at most %d at a time", len(list), maxDeletes)}
	}
	table := Numbers()
	for i := range list {
		var err error
		if report.Preview {
			err = table.referred(ctx, tx, list[i].ID, list[i].Number)
		} else {
			err = table.remove(ctx, tx, list[i])
		}
		var referred *ReferredError
		switch {
		case errors.As(err, &referred):
			report.add(refusal(&list[i], referred.Error()))
		case err != nil:
			return err
		default:
			report.add(NumberChange{ID: list[i].ID, Number: list[i].Number, Action: "delete"})
		}
	}
	return nil
}
