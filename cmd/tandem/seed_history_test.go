package main

import (
	"strings"
	"testing"
)

// TestHistoryIsWholeAndTrue: the generated days hold against the books, and are
// kept apart from real calls.
func TestHistoryIsWholeAndTrue(t *testing.T) {
	config := office(t)
	must(t, config, "migrate", "up")
	out := must(t, config, "seed", "--history")
	if !strings.Contains(out, "3600 calls") || !strings.Contains(out, "(node demo-history)") {
		t.Errorf("seed --history says:\n%s", out)
	}
	t.Log(out[strings.Index(out, "history of"):])
	if out := must(t, config, "ledger", "verify"); !strings.Contains(out, "ok") {
		t.Errorf("ledger verify:\n%s", out)
	}
	if _, err := say(t, config, "seed", "--history"); err == nil || !strings.Contains(err.Error(), "there are calls already") {
		t.Errorf("a second history: %v", err)
	}
}
