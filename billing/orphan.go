package billing

import "time"

// Orphan is a call that only Asterisk's own records know, or that was closed by
// estimate before they came.
type Orphan struct {
	CallID      string
	CollectedAt time.Time // when the first of the records came here, by the store's clock
	Closed      *Start    // who it was of, when it was closed by estimate; nil: nobody knows it
	Hold        *OpenHold // of such a call, as its record tells of it: Paid is not known any more
}
