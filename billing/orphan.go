package billing

import "time"

// Orphan is a call that only Asterisk's own records know.
type Orphan struct {
	CallID      string
	CollectedAt time.Time // when the first of the records came here, by the store's clock
}
