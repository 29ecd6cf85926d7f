package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"tandem/billing"
)

// maxReason is what the column takes, in characters.
const maxReason = 255

// maxReasons is what the column takes: thousands of candidates.
const maxReasons = 1<<16 - 1

// WriteRecords writes a batch in one transaction, all or nothing. Each record
// is an upsert by its key, so a batch may be written again whenever the outcome
// is not known. The error is a *billing.RefusedError for a record that MariaDB
// will never take, and billing.ErrUnavailable for everything else.
//
// An end settles its call in the same transaction: what it costs is posted, the
// hold is given back. Every sum is posted once, see settle.go.
func (d *DB) WriteRecords(ctx context.Context, records []billing.Record) error {
	if len(records) == 0 {
		return nil
	}
	places, err := d.placesOf(ctx, records)
	if err != nil {
		return err
	}
	batch, err := newBatch(records, places)
	if err != nil {
		return err
	}
	err = d.writeBatch(ctx, &batch)
	if err == nil {
		return nil
	}
	if refused(err) {
		index, cause := d.findRefused(ctx, records, places)
		if index >= 0 {
			return &billing.RefusedError{Index: index, Err: cause}
		}
		err = errors.Join(err, cause)
	}
	return fmt.Errorf("write records: %w: %w", billing.ErrUnavailable, err)
}

// recordOptions: no gap between keys is locked, so nodes that write other calls
// do not meet.
func recordOptions() *sql.TxOptions { return &sql.TxOptions{Isolation: sql.LevelReadCommitted} }

// writeBatch writes once more, carefully, when a key was there that should not
// have been: another node was faster, or the rows of calls that were settled long
// ago are gone.
func (d *DB) writeBatch(ctx context.Context, b *batch) error {
	var told []settled
	for try := 1; ; try++ {
		err := inTx(ctx, d.calls, recordOptions(), func(tx *sql.Tx) (err error) {
			told, err = b.write(ctx, tx, try > 1)
			return err
		})
		if err == nil || !hasNumber(err, errDuplicate) || try == maxTries {
			d.tell(told, err)
			return err
		}
	}
}

// tell counts what was settled, once it is.
func (d *DB) tell(list []settled, err error) {
	if err != nil {
		return
	}
	for _, s := range list {
		if cut := s.charge.Cut; cut > 0 { // a clock that runs wrong, an Asterisk that strikes late
			d.log.Warn().Str("call_id", s.end.Start.CallID).Stringer("cut", cut).Msg("call talked for more than was paid; the rest is not charged")
		}
		if s.err == nil {
			continue
		}
		if !s.before.chargeErr.Valid { // else it was counted
			d.unpriced.Add(1)
		}
		d.log.Error().Err(s.err).Str("call_id", s.end.Start.CallID).Msg("call is not charged; its record is kept")
	}
}

// Unpriced is how many calls could not be charged since the start.
func (d *DB) Unpriced() int64 { return d.unpriced.Load() }

// errTrial ends a transaction that was only tried.
var errTrial = errors.New("trial")

// findRefused writes the records one by one, in a transaction that is thrown
// away, until one is refused. -1: none is.
func (d *DB) findRefused(ctx context.Context, records []billing.Record, places placed) (index int, cause error) {
	index = -1
	err := inTx(ctx, d.calls, recordOptions(), func(tx *sql.Tx) error {
		for i := range records {
			one, err := newBatch(records[i:i+1], places)
			if err == nil {
				_, err = one.write(ctx, tx, true)
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

// batch is records sorted by what becomes of them.
type batch struct {
	starts, attempts [][]any
	attemptTimes     []time.Time    // when attempts began, in any order
	holds            []holdRow      // of calls that begin
	ends             []*billing.End // in the order in which they came
	places           placed
}

// newBatch fails with a *billing.RefusedError for a record that is none.
func newBatch(records []billing.Record, places placed) (batch, error) {
	b := batch{places: places}
	for i, r := range records {
		if err := b.add(r); err != nil {
			return batch{}, &billing.RefusedError{Index: i, Err: err}
		}
	}
	sortRows(b.starts)
	sortRows(b.attempts)
	slices.SortStableFunc(b.holds, func(x, y holdRow) int { return cmp.Compare(x.CallID, y.CallID) })
	return b, nil
}

// sortRows makes every node lock rows in the same order, which makes deadlocks
// rare. Equal keys keep the order in which they came.
func sortRows(rows [][]any) {
	slices.SortStableFunc(rows, func(x, y []any) int { return cmp.Compare(x[0].(string), y[0].(string)) }) //nolint:forcetypeassert // the call id
}

func (b *batch) add(r billing.Record) error {
	if r.CallID() == "" {
		return errors.New("no call id")
	}
	if strings.ContainsFunc(r.CallID(), func(c rune) bool { return c > unicode.MaxASCII }) {
		return fmt.Errorf("call id %q: want ASCII", r.CallID()) // looked for, it would be an error of another kind
	}
	switch {
	case r.Start != nil && r.Attempt == nil && r.End == nil:
		return b.addStart(r.Start)
	case r.Attempt != nil && r.Start == nil && r.End == nil:
		b.attempts = append(b.attempts, attemptRow(r.Attempt.CallID, r.Attempt))
		b.attemptTimes = append(b.attemptTimes, r.Attempt.StartedAt)
	case r.End != nil && r.Start == nil && r.Attempt == nil:
		b.ends = append(b.ends, r.End)
	default:
		return errors.New("want exactly one of start, attempt and end")
	}
	return nil
}

func (b *batch) addStart(s *billing.Start) error {
	row, err := startRow(s, b.places)
	if err != nil {
		return err
	}
	b.starts = append(b.starts, row)
	if s.Hold == nil {
		return nil
	}
	hold, err := newHoldRow(s.Hold)
	if err != nil {
		return fmt.Errorf("hold: %w", err)
	}
	if hold.CallID != s.CallID {
		return fmt.Errorf("hold of call %q", hold.CallID)
	}
	b.holds = append(b.holds, hold)
	return nil
}

func startRow(s *billing.Start, places placed) ([]any, error) {
	if len(s.Reasons) > maxReasons {
		return nil, fmt.Errorf("reasons: %d bytes, more than %d", len(s.Reasons), maxReasons)
	}
	row := append([]any{s.CallID}, identityRow(s, places)...)
	return append(row, moment(s.StartedAt), reasons(s.Reasons)), nil
}

func identityRow(s *billing.Start, places placed) []any {
	return []any{
		s.Server, string(s.Direction), known(s.Endpoint), known(s.Source), known(s.AccountID), known(s.SubscriberID),
		known(s.ProviderID), known(s.NumberID), known(s.Dialled), known(string(s.ANumber)), known(string(s.BNumber)),
		known(string(s.RoutingNumber)), known(string(s.CLI)), known(s.Snapshot), known(clip(s.Reason, maxReason)), known(s.Node), known(s.Origin),
		places.of(s.ANumber), places.of(s.BNumber),
	}
}

// endIdentityRow is who and whom, as an end repeats it.
func endIdentityRow(e *billing.End, places placed) []any {
	return append([]any{e.Start.CallID, moment(e.Start.StartedAt)}, identityRow(&e.Start, places)...)
}

// endRow is how the call ended, without its identity.
func endRow(e *billing.End) []any {
	return []any{
		moment(e.AnsweredAt), string(e.Disposition), known(int64(e.Cause)), known(e.SIPStatus),
		known(string(e.HangupBy)), e.Talk.Milliseconds(), known(e.PDD.Milliseconds()), known(e.Route), moment(e.EndedAt), e.Cut,
	}
}

func attemptRow(callID string, a *billing.Attempt) []any {
	return []any{
		callID, a.N, known(a.ProviderID), known(a.Tier), known(a.GateID), known(a.AddressID), known(a.DialStatus),
		known(a.SIPStatus), known(int64(a.Cause)), known(a.PDD.Milliseconds()), known(string(a.Blame)), a.Key,
		moment(a.StartedAt), a.Rang, a.Progress, a.Talk.Milliseconds(),
		heard(&a.Media, a.Media.Received), heard(&a.Media, a.Media.Lost), heard(&a.Media, a.Media.Sent),
		heard(&a.Media, a.Media.Jitter.Microseconds()), known(a.Media.RTT.Microseconds()), known(a.Media.MOS),
		a.Elapsed.Milliseconds(), string(a.Result),
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
