package api

import (
	"context"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"tandem/billing"
)

// CDRStore keeps Asterisk's own call records. Every record is an upsert.
type CDRStore interface {
	PutAsteriskCDRs(ctx context.Context, records []billing.AsteriskCDR) error
}

// CDRCollector brings in the call records that Asterisk itself writes: the
// second source, for calls whose end report never comes. Asterisk 22 opens the
// file for each record, so a renamed one is left alone at once.
type CDRCollector struct {
	File  string // of cdr_custom, as rendered
	Node  string // ours; two nodes may collect the same file and never touch each other's part
	Store CDRStore
	Every time.Duration
	Log   zerolog.Logger
}

// Bounds of the collector: a record as rendered has about 300 bytes.
const (
	maxCDRLine = 4 << 10
	maxCDRs    = 500 // of one batch
)

// Run collects at once and then at every interval, until ctx ends.
func (c *CDRCollector) Run(ctx context.Context) { c.collected().run(ctx) }

// Collect takes Asterisk's file away, and brings in the one taken earlier. It
// says how many records it brought in.
func (c *CDRCollector) Collect(ctx context.Context) (int, error) { return c.collected().collect(ctx) }

func (c *CDRCollector) collected() *collected {
	return &collected{
		file: c.File, node: c.Node, every: c.Every, what: "Asterisk's call records", log: c.Log,
		sink: func() sink { return &cdrs{store: c.Store} },
	}
}

// cdrs takes call records and keeps them batch by batch.
type cdrs struct {
	store   CDRStore
	waiting []billing.AsteriskCDR
}

func (c *cdrs) bring(ctx context.Context, line string) error {
	if len(line) > maxCDRLine {
		return fmt.Errorf("%w: %d bytes", errNonsense, len(line))
	}
	record, err := billing.ParseAsteriskCDR([]byte(line))
	if err != nil {
		return fmt.Errorf("%w: %w", errNonsense, err)
	}
	if c.waiting = append(c.waiting, record); len(c.waiting) < maxCDRs {
		return nil
	}
	return c.flush(ctx)
}

func (c *cdrs) flush(ctx context.Context) error {
	if len(c.waiting) == 0 {
		return nil
	}
	err := c.store.PutAsteriskCDRs(ctx, c.waiting)
	c.waiting = c.waiting[:0]
	return err
}
