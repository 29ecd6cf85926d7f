package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tandem/internal/money"
)

// From the records in MariaDB to the sums: VoxBeam sends a deck that gives Moscow
// away.
func TestReplayOfRecords(t *testing.T) {
	config := seededOffice(t)
	c, err := loadConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	change(t, c, `INSERT INTO calls (call_id, server, direction, account_id, b_number, started_at, disposition, talk_ms, route) VALUES
		('a-1', 'asterisk-macomnet', 'out',      3,  '74957777777', '2026-03-02 09:00:00', 'answered',    60000, '16.c.a34'),
		('a-2', 'asterisk-macomnet', 'out',      3,  '74957777778', '2026-03-02 10:00:00', 'answered',    30500, '8.c.a1'),
		('a-3', 'asterisk-macomnet', 'out',      3,  '74957777777', '2026-03-02 11:00:00', 'no_answer',       0, NULL),
		('a-4', 'asterisk-macomnet', 'out',      99, '74957777777', '2026-03-02 12:00:00', 'answered',    60000, NULL),
		('a-5', 'asterisk-macomnet', 'out',      3,  '74957777777', '2026-03-02 13:00:00', 'in_progress',     0, NULL),
		('a-6', 'asterisk-macomnet', 'redirect', 3,  '74957777777', '2026-03-02 14:00:00', 'answered',    60000, NULL),
		('a-7', 'asterisk-macomnet', 'out',      3,  '74957777777', '2026-03-03 00:00:00', 'answered',    60000, NULL)`)
	change(t, c, `INSERT INTO decks (id, provider_id, tier, version, state, rates, created_at) VALUES
		(101, 8, 'cli', 2, 'draft', 1, '2026-03-01'), (102, 7, 'premium', 1, 'draft', 1, '2026-03-01')`)
	change(t, c, `INSERT INTO deck_rates (deck_id, prefix, per_minute, first_s, next_s) VALUES (101, '7', 0.0001, 1, 1), (102, '7', 0.0001, 1, 1)`)

	out := replayRecords(t, config, replayCmd{JSON: true, Deck: []int64{101}})
	var v struct {
		Calls   int64
		Skipped map[string]int64
		Total   struct {
			Calls, Changed int64
			Before, After  struct{ Cost money.Amount }
		}
		By    map[string][]struct{ Name string }
		Moves []struct {
			To    struct{ Provider, Tier string }
			Calls int64
		}
		Decks    []struct{ ID, Replaces int64 }
		Recorded struct{ Carried, Priced int64 } `json:"as_recorded"`
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// 60 s and 31 s at 0.0001 a minute by the second.
	const after = 100 + 52 // of 1e-6: 0.0001 and 0.00005166…
	if v.Calls != 5 || v.Total.Calls != 3 || v.Skipped["account_gone"] != 1 || v.Skipped["in_progress"] != 1 || v.Total.Changed != 3 ||
		v.Total.After.Cost != after || v.Total.Before.Cost <= after || v.Recorded.Carried != 2 || v.Recorded.Priced != 2 {
		t.Errorf("%s", out)
	}
	if len(v.Moves) != 1 || v.Moves[0].To.Provider != "VoxBeam" || v.Moves[0].To.Tier != "cli" || v.Moves[0].Calls != 3 || v.Decks[0].ID != 101 || v.Decks[0].Replaces == 0 {
		t.Errorf("%s", out)
	}
	if len(v.By["destination"]) != 1 || v.By["destination"][0].Name != "Moscow, RU" {
		t.Errorf("%s", out)
	}

	policy := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(policy, []byte("name: one\nkind: priority\nroutes: [{provider: VoxBeam, tier: premium}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	table := replayRecords(t, config, replayCmd{Policy: policy, Account: "transit", Top: 20})
	for _, says := range []string{"4 outgoing calls of Transit", "policy one (priority) for all calls", "VoxBeam premium", "As recorded: 2 answered calls"} {
		if !strings.Contains(table, says) {
			t.Errorf("no %q in\n%s", says, table)
		}
	}

	for says, x := range map[string]replayCmd{
		"--deck":          {Deck: []int64{999}},
		"--deck 102: tie": {Deck: []int64{102}}, // WestCall sells no tiers
		"Transit":         {Account: "transitt"},
		"--policy":        {Policy: filepath.Join(t.TempDir(), "none.yaml")},
	} {
		var got bytes.Buffer
		if err := asked(x).Run(t.Context(), &env{out: &got, errOut: &got, config: config}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	var got bytes.Buffer
	if err := asked(replayCmd{}).Run(stopped, &env{out: &got, errOut: &got, config: config}); err == nil || got.Len() > 0 {
		t.Errorf("%v, printed %q", err, got.String())
	}
}

// asked fills in what kong would.
func asked(x replayCmd) replayCmd {
	x.From, x.To, x.Sample, x.By = "2026-03-02", "2026-03-03", 1, []string{"destination", "provider"}
	return x
}

func replayRecords(t *testing.T, config string, x replayCmd) string {
	t.Helper()
	var out, errOut bytes.Buffer
	if err := asked(x).Run(t.Context(), &env{out: &out, errOut: &errOut, config: config}); err != nil || errOut.Len() > 0 {
		t.Fatalf("%v\n%s", err, errOut.String())
	}
	return out.String()
}
