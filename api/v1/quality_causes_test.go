package v1_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"tandem/api/access"
	v1 "tandem/api/v1"
	"tandem/billing"
	"tandem/db"
	"tandem/internal/q850"
	"tandem/view"
)

// What is behind a cause is exactly what was counted. Where rare causes were put
// together there is no such list, and it is not told as one.
func TestBehindCauses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	began := attemptsAt()
	bids := func(provider int64, name string, n int, status int, cause q850.Cause, blame q850.Blame) []billing.Record {
		list := make([]billing.Record, n)
		for i := range list {
			list[i].Attempt = &billing.Attempt{
				CallID: fmt.Sprintf("%s %d.%d", name, status, i), N: 1, Key: fmt.Sprint(provider, ".c.a1"), ProviderID: provider, Tier: "cli", StartedAt: began,
				Result: billing.Failed, SIPStatus: status, Cause: cause, Blame: blame,
			}
		}
		return list
	}
	var records []billing.Record
	for status := range 60 { // the smaller the more often; 28 of them find no room
		records = append(records, bids(10, "many", 1+(60-status)/10, 400+status, 34, q850.BlameRoute)...)
	}
	records = append(records, bids(10, "none", 2, 0, 0, q850.BlameRoute)...)
	records = append(records, bids(10, "busy here", 50, 486, 17, q850.BlameCalled)...) // another blame: nothing is folded into it
	// Of provider 7 the statuses that are none go with those that have none.
	for name, n := range map[string]struct {
		status int
		cause  q850.Cause
		blame  q850.Blame
	}{
		"neither": {0, 0, q850.BlameUs}, "low": {7, 0, q850.BlameUs}, "no status": {0, 34, q850.BlameUs}, "odd": {9999, 34, q850.BlameUs},
		"no cause": {503, 0, q850.BlameUs}, "both": {503, 34, q850.BlameRoute}, "of nobody": {503, 34, ""},
	} {
		records = append(records, bids(7, name, 3, n.status, n.cause, n.blame)...)
	}
	if err := h.db.WriteRecords(t.Context(), records); err != nil {
		t.Fatal(err)
	}
	if _, err := h.db.RollQuality(t.Context(), db.QualityRoll{Place: h.db.Atlas().Place}, nil); err != nil {
		t.Fatal(err)
	}
	analyst := h.session(access.Analyst)
	listed := func(behind string) int64 {
		t.Helper()
		var page v1.Page[db.AttemptLine]
		analyst.get(behind+"&limit=1000").want(t, http.StatusOK).into(t, &page)
		return int64(len(page.Items))
	}
	for _, span := range []string{"from=" + began.Format(time.RFC3339) + "&to=" + began.Add(5*time.Minute).Format(time.RFC3339), qualityDay()} {
		var v view.QualityCauses
		analyst.get("/quality/causes?"+span+"&by=provider&limit=1000").want(t, http.StatusOK).into(t, &v)
		told := map[string]int{}
		for _, l := range v.Lines {
			blank := l.SIPStatus == 0 && l.Cause == 0
			switch {
			case l.Folded != (l.By["provider"] == "10" && l.Blame == q850.BlameRoute):
				t.Errorf("%s: folded %t of %+v", span, l.Folded, l)
			case l.Folded && blank:
				told["together"]++
				if l.Behind != "" || l.Bids <= 2 {
					t.Errorf("%s: %+v", span, l)
				}
			case l.Folded:
				told["may lack some"]++
				if n := listed(l.Behind); n < l.Bids {
					t.Errorf("%s: %+v lists %d", span, l, n)
				}
			default:
				told["exactly"]++
				if n := listed(l.Behind); n != l.Bids {
					t.Errorf("%s: %+v lists %d", span, l, n)
				}
			}
		}
		if told["together"] != 1 || told["may lack some"] < 20 || told["exactly"] != 6 {
			t.Errorf("%s: %v", span, told)
		}
	}
}
