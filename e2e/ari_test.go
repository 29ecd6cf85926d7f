//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tandem/ari"
	"tandem/play"
	"tandem/play/sip"
)

// ari asks the exchange's Asterisk, with its own secret or a guess.
func (x *exchange) ari(t *testing.T, guess string) *ari.Client {
	t.Helper()
	r, err := x.Describe()
	if err != nil {
		t.Fatal(err)
	}
	config := ari.Config{Server: play.ServerName, BaseURL: "http://" + r.ARI.Address + "/ari", User: r.ARI.User, Secret: r.ARI.Password}
	if guess != "" {
		config.Secret = guess
	}
	c, err := ari.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// up is a call as ARI tells of it; nil when it is over.
func up(t *testing.T, c *ari.Client, callID string) *ari.Up {
	t.Helper()
	calls, err := c.CallsUp(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range calls {
		if u.CallID == callID {
			return &u
		}
	}
	return nil
}

// The second route of two carries the call: ARI tells its id and its key, which
// is where a Tandem that was started anew finds its calls.
func TestARICallsUp(t *testing.T) {
	t.Parallel()
	x := shared(t)
	c, began := x.ari(t, ""), time.Now()
	b := x.number("5503")
	call := x.dial(t, moscow, national(b))
	answered(t, call)
	x.started(t, national(b))
	ids, err := x.callsWhere(t, "dialled = ?", national(b))
	if err != nil {
		t.Fatal(err)
	}
	u := up(t, c, ids[0])
	if u == nil {
		t.Fatalf("call %s is not up", ids[0])
	}
	if u.Endpoint != moscow || u.Direction != "out" || u.Key != "11.c.a35" || u.State != "Up" || u.Created.Before(began.Add(-time.Second)) || u.Created.After(time.Now()) {
		t.Errorf("%+v", *u)
	}
	channels, err := c.Channels(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	leg := ""
	for _, ch := range channels {
		if strings.HasPrefix(ch.Name, "PJSIP/trunk-11-35-") {
			leg = ch.ID
		}
	}
	if leg == "" || up(t, c, leg) != nil {
		t.Errorf("the called channel %q is missing, or passes for a call", leg)
	}
	for name, want := range map[string]string{"direction": "out", "T_NEVER_SET": "", "CHANNEL(state)": "Up"} {
		if got, err := c.Variable(soon(t), u.CallID, name); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", name, got, err, want)
		}
	}

	if err := c.Hangup(soon(t), u.CallID, "normal"); err != nil {
		t.Fatal(err)
	}
	if err := call.WaitEnded(soon(t)); err != nil {
		t.Fatal(err)
	}
	x.record(t, national(b))
	eventually(t, slack, func() error {
		if up(t, c, u.CallID) != nil {
			return errors.New("the call is still up")
		}
		return nil
	})
	if err := c.Hangup(soon(t), u.CallID, "normal"); !errors.Is(err, ari.ErrNoChannel) {
		t.Errorf("a call that is over: %v", err)
	}
}

// A call that executes something else than Dial is a call as well, on no route.
func TestARICallsUpBetweenRoutes(t *testing.T) {
	t.Parallel()
	x := shared(t)
	c := x.ari(t, "")
	from := x.number("0000")
	call := x.bring(t, "WestCall", "74951815099", from) // the echo test
	answered(t, call)
	var ids []string
	eventually(t, patience, func() (err error) {
		if ids, err = x.callsWhere(t, "direction = 'in' AND a_number = ?", string(from)); err == nil && len(ids) != 1 {
			err = fmt.Errorf("calls %v", ids)
		}
		return err
	})
	if u := up(t, c, ids[0]); u == nil || u.Endpoint != "trunk-7" || u.Direction != "in" || u.Key != "" || u.State != "Up" {
		t.Errorf("%+v", u)
	}
	if err := call.Hangup(soon(t)); err != nil {
		t.Fatal(err)
	}
}

func TestARIWrongSecret(t *testing.T) {
	t.Parallel()
	_, err := shared(t).ari(t, "guess").CallsUp(soon(t))
	if !errors.Is(err, ari.ErrRefused) || !strings.Contains(err.Error(), "ari.conf") || strings.Contains(err.Error(), "guess") {
		t.Error(err)
	}
}

// watched is what a watch told.
type watched struct {
	mu        sync.Mutex
	reachable map[string]bool
	downs     []string
	up        map[string]struct{}
	ups       int
	restarts  int
}

func (w *watched) Reachable(_, endpoint string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reachable[endpoint] = ok
	if !ok {
		w.downs = append(w.downs, endpoint)
	}
}

func (w *watched) Up(_ context.Context, _ string, _ time.Time, callIDs map[string]struct{}, _ []ari.Up) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.up = callIDs
	w.ups++
}

func (*watched) Lost(string) {}

func (w *watched) Restarted(string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.restarts++
}

// until waits for what a watch shall tell.
func (w *watched) until(t *testing.T, within time.Duration, wrong func() error) {
	t.Helper()
	eventually(t, within, func() error {
		w.mu.Lock()
		defer w.mu.Unlock()
		return wrong()
	})
}

// qualify is how often addresses are probed here, and probeTime how long
// Asterisk waits for the answer.
const (
	qualify   = time.Second
	probeTime = 3 * time.Second
)

// A carrier that stops answering its probes is told of within the qualify time,
// and when it answers again; a restart of Asterisk makes none unreachable that
// is there, and is told of.
func TestARIWatch(t *testing.T) {
	t.Parallel()
	x := own(t, with(func(s *play.NodeSettings) {
		s.Drain = time.Second // a call whose Asterisk was killed is never reported
	}))
	x.probe(t)
	w := &watched{reachable: map[string]bool{}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan struct{})
	defer func() { cancel(); <-done }()
	go func() {
		defer close(done)
		ari.NewWatch(x.ari(t, ""), w, ari.WatchConfig{
			Every: 200 * time.Millisecond, Settle: time.Minute, Log: zerolog.Nop(),
			Only: func(name string) bool { _, _, trunk := ari.ParseTrunk(name); return trunk || name == "westcall" },
		}).Run(ctx)
	}()
	is := func(endpoint string, ok bool) func() error {
		return func() error {
			if got, told := w.reachable[endpoint]; !told || got != ok {
				return fmt.Errorf("%s: reachable %v, told %v; want %v", endpoint, got, told, ok)
			}
			return nil
		}
	}
	w.until(t, patience, is("westcall", true))
	w.until(t, patience, is("trunk-11-35", true))
	// Told before it was proved; see the comment of package ari.
	settled := time.Now().Add(6 * time.Second)
	w.until(t, patience, func() error {
		if time.Now().Before(settled) {
			return errors.New("the reload is too young")
		}
		return nil
	})

	b := x.number("9307")
	call := x.dial(t, moscow, national(b))
	answered(t, call)
	x.started(t, national(b))
	ids, err := x.callsWhere(t, "dialled = ?", national(b))
	if err != nil {
		t.Fatal(err)
	}
	w.until(t, slack, func() error {
		if _, ok := w.up[ids[0]]; !ok {
			return fmt.Errorf("call %s is not up: %v", ids[0], w.up)
		}
		return nil
	})

	voicebuy := x.Carrier("VoiceBuy")
	if err := voicebuy.Close(); err != nil {
		t.Fatal(err)
	}
	w.until(t, qualify+probeTime+slack, is("trunk-11-35", false))
	again := sip.NewCarrier(sip.CarrierConfig{Name: voicebuy.Name(), Addr: voicebuy.Addr(), Log: zerolog.Nop()})
	if err := again.Start(soon(t)); err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	w.until(t, qualify+probeTime+slack, is("trunk-11-35", true))

	x.Asterisk.Kill()
	w.until(t, slack, func() error {
		if _, ok := w.up[ids[0]]; !ok {
			return errors.New("the call passes for gone because nobody answers")
		}
		return nil
	})
	if err := x.Asterisk.Restart(soon(t)); err != nil {
		t.Fatal(err)
	}
	before := 0
	w.until(t, patience, func() error {
		if _, ok := w.up[ids[0]]; ok || w.restarts != 1 {
			return fmt.Errorf("%d restarts told, up %v", w.restarts, w.up)
		}
		before = w.ups
		return nil
	})
	w.until(t, patience, func() error { // several looks at endpoints that are not probed yet
		if w.ups < before+20 {
			return fmt.Errorf("only %d looks", w.ups-before)
		}
		return nil
	})
	if len(w.downs) != 1 || w.downs[0] != "trunk-11-35" {
		t.Errorf("told as unreachable: %v, want only VoiceBuy's, once", w.downs)
	}
}

// probe has Asterisk probe every address, as an operator would: by the
// configuration, rendered and reloaded.
func (x *exchange) probe(t *testing.T) {
	t.Helper()
	path := x.Nodes[0].Config
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	key := "      entity_id:"
	changed := strings.Replace(string(text), key, fmt.Sprintf("      qualify: %v\n%s", qualify, key), 1)
	if changed == string(text) {
		t.Fatalf("%s has no %s", path, key)
	}
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	etc := filepath.Join(x.Asterisk.Dir(), "etc")
	if _, err := x.Tandem(soon(t), "asterisk", "render", "--server", play.ServerName, "--out", etc); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Asterisk.RX(soon(t), "module reload res_pjsip.so"); err != nil {
		t.Fatal(err)
	}
}
