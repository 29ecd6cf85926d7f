package main

import (
	"strings"
	"testing"
)

// TestHistoryIsWholeAndTrue: the generated days hold against the books, and are
// kept apart from real calls.
func TestHistoryIsWholeAndTrue(t *testing.T) {
	config := migratedOffice(t)
	out := must(t, config, "seed", "--history")
	if !strings.Contains(out, "3600 calls") || !strings.Contains(out, "(node demo-history)") {
		t.Errorf("seed --history says:\n%s", out)
	}
	t.Log(out[strings.Index(out, "history of"):])
	if out := must(t, config, "ledger", "verify"); !strings.Contains(out, "ok") {
		t.Errorf("ledger verify:\n%s", out)
	}
	c, err := loadConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	if got := count(t, c, `SELECT COUNT(*) FROM attempts WHERE talk_ms > elapsed_ms`); got != 0 {
		t.Errorf("%d attempts talk for longer than they last", got)
	}
	if count(t, c, "SELECT COUNT(*) FROM quality_dirty WHERE level = 0") != 0 || count(t, c, "SELECT COUNT(*) FROM quality_routes WHERE level = 0") == 0 {
		t.Error("its quality is not counted: nodes that start now know nothing of the routes")
	}
	for _, table := range []string{"policies", "policy_rules", "route_rules", "stop_rules", "block_list", "duty_operators"} {
		if count(t, c, "SELECT COUNT(*) FROM "+table) == 0 {
			t.Errorf("nothing in %s: its page is empty", table)
		}
	}
	if got := count(t, c, `SELECT COUNT(*) FROM calls WHERE direction = 'out' AND disposition = 'answered' AND b_number REGEXP '^(4420|49|1212|7495)'`); got < 500 {
		t.Errorf("%d calls were answered where the demo's rules are", got)
	}
	if _, err := say(t, config, "seed", "--history"); err == nil || !strings.Contains(err.Error(), "there are calls already") {
		t.Errorf("a second history: %v", err)
	}
}
