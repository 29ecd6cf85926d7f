//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"tandem/billing"
	"tandem/internal/q850"
)

// TERM during a call: the node takes no new calls, sees the one it has to its
// end, and exits 0.
func TestDrain(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	b := x.number("9307")
	call := x.dial(t, moscow, national(b))
	answered(t, call)
	x.started(t, national(b))

	node := x.Nodes[0]
	stopped := make(chan error, 1)
	go func() { stopped <- node.Stop(context.WithoutCancel(t.Context())) }()
	x.wantReady(t, http.StatusServiceUnavailable)

	late := x.number("9307")
	refused(t, x.dial(t, moscow, national(late)), 503)
	select {
	case err := <-stopped:
		t.Fatalf("the node ended during a call: %v", err)
	default:
	}
	if err := call.Hangup(soon(t)); err != nil {
		t.Fatal(err)
	}
	hungUp := time.Now()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if err := node.Process().Wait(soon(t)); err != nil {
		t.Errorf("the node did not exit 0: %v", err)
	}
	if took := time.Since(hungUp); took > slack {
		t.Errorf("the node ended %v after its last call", took)
	}
	check(t, x.record(t, national(b)), fromMoscow(b).answered(billing.SideCaller, ok(westcall())))
	want := fromMoscow(late)
	want.Start.Reason = ""
	got := x.record(t, national(late))
	got.Start.Snapshot = 1
	check(t, got, want.failed(billing.Failed, q850.NoCircuit, 503))
	x.wantKept(t, 0)
}

// With a second node a drain costs no call.
func TestDrainWithASecondNode(t *testing.T) {
	t.Parallel()
	x := own(t, twoNodes)
	b := x.number("9307")
	call := x.dial(t, moscow, national(b))
	answered(t, call)
	stopped := make(chan error, 1)
	go func() { stopped <- x.Nodes[0].Stop(context.WithoutCancel(t.Context())) }()
	x.wantReady(t, http.StatusServiceUnavailable)

	late := x.number("5503")
	talked(t, x.dial(t, moscow, national(late)))
	want := fromMoscow(late)
	want.Start.Node = "tandem-2"
	check(t, x.record(t, national(late)), want.answered(billing.SideCaller, congested(westcall()), ok(voicebuy(2))))
	if err := call.Hangup(soon(t)); err != nil {
		t.Fatal(err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	check(t, x.record(t, national(b)), fromMoscow(b).answered(billing.SideCaller, ok(westcall())))
}

// wantReady waits until the first node says so of itself.
func (x *exchange) wantReady(t *testing.T, status int) {
	t.Helper()
	client := http.Client{Timeout: 5 * time.Second}
	eventually(t, patience, func() error {
		request, err := http.NewRequestWithContext(soon(t), http.MethodGet, "http://"+x.Nodes[0].HTTP.String()+"/readyz", nil)
		if err != nil {
			return err
		}
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		if response.StatusCode != status {
			err = fmt.Errorf("/readyz says %s", response.Status)
		}
		return errors.Join(err, response.Body.Close())
	})
}
