//go:build e2e

package e2e_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"tandem/play"
)

// The node that let a call in dies: the other one pays for its next slice. Then
// that one dies, too: the call ends with what is paid, and is charged once,
// however often and by whomever its end is told.
func TestMoneyOutlivesTheNodes(t *testing.T) {
	t.Parallel()
	const (
		first = 24 * time.Second // a node counts as dead after deadAfter, and its calls are looked for now and then
		paid  = 26 * time.Second
	)
	x := own(t, func(o *play.Options) {
		twoNodes(o)
		paying(first, 4*time.Second, time.Second, 15*time.Second)(o)
	})
	x.chargesFees(t)
	c := x.customers(t, map[string]deal{"prepaid": {login: moscow, rate: cent(), money: "0.26"}})["prepaid"]
	x.tookUp(t)
	call, b, id := c.up(t)
	x.Nodes[0].Kill()
	eventually(t, patience, func() error {
		if got := c.balance(t); got.Held != 26*aCent {
			return fmt.Errorf("%s are held: the second node has not paid for more", got.Held)
		}
		return nil
	})
	x.limitReaches(t, id, paid) // the node has counted the slice before it moves the limit
	if got := metric(t, x.Nodes[1], `tandem_hold_extensions_total{outcome="granted"}`); got != 1 {
		t.Errorf("%v slices were granted by the second node", got)
	}
	x.Nodes[1].Kill()
	if err := call.WaitEnded(soon(t)); err != nil {
		t.Fatal(err)
	}
	x.noChannels(t, 2*reportTime+slack)
	x.wantKept(t, 1)
	report := x.kept(t)[0]

	for _, n := range x.Nodes {
		if err := n.Start(soon(t)); err != nil {
			t.Fatal(err)
		}
	}
	x.nothingKept(t)
	c.wasCut(t, call, string(b), id, paid)
	c.wantBalance(t, 26*aCent)
	before := x.postings(t, id)
	x.tellAll(t, report, report, retold(t, report, -5*time.Second), retold(t, report, 5*time.Second))
	x.wantPostings(t, id, before...)
	c.wantBalance(t, 26*aCent)
	x.balanced(t)
}

// limitReaches waits until Asterisk lets a call talk for that long.
func (x *exchange) limitReaches(t *testing.T, id string, talk time.Duration) {
	t.Helper()
	line := x.reach(t)
	eventually(t, patience, func() error {
		a, err := line.Limit(soon(t), id)
		if err == nil && a.Left+a.Talked < talk-slack/2 {
			err = fmt.Errorf("the call may talk for %v, want %v", a.Left+a.Talked, talk)
		}
		return err
	})
}

// kept are the end reports that no node took.
func (x *exchange) kept(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(x.ReportFile())
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}
