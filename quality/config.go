package quality

import (
	"fmt"
	"time"
)

// Config is how Evidence remembers, doubts and values. Start from Defaults.
type Config struct {
	// Memory is how many recent calls of a route to a prefix count; older ones
	// fade as new ones come. Sudden is the same of the short memory that notices
	// a route that changes at once.
	Memory, Sudden int
	// HalfLife is after which time a call counts half, new calls or not: a route
	// that nobody uses is slowly forgotten.
	HalfLife time.Duration
	// Borrowed is how many calls the borrowed rate counts as. A route's own calls
	// outweigh it as they come.
	Borrowed int
	// Sure is how sure it has to be that a route is at least as good as it is taken
	// for. 50 % is to trust the average; the more, the longer a known route is kept
	// before a new one that may be better.
	Sure Share
	// Belief is the share of calls that are answered where nothing is known.
	Belief Share
	// Short is the talk below which an answer does not count as one: false
	// answers must not make a route look good.
	Short time.Duration
	// RepeatWithin is how long a number that was tried on a route says nothing
	// new about it: one dialler must not speak for a destination.
	RepeatWithin time.Duration

	// Goodwill is what an answered call is worth beyond its margin, as a share of
	// its price: the caller stays a customer. 0 is profit alone, more is quality.
	Goodwill Share
	// Impatience is the share of callers that each second of waiting costs: of what
	// a call to the destination brings on average.
	Impatience Share
	// Unsold is the price of a call that nobody pays us for, as a multiple of its
	// cheapest route.
	Unsold int64

	// Explore is the share of calls whose first route is one that may be better
	// than is known. Trial is that of calls that go to a route which is expected
	// to be the best and only not known well enough; it includes Explore. Retest
	// is after which time a route is tried once more even if nothing speaks for it.
	Explore, Trial Share
	Retest         time.Duration

	Floors []Floor

	// MaxCells bounds the memory: how many pairs of a route and a prefix are
	// known at once. Each takes 72 bytes.
	MaxCells int
}

// Defaults suit a switch with some calls a second.
func Defaults() Config {
	return Config{
		Memory: 200, Sudden: 20, HalfLife: 2 * time.Hour, Borrowed: 20, Sure: Whole * 70 / 100, Belief: Whole * 4 / 10,
		Short: ShortTalk, RepeatWithin: 10 * time.Minute,
		Goodwill: Whole * 2 / 10, Impatience: Whole / 100, Unsold: 3,
		Explore: Whole * 2 / 100, Trial: Whole * 10 / 100, Retest: 5 * time.Minute,
		MaxCells: 1 << 20,
	}
}

// Floor is a hard rule: a route of whose recent calls to a prefix, when there are
// at least Over, a smaller share than Least was answered goes behind all others.
// Of which calls is Measure's to say: MeasureASR, of those that the far side took
// up, or MeasureABR, of all, refused ones too; empty is MeasureASR. An answer with
// less talk than Config.Short is none. The route is not left out: when all others
// fail it is still tried, and where all are below, nothing changes.
type Floor struct {
	Prefix  string // of the B-number; empty: any
	Measure Measure
	Least   Share
	Over    int // seizures or bids, by Measure
}

// Validate names the setting that makes no sense.
func (c *Config) Validate() error {
	for _, v := range []struct {
		name          string
		got, min, max int64
	}{
		{"memory", int64(c.Memory), 20, 100_000},
		{"sudden", int64(c.Sudden), 10, int64(c.Memory) / 2},
		{"half_life (s)", int64(c.HalfLife / time.Second), 60, 30 * 86400},
		{"borrowed", int64(c.Borrowed), 1, int64(c.Memory)},
		{"sure", int64(c.Sure), int64(Whole) / 2, int64(Whole) * 999 / 1000},
		{"belief", int64(c.Belief), 1, int64(Whole) - 1},
		{"short (ms)", c.Short.Milliseconds(), 0, 60_000},
		{"repeat_within (s)", int64(c.RepeatWithin / time.Second), 0, 86400},
		{"goodwill", int64(c.Goodwill), 0, 10 * int64(Whole)},
		{"impatience", int64(c.Impatience), 0, int64(Whole)},
		{"unsold", c.Unsold, 1, 1000},
		{"explore", int64(c.Explore), 0, int64(c.Trial)},
		{"trial", int64(c.Trial), 0, int64(Whole) / 2},
		{"retest (s)", int64(c.Retest / time.Second), 1, 30 * 86400},
		{"max_cells", int64(c.MaxCells), 1024, 1 << 26},
	} {
		if v.got < v.min || v.got > v.max {
			return fmt.Errorf("quality.%s %d: want %d to %d", v.name, v.got, v.min, v.max)
		}
	}
	for i, f := range c.Floors {
		if f.Least <= 0 || f.Least >= Whole || f.Over < 10 || f.Over > c.Memory {
			return fmt.Errorf("quality.floors[%d]: %s over %d calls: want a share between 0 and 100 %% over 10 to %d calls (memory)", i, f.Least, f.Over, c.Memory)
		}
		if f.Measure != "" && f.Measure != MeasureASR && f.Measure != MeasureABR {
			return fmt.Errorf("quality.floors[%d].measure %q: want %s (of seizures) or %s (of bids)", i, f.Measure, MeasureASR, MeasureABR)
		}
	}
	return nil
}
