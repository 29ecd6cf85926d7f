//go:build e2e

package e2e_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tandem/api/live"
	"tandem/billing"
	"tandem/billing/rate"
	"tandem/play"
)

// Two nodes, one call: both show it, whoever let it in and whoever was started
// anew, until it is hung up from the console.
func TestLiveCallsAcrossNodesAndRestarts(t *testing.T) {
	t.Parallel()
	x := own(t, func(o *play.Options) {
		twoNodes(o)
		with(func(s *play.NodeSettings) { s.Drain = time.Second })(o) // a call whose Asterisk was killed is told of by nobody
	})
	buyer := x.customers(t, map[string]deal{"live": {login: moscow, rate: rate.Rate{PerMinute: 6_0000_0000, First: 1, Next: 1}, money: "100"}})["live"]
	password := x.user(t, "chief", "admin")
	one, two := signIn(t, x.Nodes[0], "chief", password), signIn(t, x.Nodes[1], "chief", password)
	topics := fmt.Sprintf("live,overview,account:%d", buyer.id)
	first, second := one.watch(t, topics), two.watch(t, topics)
	first.empty(t)
	x.inLine(t)

	b := x.number("0000")
	call := x.dial(t, moscow, string(b))
	answered(t, call)
	talks := func(c live.Call) bool { return c.State == live.Talking && c.B == b && c.Known && c.Sold && c.Cost > 0 }
	seen := first.shows(t, "node 1", talks)
	second.shows(t, "node 2", talks)
	if seen.Provider == "" || seen.AccountID != buyer.id || seen.Server == "" || seen.Node != "tandem-1" || seen.BPlace.Country != "RU" || seen.PaidUntil.IsZero() || seen.AnsweredAt.IsZero() {
		t.Errorf("shown as %+v", seen)
	}
	more := func(c live.Call) bool { return talks(c) && c.Cost > seen.Cost }
	first.shows(t, "node 1, later", more)
	second.shows(t, "node 2, later", more)
	eventually(t, patience, func() error {
		if _, account, _ := first.now(); account.Account == nil || account.Account.Held <= 0 || account.Total != 1 {
			return fmt.Errorf("account %+v", account)
		}
		return nil
	})

	x.Nodes[0].Kill() // the node that let the call in
	second.shows(t, "node 2, alone", talks)
	_, _, wholes := first.now()
	x.restart(t)
	eventually(t, patience, func() error {
		if _, _, now := first.now(); now == wholes {
			return errors.New("the screen has not come back to node 1")
		}
		return nil
	})
	back := first.shows(t, "node 1, anew", talks)
	if back.CallID != seen.CallID || back.Cost < seen.Cost {
		t.Errorf("before %+v, after %+v", seen, back)
	}
	// The talk counts from the answer, on the node that saw it and on the one that did not.
	timed := func(c live.Call) bool { return talks(c) && c.AnsweredAt.Sub(seen.AnsweredAt).Abs() < time.Second }
	first.shows(t, "node 1, talk time", timed)
	second.shows(t, "node 2, talk time", timed)

	two.do(t, http.MethodPost, "/live/calls/"+seen.CallID+"/hangup", map[string]string{"reason": "a test"}, nil)
	if err := call.WaitEnded(soon(t)); err != nil {
		t.Fatal(err)
	}
	first.empty(t)
	second.empty(t)
	if got := x.record(t, string(b)); got.Disposition != billing.Answered || got.Talk <= 0 {
		t.Errorf("record %+v", got)
	}
	var reason string
	if err := x.sql.QueryRowContext(soon(t), `SELECT after_json FROM audit_log WHERE action = 'hangup' AND actor = 'chief' AND object_id = ?`, seen.CallID).Scan(&reason); err != nil || !strings.Contains(reason, "a test") {
		t.Errorf("audit log: %q, %v", reason, err)
	}

	call = x.dial(t, moscow, string(x.number("0000")))
	answered(t, call)
	first.shows(t, "before Asterisk's death", func(c live.Call) bool { return c.State == live.Talking })
	x.Asterisk.Kill()
	if err := x.Asterisk.Restart(soon(t)); err != nil {
		t.Fatal(err)
	}
	first.empty(t)
	second.empty(t)

	began := time.Now()
	one.do(t, http.MethodDelete, "/session", nil, nil)
	eventually(t, patience, func() error {
		if first.gone() == "" {
			return fmt.Errorf("the stream goes on %v after the session", time.Since(began))
		}
		return nil
	})
}
