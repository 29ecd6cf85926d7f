package capacity

import (
	"fmt"
	"time"
)

// Config bounds holds and sets the breaker.
type Config struct {
	// MaxAge is the longest that a call can be up: the talk limit and the hunt
	// budget together. A hold that is older is a call whose end nobody heard.
	MaxAge time.Duration
	// Silence is how long a way may stay silent before the dialplan gives it up,
	// with a margin for the report to arrive. A bid that is older has not failed
	// for want of an answer.
	Silence time.Duration

	Window         time.Duration // how far back the breaker looks
	MinFailures    int           // fewer failures than this never open it
	FailurePercent int           // of the bids in the window that failed
	OpenFor        time.Duration // first rest; doubled after each failed probe
	OpenMax        time.Duration // longest rest, before the jitter
	JitterPercent  int           // a rest is longer by a random part of this, so that ways do not come back all at once
}

// DefaultConfig fits calls of two hours and a no-progress time of five seconds.
func DefaultConfig() Config {
	return Config{
		MaxAge: 2*time.Hour + time.Minute, Silence: 7 * time.Second,
		Window: 30 * time.Second, MinFailures: 5, FailurePercent: 50,
		OpenFor: 10 * time.Second, OpenMax: 5 * time.Minute, JitterPercent: 10,
	}
}

// Validate names the value that makes no sense.
func (c Config) Validate() error {
	for _, v := range []struct {
		name     string
		got      time.Duration
		min, max time.Duration
	}{
		{"max_age", c.MaxAge, time.Second, 25 * time.Hour},
		{"silence", c.Silence, time.Second, 2 * time.Minute},
		{"window", c.Window, 5 * time.Second, 10 * time.Minute},
		{"open_for", c.OpenFor, time.Second, time.Hour},
		{"open_max", c.OpenMax, time.Second, 24 * time.Hour},
	} {
		if v.got < v.min || v.got > v.max {
			return fmt.Errorf("capacity.%s %s: want %s to %s, with its unit", v.name, v.got, v.min, v.max)
		}
	}
	for _, v := range []struct {
		name     string
		got      int
		min, max int
	}{
		{"min_failures", c.MinFailures, 1, 1_000_000},
		{"failure_percent", c.FailurePercent, 1, 100},
		{"jitter_percent", c.JitterPercent, 0, 100},
	} {
		if v.got < v.min || v.got > v.max {
			return fmt.Errorf("capacity.%s %d: want %d to %d", v.name, v.got, v.min, v.max)
		}
	}
	if c.OpenMax < c.OpenFor {
		return fmt.Errorf("capacity.open_max %s: want at least open_for, %s", c.OpenMax, c.OpenFor)
	}
	if c.Window < 2*c.Silence {
		return fmt.Errorf("capacity.window %s: want at least twice silence (%s), or bids leave it before they can fail", c.Window, c.Silence)
	}
	return nil
}
