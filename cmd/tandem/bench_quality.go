package main

import (
	"context"
	"fmt"

	"tandem/quality"
	"tandem/quality/simulation"
)

type benchQualityCmd struct {
	JSON  bool `help:"Print one JSON object."`
	Seeds int  `help:"How often the two days are played, each time with other chances." default:"6"`
}

// benchCells are enough for the four destinations of the scenario.
const benchCells = 1 << 14

// Run plays and prints. Goodwill is 0: the oracle looks at nothing but profit.
func (b benchQualityCmd) Run(ctx context.Context, e *env) error {
	c := quality.Defaults()
	c.Goodwill, c.MaxCells = 0, benchCells
	summary, err := simulation.RunSeeds(ctx, simulation.Standard(), c, b.Seeds)
	if err != nil {
		return fmt.Errorf("bench quality: %w", err)
	}
	return benchFlags{JSON: b.JSON}.print(e, summary)
}
