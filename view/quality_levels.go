package view

import (
	"tandem/db"
	"tandem/quality"
)

// Thresholds are from where on measures are told to be poor.
type Thresholds []db.QualityThreshold

// The levels.
const (
	LevelWarn = "warn"
	LevelBad  = "bad"
)

// Of says which measures are poor; those of too few attempts are not judged.
func (list Thresholds) Of(m *quality.Measures) map[string]string {
	var levels map[string]string
	for _, t := range list {
		v, ok := t.Measure.Value(m)
		if !ok || t.Measure.Small(m) {
			continue
		}
		level := LevelWarn
		if t.Passed(v, t.Bad) {
			level = LevelBad
		} else if !t.Passed(v, t.Warn) {
			continue
		}
		if levels == nil {
			levels = map[string]string{}
		}
		levels[string(t.Measure)] = level
	}
	return levels
}
