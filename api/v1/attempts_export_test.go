package v1_test

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/api/access"
	"tandem/billing"
)

// The file of attempts says where they went and what was heard of them.
func TestExportAttempts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	end := billing.End{Start: billing.Start{
		CallID: "heard", Server: "north", Direction: billing.Outgoing, ANumber: "79160000000", BNumber: "77011234567", StartedAt: attemptsAt(),
	}, EndedAt: attemptsAt().Add(time.Minute), Disposition: billing.Answered, Source: billing.ByReport}
	for n, m := range []billing.Media{
		{},
		{Received: 950, Lost: 50, Sent: 1000, Jitter: 12_345 * time.Microsecond, RTT: 80 * time.Millisecond, MOS: 384},
		{Sent: 400}, // nothing came
	} {
		end.Attempts = append(end.Attempts, billing.Attempt{
			CallID: "heard", N: n + 1, Key: "7.c.g8", ProviderID: 7, Tier: "cli", GateID: 8, StartedAt: attemptsAt().Add(time.Duration(n) * time.Second), Result: billing.Failed, Media: m,
		})
	}
	if err := h.db.WriteRecords(t.Context(), []billing.Record{{End: &end}}); err != nil {
		t.Fatal(err)
	}
	analyst := h.session(access.Analyst)
	rows, err := csv.NewReader(strings.NewReader(string(analyst.get("/attempts/export?sort=at").want(t, http.StatusOK).body))).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%v, %v", rows, err)
	}
	columns := []string{"b_country", "b_network", "b_type", "rtp_received", "rtp_lost", "rtp_sent", "loss", "jitter_ms", "rtt_ms", "mos"}
	for i, want := range [][]string{
		{"KZ", "Kcell/Activ", "mobile", "", "", "", "", "", "", ""},
		{"KZ", "Kcell/Activ", "mobile", "950", "50", "1000", "0.050000", "12.345", "80", "3.84"},
		{"KZ", "Kcell/Activ", "mobile", "0", "0", "400", "", "0", "", ""},
	} {
		for n, column := range columns {
			if at := slices.Index(rows[0], column); at < 0 || rows[i+1][at] != want[n] {
				t.Errorf("attempt %d: %s in %v, want %q", i+1, column, rows[i+1], want[n])
			}
		}
	}
	if text := string(analyst.get("/attempts/export?sort=at&format=ndjson").want(t, http.StatusOK).body); !strings.Contains(text, `"loss":50000`) || !strings.Contains(text, `"network":"Kcell/Activ"`) {
		t.Errorf("%s", text)
	}
}
