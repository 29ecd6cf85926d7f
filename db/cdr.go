package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"tandem/billing"
)

// maxReasons is what the column takes: thousands of candidates.
const maxReasons = 1<<16 - 1

// WriteRecords writes a batch in one transaction, all or nothing. Each record
// is an upsert by its key, so a batch may be written again whenever the outcome
// is not known. The error is a *billing.RefusedError for a record that MariaDB
// will never take, and billing.ErrUnavailable for everything else.
func (d *DB) WriteRecords(ctx context.Context, records []billing.Record) error {
	if len(records) == 0 {
		return nil
	}
	batch, err := newBatch(records)
	if err != nil {
		return err
	}
	err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error { return batch.write(ctx, tx) })
	if err == nil {
		return nil
	}
	if refused(err) {
		index, cause := d.findRefused(ctx, records)
		if index >= 0 {
			return &billing.RefusedError{Index: index, Err: cause}
		}
		err = errors.Join(err, cause)
	}
	return fmt.Errorf("write records: %w: %w", billing.ErrUnavailable, err)
}

// errTrial ends a transaction that was only tried.
var errTrial = errors.New("trial")

// findRefused writes the records one by one, in a transaction that is thrown
// away, until one is refused. -1: none is.
func (d *DB) findRefused(ctx context.Context, records []billing.Record) (index int, cause error) {
	index = -1
	err := inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		for i := range records {
			one, err := newBatch(records[i : i+1])
			if err == nil {
				err = one.write(ctx, tx)
			}
			if err != nil {
				if refused(err) {
					index = i
				}
				return err
			}
		}
		return errTrial
	})
	if errors.Is(err, errTrial) {
		return -1, nil
	}
	return index, err
}

// batch is records sorted into the rows of three statements.
type batch struct {
	starts, ends, attempts [][]any
}

// newBatch fails with a *billing.RefusedError for a record that is none.
func newBatch(records []billing.Record) (batch, error) {
	var b batch
	for i, r := range records {
		if err := b.add(r); err != nil {
			return batch{}, &billing.RefusedError{Index: i, Err: err}
		}
	}
	// Every node locks rows in the same order, which makes deadlocks rare. Equal
	// keys keep the order in which they came.
	for _, rows := range [][][]any{b.starts, b.ends, b.attempts} {
		slices.SortStableFunc(rows, func(x, y []any) int { return cmp.Compare(x[0].(string), y[0].(string)) }) //nolint:forcetypeassert // the call id
	}
	return b, nil
}

func (b *batch) add(r billing.Record) error {
	if r.CallID() == "" {
		return errors.New("no call id")
	}
	switch {
	case r.Start != nil && r.Attempt == nil && r.End == nil:
		row, err := startRow(r.Start)
		if err != nil {
			return err
		}
		b.starts = append(b.starts, row)
	case r.Attempt != nil && r.Start == nil && r.End == nil:
		b.attempts = append(b.attempts, attemptRow(r.Attempt.CallID, r.Attempt))
	case r.End != nil && r.Start == nil && r.Attempt == nil:
		b.ends = append(b.ends, endRow(r.End))
		for i := range r.End.Attempts {
			// The end names the call; its attempts need not repeat it.
			b.attempts = append(b.attempts, attemptRow(r.End.Start.CallID, &r.End.Attempts[i]))
		}
	default:
		return errors.New("want exactly one of start, attempt and end")
	}
	return nil
}

func (b *batch) write(ctx context.Context, tx *sql.Tx) error {
	return cmp.Or(
		startUpsert().exec(ctx, tx, b.starts),
		endUpsert().exec(ctx, tx, b.ends),
		attemptUpsert().exec(ctx, tx, b.attempts),
	)
}

func startRow(s *billing.Start) ([]any, error) {
	if len(s.Reasons) > maxReasons {
		return nil, fmt.Errorf("reasons: %d bytes, more than %d", len(s.Reasons), maxReasons)
	}
	row := append([]any{s.CallID}, identityRow(s)...)
	return append(row, moment(s.StartedAt), reasons(s.Reasons)), nil
}

func identityRow(s *billing.Start) []any {
	return []any{
		s.Server, string(s.Direction), known(s.Endpoint), known(s.Source), known(s.AccountID), known(s.SubscriberID),
		known(s.ProviderID), known(s.NumberID), known(s.Dialled), known(string(s.ANumber)), known(string(s.BNumber)),
		known(string(s.RoutingNumber)), known(string(s.CLI)), known(s.Snapshot), known(s.Reason), known(s.Node), known(s.Origin),
	}
}

func endRow(e *billing.End) []any {
	row := append([]any{e.Start.CallID, moment(e.Start.StartedAt)}, identityRow(&e.Start)...)
	return append(row, moment(e.AnsweredAt), string(e.Disposition), known(int64(e.Cause)), known(e.SIPStatus),
		known(string(e.HangupBy)), e.Talk.Milliseconds(), known(e.PDD.Milliseconds()), known(e.Route), moment(e.EndedAt))
}

func attemptRow(callID string, a *billing.Attempt) []any {
	return []any{
		callID, a.N, known(a.ProviderID), known(a.Tier), known(a.GateID), known(a.AddressID), known(a.DialStatus),
		known(a.SIPStatus), known(int64(a.Cause)), known(a.PDD.Milliseconds()), known(string(a.Blame)), a.Key,
		moment(a.StartedAt), a.Rang, a.Progress, a.Talk.Milliseconds(), a.Elapsed.Milliseconds(), string(a.Result),
	}
}

// known turns Go's zero value into NULL, "not known".
func known[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// moment is a time as the columns keep it: UTC, whole milliseconds. MariaDB cuts
// off the rest, MySQL would round it.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Truncate(time.Millisecond)
}

// reasons are never NULL: a start without any is told from no start.
func reasons(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
