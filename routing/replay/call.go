package replay

import (
	"context"
	"time"

	"tandem/internal/e164"
)

// Call is an outgoing call of the past, as its record has it.
type Call struct {
	ID           string
	Server       string // its name
	AccountID    int64
	SubscriberID int64       // 0: not known
	CLI          e164.Number // what it showed; empty: nothing
	BNumber      e164.Number // empty: was refused before it was known
	Routing      e164.Number // of a ported number; empty: BNumber
	StartedAt    time.Time
	InProgress   bool
	Answered     bool
	Talk         time.Duration
	Route        string // key of the route that carried it; empty: none did
	Attempts     int
}

// Source gives past calls one after the other until there are no more, until do
// returns an error, which it passes on, or until ctx ends, which is an error too.
// do keeps nothing of the call.
type Source func(ctx context.Context, do func(*Call) error) error

// Skip says in one stable word why a call is not replayed.
type Skip string

// Why a call is not replayed.
const (
	SkipInProgress      Skip = "in_progress"
	SkipNoNumber        Skip = "no_b_number"      // it was refused before its B-number was known
	SkipInternal        Skip = "internal"         // to a subscriber of ours: rung without a provider
	SkipAccountGone     Skip = "account_gone"     // there is no such account any more
	SkipAccountDisabled Skip = "account_disabled" //
	SkipServerGone      Skip = "server_gone"      // there is no such server any more
	SkipNumberGone      Skip = "number_gone"      // the number it showed is neither in the pool nor the caller's to show any more
	SkipNumberDisabled  Skip = "number_disabled"  // the number it showed is switched off
	SkipNotPriced       Skip = "not_priced"       // its talk, or its price, is out of range
)
