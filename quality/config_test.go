package quality_test

import (
	"testing"

	"tandem/quality"
)

func TestConfigNamesTheMistake(t *testing.T) {
	t.Parallel()
	floor := func(f quality.Floor) func(*quality.Config) {
		return func(c *quality.Config) { c.Floors = []quality.Floor{f} }
	}
	for name, change := range map[string]func(*quality.Config){
		"quality.memory":    func(c *quality.Config) { c.Memory = 0 },
		"quality.explore":   func(c *quality.Config) { c.Explore = c.Trial + 1 },
		"quality.max_cells": func(c *quality.Config) { c.MaxCells = 0 },
		"quality.floors[0]": floor(quality.Floor{Least: quality.Whole, Over: 50}),
		`quality.floors[0].measure "ner": want asr (of seizures) or abr (of bids)`: floor(quality.Floor{Measure: quality.MeasureNER, Least: 1, Over: 50}),
	} {
		c := quality.Defaults()
		change(&c)
		if _, err := quality.New(c); err == nil || len(err.Error()) < len(name) || err.Error()[:len(name)] != name {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
