package main

import (
	"context"
	"fmt"
	"time"

	"tandem/bench"
)

type benchDecideCmd struct {
	benchFlags
	Rates     int `help:"Rates in all decks together." default:"1000000"`
	Providers int `help:"Providers that share them." default:"5"`
	Seconds   int `help:"Measured time of each side." default:"10"`
	Slices    int `help:"Turns of each side." default:"5"`
}

// Run measures and prints.
func (b benchDecideCmd) Run(ctx context.Context, e *env) error {
	o, err := b.options(e)
	if err != nil {
		return err
	}
	report, err := bench.Decide(ctx, o, bench.DecideSpec{
		Rates: b.Rates, Providers: b.Providers, Each: time.Duration(b.Seconds) * time.Second, Slices: b.Slices,
	})
	if err != nil {
		return fmt.Errorf("bench decide: %w", err)
	}
	return b.print(e, report)
}
