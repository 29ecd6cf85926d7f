package main

import (
	"strings"
	"testing"
)

// An account that is sold at cost plus has no one price, and explain says so.
func TestExplainTellsOfCostPlus(t *testing.T) {
	config := seededOffice(t)
	c, err := loadConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	change(t, c, `UPDATE tariffs SET markup_percent = 10, markup_per_minute = 0.005`)
	change(t, c, `UPDATE accounts SET tariff_id = (SELECT MIN(id) FROM tariffs)`)
	ask := []string{"explain", "--server", "asterisk-macomnet", "--from", "74951815000", "--to", "+7 495 777-77-77", "--at", "2026-06-01T12:00:00Z"}
	if text := must(t, config, ask...); !strings.Contains(text, "sold at cost + 10 % + 0.005 a minute") {
		t.Errorf("%s", text)
	}
	if text := must(t, config, append(ask, "--json")...); !strings.Contains(text, `"sold": "cost + 10 % + 0.005 a minute"`) {
		t.Errorf("%s", text)
	}
}
