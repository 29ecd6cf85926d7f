package billing

import (
	"context"
	"errors"
	"fmt"
)

// RecordStore keeps records for good. WriteRecords commits all of them or none;
// each is an upsert by its key, so writing one again changes nothing.
//
// It fails with ErrUnavailable (or any other error) when nothing can be said
// about the records, and with a *RefusedError when one record can never be
// written as it is.
type RecordStore interface {
	WriteRecords(ctx context.Context, records []Record) error
}

// ErrUnavailable says that the store cannot be reached now.
var ErrUnavailable = errors.New("record store unavailable")

// RefusedError says that one record of a batch is unusable; the others may be
// written without it.
type RefusedError struct {
	Index int // in the batch
	Err   error
}

func (e *RefusedError) Error() string { return fmt.Sprintf("record %d refused: %v", e.Index, e.Err) }
func (e *RefusedError) Unwrap() error { return e.Err }
