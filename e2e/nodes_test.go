//go:build e2e

package e2e_test

import (
	"bufio"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"tandem/billing"
	"tandem/play"
)

func TestFirstNodeIsDead(t *testing.T) {
	t.Parallel()
	x := own(t, twoNodes)
	x.phone(t, moscow)
	x.Nodes[0].Kill()
	b := x.number("5503")
	call := x.dial(t, moscow, national(b))
	talked(t, call)
	if wait := x.offered(t, "WestCall", string(b)).At.Sub(call.Result().Started); wait > slack {
		t.Errorf("the second node served after %v; a dead one costs nothing", wait)
	}
	want := fromMoscow(b)
	want.Start.Node = "tandem-2"
	check(t, x.record(t, national(b)), want.answered(billing.SideCaller, congested(westcall()), ok(voicebuy(2))))
	x.noChannels(t, slack)
	x.wantKept(t, 0)
}

func TestFirstNodeIsStopped(t *testing.T) {
	t.Parallel()
	x := own(t, twoNodes)
	x.phone(t, moscow)
	x.Nodes[0].Pause()
	b := x.number("5503")
	call := x.dial(t, moscow, national(b))
	talked(t, call)
	if wait := x.offered(t, "WestCall", string(b)).At.Sub(call.Result().Started); wait < exchangeTime/2 || wait > exchangeTime+slack {
		t.Errorf("the second node served after %v, want %v", wait, exchangeTime)
	}
	// Once a node has failed it, a call stays with the other.
	legs := x.legs(string(b))
	if wait := legs[1].At.Sub(legs[0].EndedAt); wait > slack {
		t.Errorf("%v from the first attempt's end to the second", wait)
	}
	want := fromMoscow(b)
	want.Start.Node = "tandem-2"
	whole := want.answered(billing.SideCaller, congested(westcall()), ok(voicebuy(2)))
	before := x.record(t, national(b))
	check(t, before, whole)
	x.noChannels(t, slack)
	x.wantKept(t, 0)

	// The first node wakes up and finds the question of a call that is over.
	x.Nodes[0].Resume()
	eventually(t, patience, func() error {
		if n := metric(t, x.Nodes[0], `tandem_agi_exchanges_total`); n < 1 {
			return fmt.Errorf("%v questions read", n)
		}
		return nil
	})
	eventually(t, patience, func() error {
		if n := metric(t, x.Nodes[0], `tandem_calls_live`); n != 0 {
			return fmt.Errorf("%v calls live on a node that serves none", n)
		}
		return nil
	})
	after := x.record(t, national(b))
	check(t, after, whole)
	if !after.Start.StartedAt.Equal(before.Start.StartedAt) {
		t.Errorf("the call started %v, now %v", before.Start.StartedAt, after.Start.StartedAt)
	}
}

// metric is the sum of a metric over its labels.
func metric(t *testing.T, n *play.Node, name string) float64 {
	t.Helper()
	request, err := http.NewRequestWithContext(soon(t), http.MethodGet, "http://"+n.HTTP.String()+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Timeout: patience}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var sum float64
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		rest, found := strings.CutPrefix(lines.Text(), name)
		if !found || (rest[0] != ' ' && rest[0] != '{') {
			continue
		}
		v, err := strconv.ParseFloat(rest[strings.LastIndex(rest, " ")+1:], 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += v
	}
	return sum
}
