package main

import (
	"context"
	"fmt"
	"time"

	"tandem/bench"
)

type benchCallsCmd struct {
	benchFlags
	Seconds int     `help:"Measured time of each side at the offered rate." default:"60"`
	CPS     float64 `name:"cps" help:"Offered calls a second." default:"40"`
	Slices  int     `help:"Turns of each side at the offered rate." default:"6"`
	MaxCPS  float64 `name:"max-cps" help:"Where the search for the highest sustained rate ends; 0 leaves the search out." default:"600"`
}

// Run measures and prints.
func (b benchCallsCmd) Run(ctx context.Context, e *env) error {
	o, err := b.options(e)
	if err != nil {
		return err
	}
	report, err := bench.Calls(ctx, o, bench.CallsSpec{
		Each: time.Duration(b.Seconds) * time.Second, CPS: b.CPS, Slices: b.Slices, MaxCPS: b.MaxCPS,
	})
	if err != nil {
		return fmt.Errorf("bench calls: %w", err)
	}
	return b.print(e, report)
}
