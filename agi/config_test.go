package agi_test

import (
	"strings"
	"testing"
	"time"

	"tandem/agi"
)

func TestConfigNamesWhatIsWrong(t *testing.T) {
	if err := agi.DefaultConfig().Validate(); err != nil {
		t.Errorf("the default: %v", err)
	}
	for field, spoil := range map[string]func(*agi.Config){
		"MaxSessions is 0":                      func(c *agi.Config) { c.MaxSessions = 0 },
		"MaxEnvBytes is 100":                    func(c *agi.Config) { c.MaxEnvBytes = 100 },
		"EnvTimeout is 0s":                      func(c *agi.Config) { c.EnvTimeout = 0 },
		"CommandTimeout is -1s":                 func(c *agi.Config) { c.CommandTimeout = -time.Second },
		"SessionTimeout is 1h0m0s":              func(c *agi.Config) { c.SessionTimeout = time.Hour },
		"DrainTimeout is 1ns":                   func(c *agi.Config) { c.DrainTimeout = 1 },
		"EnvTimeout is 6s, longer than Session": func(c *agi.Config) { c.EnvTimeout = 6 * time.Second },
		"CommandTimeout is 6s, longer than Ses": func(c *agi.Config) { c.CommandTimeout = 6 * time.Second },
	} {
		cfg := agi.DefaultConfig()
		spoil(&cfg)
		if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), "agi: config: "+field) {
			t.Errorf("error is %v, want %q", err, field)
		}
	}
}
