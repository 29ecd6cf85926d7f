//go:build e2e

package e2e_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/billing"
	"tandem/internal/money"
	"tandem/play"
	"tandem/play/sip"
)

// The reports of three calls are lost: those of two that ended while no node was
// up, and that of one that Asterisk's own death has ended. They are closed all the
// same, by Asterisk's records and by what was seen of the third, and when the
// truth is told after all, it corrects them, either way.
func TestMoneyOfLostReports(t *testing.T) {
	t.Parallel()
	x := own(t, func(o *play.Options) {
		paying(20*time.Second, 4*time.Second, time.Second, closeAfter)(o)
		with(func(s *play.NodeSettings) { s.Ring = patience })(o) // it rings until Asterisk is killed
	})
	x.chargesFees(t)
	x.tookUp(t)
	c := x.customers(t, map[string]deal{
		"longer":  {login: moscow, rate: cent(), money: "0.15"},
		"shorter": {login: other, rate: cent(), money: "0.15"},
		"killed":  {login: duty, rate: cent(), money: "0.15"},
		"ringing": {login: london, rate: cent(), money: "0.15"},
	})
	ids, numbers, calls := map[string]string{}, map[string]string{}, map[string]*sip.Call{}
	for name, ending := range map[string]string{"longer": "9307", "shorter": "9307", "killed": "5503"} {
		call, b, id := c[name].upAt(t, ending)
		ids[name], numbers[name], calls[name] = id, string(b), call
	}
	rings, unheard := c["ringing"].call(t, "9301")
	if err := rings.WaitRinging(soon(t)); err != nil {
		t.Fatal(err)
	}
	x.started(t, string(unheard))
	x.seenAnswered(t, ids["killed"])

	x.Nodes[0].Kill()
	for _, name := range []string{"longer", "shorter"} {
		if err := calls[name].Hangup(soon(t)); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, patience, func() error { return x.recordedByAsterisk(ids["longer"], ids["shorter"]) })
	x.allKept(t, ids["longer"], ids["shorter"])
	reports := x.kept(t)
	x.Asterisk.Kill()
	lasted := map[string]time.Duration{
		"longer": calls["longer"].Result().Talk(), "shorter": calls["shorter"].Result().Talk(),
		"killed": time.Since(calls["killed"].Result().AnsweredAt),
	}
	if err := os.Remove(x.ReportFile()); err != nil {
		t.Fatal(err)
	}
	if err := x.Asterisk.Restart(soon(t)); err != nil {
		t.Fatal(err)
	}
	x.restart(t)

	ways := map[string]way{
		"longer": {by: firstCarrier()}, "shorter": {by: firstCarrier()}, "killed": {by: secondCarrier(), failed: []carrier{firstCarrier()}},
	}
	for name, by := range map[string]billing.Source{"longer": billing.ByCDR, "shorter": billing.ByCDR, "killed": billing.ByEstimate} {
		got, way := x.record(t, numbers[name]), ways[name]
		sale := priceOf(t, cent(), got.Talk)
		x.wantCharge(t, ids[name], charged{By: by, Sale: sale, Cost: way.cost(t, got.Talk)})
		x.wantPostings(t, ids[name], append([]string{c[name].pays(sale)}, way.entries(t, got.Talk)...)...)
		c[name].wantBalance(t, sale)
		if got.Disposition != billing.Answered || got.Route != way.by.key || sale == 0 {
			t.Errorf("%s: %+v for %s", name, got, sale)
		}
		// What was seen of a call is less than it was, by two looks at most.
		if early := lasted[name] - got.Talk; early < -busyCores || early > busyCores && by == billing.ByCDR || early > 3*slack {
			t.Errorf("%s: closed with %v of talk, it was %v", name, got.Talk, lasted[name])
		}
	}
	lost := x.record(t, string(unheard))
	// A killed Asterisk may have written a record of a call that only rang, or not.
	if lost.Source == billing.ByReport {
		t.Errorf("ringing: closed by %s", lost.Source)
	}
	x.wantCharge(t, lost.Start.CallID, charged{By: lost.Source})
	c["ringing"].wantBalance(t, 0)
	x.balanced(t)

	// The truth, as it would come from the kept file, twice each: more than was
	// held is not charged.
	for name, truth := range map[string]string{
		"longer":  retold(t, reportOf(t, reports, ids["longer"]), 31*time.Second),
		"shorter": retold(t, reportOf(t, reports, ids["shorter"]), -1500*time.Millisecond),
		"killed":  c["killed"].reportAs(t, reports[0], ids["killed"], numbers["killed"], 12*time.Second),
	} {
		c[name].corrects(t, ids[name], truth, ways[name])
	}
	x.balanced(t)
}

// closeAfter is how long a report may be missing. Asterisk's records are collected
// twice within it.
const closeAfter = 9 * time.Second

// seenAnswered waits until a node has seen a call answered, and the server after
// that.
func (x *exchange) seenAnswered(t *testing.T, id string) {
	t.Helper()
	eventually(t, patience, func() error {
		var since sql.NullInt64
		err := x.sql.QueryRowContext(soon(t), `SELECT TIMESTAMPDIFF(MICROSECOND, answered_at, seen.seen_at) FROM holds
			JOIN servers_seen seen USING (server) WHERE call_id = ?`, id).Scan(&since)
		if err == nil && since.Int64 <= 0 {
			err = fmt.Errorf("call %s was not seen answered", id)
		}
		return err
	})
}

// recordedByAsterisk says whether Asterisk's own records of calls are written.
func (x *exchange) recordedByAsterisk(ids ...string) error {
	text, err := os.ReadFile(x.CDRFile())
	if err != nil {
		return err
	}
	for _, id := range ids {
		if !strings.Contains(string(text), id) {
			return fmt.Errorf("Asterisk has no record of call %s", id)
		}
	}
	return nil
}

// allKept waits until Asterisk keeps the reports of calls.
func (x *exchange) allKept(t *testing.T, ids ...string) {
	t.Helper()
	eventually(t, patience, func() error {
		text, err := os.ReadFile(x.ReportFile())
		for _, id := range ids {
			if err == nil && !strings.Contains(string(text), id) {
				err = fmt.Errorf("the report of call %s is not kept", id)
			}
		}
		return err
	})
}

// reportOf finds the report of a call.
func reportOf(t *testing.T, reports []string, id string) string {
	t.Helper()
	i := slices.IndexFunc(reports, func(r string) bool { return strings.Contains(r, id) })
	if i < 0 {
		t.Fatalf("no report of call %s in %q", id, reports)
	}
	return reports[i]
}

// reportAs makes the report of a call of this customer after another's: the first
// carrier failed, the second answered at once.
func (c *customer) reportAs(t *testing.T, report, id, b string, talk time.Duration) string {
	t.Helper()
	began := c.x.record(t, b).Start.StartedAt
	at := func(after time.Duration) string { return strconv.FormatInt(began.Add(after).UnixMilli(), 10) }
	return changed(t, report, func(form url.Values, _ []string) []string {
		talked := strconv.FormatInt(talk.Milliseconds(), 10)
		for name, value := range map[string]string{
			"call_id": id, "endpoint": c.login, "dialled": b, "started_ms": at(0), "ended_ms": at(talk + time.Second), "talk_ms": talked,
		} {
			form.Set(name, value)
		}
		return []string{
			"1:" + firstCarrier().key + ":" + at(time.Millisecond) + ":CONGESTION:34:503:::5:/2", secondCarrier().key, at(10 * time.Millisecond),
			"ANSWER", "16", "200", "1", "", talked, talked,
		}
	})
}

// way is how a call went: who failed, and who carried it.
type way struct {
	failed []carrier
	by     carrier
}

// cost is what it costs with that much talk, in the base currency.
func (w way) cost(t *testing.T, talk time.Duration) money.Amount {
	t.Helper()
	sum := w.by.base(t, w.by.cost(t, talk))
	for _, f := range w.failed {
		sum += f.base(t, f.cost(t, 0))
	}
	return sum
}

func (w way) entries(t *testing.T, talk time.Duration) []string {
	t.Helper()
	var list []string
	for _, f := range w.failed {
		list = append(list, f.gets(f.cost(t, 0)))
	}
	return append(list, w.by.gets(w.by.cost(t, talk)))
}

// corrects tells the true end of a call that was closed without it: the books
// change by the difference, by entries of their own, once.
func (c *customer) corrects(t *testing.T, id, report string, w way) {
	t.Helper()
	x := c.x
	before, held := x.chargeOf(t, id)
	guess, err := x.records.Call(soon(t), id)
	if err != nil {
		t.Fatal(err)
	}
	entries := x.postings(t, id)
	x.tellAll(t, report, report)
	var got billing.End
	eventually(t, patience, func() (err error) {
		if charge, _ := x.chargeOf(t, id); charge.By != billing.ByReport {
			return fmt.Errorf("call %s is still closed by %s", id, charge.By)
		}
		got, err = x.records.Call(soon(t), id)
		return err
	})
	sale := min(priceOf(t, c.rate, got.Talk), held.V)
	if sale == before.Sale {
		t.Errorf("call %s came to %s before the report, too", id, sale)
	}
	x.wantCharge(t, id, charged{By: billing.ByReport, Sale: sale, Cost: w.cost(t, got.Talk)})
	if more := sale - before.Sale; more > 0 {
		entries = append(entries, fmt.Sprintf("customer %d: %s EUR to revenue, correction", c.id, more))
	} else {
		entries = append(entries, fmt.Sprintf("revenue: %s EUR to customer %d, correction", -more, c.id))
	}
	if more := w.by.cost(t, got.Talk) - w.by.cost(t, guess.Talk); more > 0 {
		entries = append(entries, fmt.Sprintf("expense: %s %s to provider %d, correction", more, w.by.iso, w.by.id))
	}
	x.wantPostings(t, id, entries...)
	c.wantBalance(t, sale)
}
