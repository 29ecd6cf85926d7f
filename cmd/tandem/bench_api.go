package main

import (
	"context"
	"fmt"

	"tandem/bench"
)

type benchAPICmd struct {
	benchFlags
	Seconds float64 `help:"Measured time of each address." default:"2"`
	Slices  int     `help:"Turns of each address." default:"2"`
	Workers int     `help:"Requests at a time." default:"16"`
	Calls   int     `help:"Records in the table of calls." default:"200000"`
}

// Run measures and prints.
func (b benchAPICmd) Run(ctx context.Context, e *env) error {
	o, err := b.options(e)
	if err != nil {
		return err
	}
	report, err := bench.API(ctx, o, bench.APISpec{Each: seconds(b.Seconds), Slices: b.Slices, Workers: b.Workers, Calls: b.Calls})
	if err != nil {
		return fmt.Errorf("bench api: %w", err)
	}
	return b.print(e, report)
}
