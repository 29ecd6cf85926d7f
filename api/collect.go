package api

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"tandem/callflow"
)

// Collector brings in the end reports that Asterisk wrote into a local file
// while no node answered.
type Collector struct {
	File  string // as named in the rendered dialplan
	Node  string // ours; two nodes may collect the same file and never touch each other's part
	Flow  *callflow.Flow
	Every time.Duration
	Log   zerolog.Logger
}

// Run collects at once and then at every interval, until ctx ends.
func (c *Collector) Run(ctx context.Context) { c.collected().run(ctx) }

// Collect takes Asterisk's file away, and brings in the one taken earlier. It
// says how many reports it brought in.
func (c *Collector) Collect(ctx context.Context) (int, error) { return c.collected().collect(ctx) }

func (c *Collector) collected() *collected {
	return &collected{
		file: c.File, node: c.Node, every: c.Every, what: "kept end reports", log: c.Log,
		sink: func() sink { return reports{c.Flow} },
	}
}

// reports takes end reports; each is durable at once.
type reports struct{ flow *callflow.Flow }

func (r reports) bring(ctx context.Context, line string) error {
	if len(line) > maxReport {
		return fmt.Errorf("%w: %d bytes", errNonsense, len(line))
	}
	report, err := ParseReport(line)
	if err == nil {
		err = r.flow.End(ctx, report)
	}
	if errors.Is(err, callflow.ErrBadRequest) {
		return fmt.Errorf("%w: %w", errNonsense, err)
	}
	return err
}

func (reports) flush(context.Context) error { return nil }
