package main

import (
	"context"
	"fmt"

	"tandem/bench"
)

type benchReportsCmd struct {
	benchFlags
	Attempts int `help:"Attempts that are recorded." default:"1000000"`
	Days     int `help:"Days that they are spread over." default:"30"`
	Rounds   int `help:"Times that each report is asked for." default:"5"`
	Raw      int `help:"Times that the same is asked for from attempts; 0: not at all." default:"1"`
}

// Run measures and prints.
func (b benchReportsCmd) Run(ctx context.Context, e *env) error {
	o, err := b.options(e)
	if err != nil {
		return err
	}
	report, err := bench.Reports(ctx, o, bench.ReportsSpec{Attempts: b.Attempts, Days: b.Days, Rounds: b.Rounds, Raw: b.Raw})
	if err != nil {
		return fmt.Errorf("bench reports: %w", err)
	}
	return b.print(e, report)
}
