package desk

import (
	"context"

	"tandem/callflow"
	"tandem/db"
	"tandem/internal/e164"
	"tandem/routing"
)

// Config is what the desk works with.
type Config struct {
	DB           *db.DB
	BaseCurrency string          // that costs are compared in
	Limits       callflow.Limits // of calls, for what would happen
	// Ported is the routing number of a ported number, or the number itself; nil:
	// no number is ported.
	Ported func(context.Context, e164.Number) e164.Number
	// Quality is what a running node has learnt; nil: policies that go by quality
	// go by cost.
	Quality routing.Evidence
}

// Desk does the work. It has no state of its own.
type Desk struct{ Config }

// New makes a desk.
func New(c Config) *Desk { return &Desk{c} }
