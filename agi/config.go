package agi

import (
	"errors"
	"fmt"
	"time"
)

// Config bounds a [Server]. Start from [DefaultConfig].
type Config struct {
	// MaxSessions is how many sessions run at once. A connection over it is
	// accepted and closed at once, so that Asterisk asks the next node. Keep
	// it below the process's limit of open files.
	MaxSessions int
	// EnvTimeout is the time for the whole environment, some 26 short writes.
	EnvTimeout time.Duration
	// CommandTimeout is the time for one command and its reply.
	CommandTimeout time.Duration
	// SessionTimeout is the time for everything, the handler's own work too.
	// When it is over the connection is closed, whatever the handler does.
	SessionTimeout time.Duration
	// DrainTimeout is how long Shutdown lets sessions in progress run on.
	DrainTimeout time.Duration
	// MaxEnvBytes bounds the environment.
	MaxEnvBytes int
}

// DefaultConfig suits a dialplan that gives up on a node after 2 s.
func DefaultConfig() Config {
	return Config{
		MaxSessions:    1024,
		EnvTimeout:     time.Second,
		CommandTimeout: 2 * time.Second,
		SessionTimeout: 5 * time.Second,
		DrainTimeout:   10 * time.Second,
		MaxEnvBytes:    64 << 10,
	}
}

// Validate names every field that cannot work.
func (c Config) Validate() error {
	return errors.Join(
		number("MaxSessions", c.MaxSessions, 1, 1_000_000),
		number("MaxEnvBytes", c.MaxEnvBytes, envBuffer, 1<<20),
		duration("EnvTimeout", c.EnvTimeout, time.Minute),
		duration("CommandTimeout", c.CommandTimeout, time.Minute),
		duration("SessionTimeout", c.SessionTimeout, 10*time.Minute),
		duration("DrainTimeout", c.DrainTimeout, 10*time.Minute),
		within("EnvTimeout", c.EnvTimeout, c.SessionTimeout),
		within("CommandTimeout", c.CommandTimeout, c.SessionTimeout),
	)
}

func number(field string, n, low, high int) error {
	if n < low || n > high {
		return fmt.Errorf("agi: config: %s is %d, must be from %d to %d", field, n, low, high)
	}
	return nil
}

func duration(field string, d, high time.Duration) error {
	if d < time.Millisecond || d > high {
		return fmt.Errorf("agi: config: %s is %v, must be from 1ms to %v", field, d, high)
	}
	return nil
}

// within keeps a part from outlasting the whole, which would make it a promise
// that is never kept.
func within(field string, d, session time.Duration) error {
	if d > session {
		return fmt.Errorf("agi: config: %s is %v, longer than SessionTimeout (%v)", field, d, session)
	}
	return nil
}
