package v1_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/e164"
	"tandem/internal/q850"
)

// attemptsAt is when the attempts of manyAttempts begin: in the 20 hours after it.
func attemptsAt() time.Time { return time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC) }

// manyAttempts writes n calls with up to three attempts each, of providers 7, 8 and
// 9, to four numbers, and counts them.
func (h *house) manyAttempts(n int) {
	h.t.Helper()
	r := rand.New(rand.NewPCG(uint64(n), 6))
	numbers := []e164.Number{"77011234567", "447400123456", "33140205050", "39993"} // the last one tells nothing
	var records []billing.Record
	for i := range n {
		began := attemptsAt().Add(time.Duration(r.IntN(20*3600)) * time.Second)
		end := billing.End{Start: billing.Start{
			CallID: fmt.Sprintf("n-%d.%d", began.Unix(), i), Server: []string{"north", "south"}[r.IntN(2)], Direction: billing.Outgoing, AccountID: r.Int64N(3),
			ANumber: "79160000000", BNumber: numbers[r.IntN(len(numbers))], StartedAt: began,
		}, EndedAt: began.Add(time.Minute), Disposition: billing.Failed, Source: billing.ByReport}
		for a := range 1 + r.IntN(3) {
			end.Attempts = append(end.Attempts, randomBid(r, end.Start.CallID, a+1, began))
			if end.Attempts[a].Result == billing.Answered {
				end.Disposition, end.Talk = billing.Answered, end.Attempts[a].Talk
				break
			}
		}
		records = append(records, billing.Record{End: &end})
	}
	for some := range slices.Chunk(records, 200) {
		if err := h.db.WriteRecords(h.t.Context(), some); err != nil {
			h.t.Fatal(err)
		}
	}
	// Those that no report counts: under way, and refused by us.
	h.exec(`INSERT INTO attempts (call_id, n, route, provider_id, tier, gate_id, started_at, result)
		SELECT call_id, 9, route, IF(CRC32(call_id) % 2, provider_id, NULL), tier, gate_id, started_at, IF(CRC32(call_id) % 2, 'in_progress', 'failed') FROM attempts WHERE n = 1`)
	if _, err := h.db.RollQuality(h.t.Context(), db.QualityRoll{Place: h.db.Atlas().Place}, nil); err != nil {
		h.t.Fatal(err)
	}
}

func randomBid(r *rand.Rand, call string, n int, began time.Time) billing.Attempt {
	a := billing.Attempt{
		CallID: call, N: n, ProviderID: 7 + r.Int64N(3), Tier: []string{"cli", "noncli", ""}[r.IntN(3)], GateID: r.Int64N(3), StartedAt: began.Add(time.Duration(n) * time.Second),
		Elapsed: 3 * time.Second, Result: billing.Failed, SIPStatus: []int{0, 404, 503}[r.IntN(3)], Cause: []q850.Cause{0, 1, 34}[r.IntN(3)],
		Blame: []q850.Blame{q850.BlameCaller, q850.BlameRoute, q850.BlameUs}[r.IntN(3)],
	}
	a.Key = fmt.Sprintf("%d.c.g%d", a.ProviderID, 1+a.GateID)
	if r.IntN(3) > 0 {
		a.Result, a.SIPStatus, a.Cause, a.Blame, a.Rang = billing.Answered, 200, 16, "", true
		a.Talk, a.PDD = time.Duration(r.IntN(200_000))*time.Millisecond, time.Duration(1+r.IntN(9000))*time.Millisecond
	}
	return a
}

// of is the day of manyAttempts as parameters.
func qualityDay() string { return "from=2026-10-01T00:00:00Z&to=2026-10-02T00:00:00Z" }
