package main

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"tandem/db"
	"tandem/quality"
)

// qualityConfig says how routes are learnt about and weighed; docs/quality.md.
type qualityConfig struct {
	Memory       int           `koanf:"memory"`        // recent calls of a route to a prefix that count
	Sudden       int           `koanf:"sudden"`        // of them, those that show a change at once
	HalfLife     time.Duration `koanf:"half_life"`     // after which a call counts half
	Borrowed     int           `koanf:"borrowed"`      // calls that a borrowed rate counts as
	Sure         quality.Share `koanf:"sure"`          // that a route is at least as good as it is taken for
	Belief       quality.Share `koanf:"belief"`        // answered, where nothing is known
	Short        time.Duration `koanf:"short"`         // less talk is no answer
	RepeatWithin time.Duration `koanf:"repeat_within"` // a number tried again on a route says nothing new
	Goodwill     quality.Share `koanf:"goodwill"`      // of its price: what an answer is worth beyond its margin
	Impatience   quality.Share `koanf:"impatience"`    // of callers: what a second of waiting costs
	Unsold       int64         `koanf:"unsold"`        // price of a call nobody pays for, in costs of its cheapest route
	Explore      quality.Share `koanf:"explore"`       // of calls: they test a route
	Trial        quality.Share `koanf:"trial"`         // of calls: to a route that is expected to be the best
	Retest       time.Duration `koanf:"retest"`        // a route behind is tried again
	Floors       []floorConfig `koanf:"floors"`
	MaxCells     int           `koanf:"max_cells"` // pairs of a route and a prefix, 72 bytes each
	Prime        time.Duration `koanf:"prime"`     // how far back a node that starts learns from rollups; 0: it knows nothing

	// How long rollups are kept: docs/quality-reports.md. 0: for ever.
	KeepFive  time.Duration `koanf:"keep_5m"`
	KeepHours time.Duration `koanf:"keep_hours"`
	KeepDays  time.Duration `koanf:"keep_days"`
}

// floorConfig puts routes behind all others.
type floorConfig struct {
	Prefix  string          `koanf:"prefix"`  // of the B-number; empty: any
	Measure quality.Measure `koanf:"measure"` // asr: answered of seizures; abr: of bids
	Least   quality.Share   `koanf:"least"`
	Over    int             `koanf:"over"` // seizures or bids at least
}

// defaultQuality are the figures that docs/quality.md is measured with.
func defaultQuality() qualityConfig {
	d := quality.Defaults()
	return qualityConfig{
		Memory: d.Memory, Sudden: d.Sudden, HalfLife: d.HalfLife, Borrowed: d.Borrowed, Sure: d.Sure, Belief: d.Belief, Short: d.Short,
		RepeatWithin: d.RepeatWithin, Goodwill: d.Goodwill, Impatience: d.Impatience, Unsold: d.Unsold, Explore: d.Explore, Trial: d.Trial,
		Retest: d.Retest, MaxCells: d.MaxCells, Prime: 6 * time.Hour, KeepFive: 8 * 24 * time.Hour, KeepHours: 100 * 24 * time.Hour,
	}
}

// evidence is the configuration as package quality has it.
func (c qualityConfig) evidence() quality.Config {
	v := quality.Config{
		Memory: c.Memory, Sudden: c.Sudden, HalfLife: c.HalfLife, Borrowed: c.Borrowed, Sure: c.Sure, Belief: c.Belief, Short: c.Short,
		RepeatWithin: c.RepeatWithin, Goodwill: c.Goodwill, Impatience: c.Impatience, Unsold: c.Unsold, Explore: c.Explore, Trial: c.Trial,
		Retest: c.Retest, MaxCells: c.MaxCells,
	}
	for _, f := range c.Floors {
		v.Floors = append(v.Floors, quality.Floor(f))
	}
	return v
}

// Least times of what is kept. Records come days late at most; an hour that is
// forgotten must be in a day that is counted.
const (
	shortestFive   = 2 * 24 * time.Hour
	shortestHourly = 8 * 24 * time.Hour
	shortestDaily  = 40 * 24 * time.Hour
	mostPrime      = 24 * time.Hour
)

func (c qualityConfig) validate() error {
	v := c.evidence()
	return errors.Join(
		v.Validate(), between("quality.prime", c.Prime, 0, mostPrime),
		forEver("quality.keep_5m", c.KeepFive, shortestFive), forEver("quality.keep_hours", c.KeepHours, shortestHourly), forEver("quality.keep_days", c.KeepDays, shortestDaily),
		notLonger("quality.keep_5m", c.KeepFive, "quality.keep_hours", c.KeepHours), notLonger("quality.keep_hours", c.KeepHours, "quality.keep_days", c.KeepDays),
	)
}

// notLonger holds what is finer against what is made of it; 0 is for ever.
func notLonger(key string, v time.Duration, above string, limit time.Duration) error {
	if limit == 0 || v != 0 && v <= limit {
		return nil
	}
	return fmt.Errorf("%s %s: want no more than %s, which is %s", key, kept(v), above, kept(limit))
}

func kept(v time.Duration) string {
	if v == 0 {
		return "for ever"
	}
	return v.String()
}

// keep is how long rollups are kept.
func (c qualityConfig) keep() db.QualityKeep {
	return db.QualityKeep{FiveMinutes: c.KeepFive, Hours: c.KeepHours, Days: c.KeepDays}
}

// toShare reads shares, which are written as percentages: a bare number could be
// either.
func toShare(_, to reflect.Type, data any) (any, error) {
	if to != reflect.TypeFor[quality.Share]() {
		return data, nil
	}
	if v, ok := data.(quality.Share); ok {
		return v, nil
	}
	return quality.ParseShare(fmt.Sprint(data))
}
