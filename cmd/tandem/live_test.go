package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tandem/api"
	"tandem/callflow"
	"tandem/internal/money"
)

// nodeSaying is the door of a node that tells this and then waits.
func nodeSaying(t *testing.T, live api.Live) (address string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/live" || r.URL.Query().Get("format") != "ndjson" {
			http.Error(w, "only from this machine", http.StatusForbidden)
			return
		}
		text, err := json.Marshal(live)
		if err != nil {
			t.Error(err)
		}
		if _, err := w.Write(append(text, '\n')); err != nil {
			return
		}
		w.(http.Flusher).Flush() //nolint:forcetypeassert // httptest's can
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func sayLive(t *testing.T, x liveCmd) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := x.Run(t.Context(), &env{out: &out, errOut: &out})
	return out.String(), err
}

// Two nodes and one that is away are one picture: a call that both have for a
// moment is shown once, as the one knows it whose hold is larger.
func TestLivePutsNodesTogether(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	answered, room := began.Add(5*time.Second), money.Amount(8_800_000)
	moved := callflow.Running{CallID: "alpha-1.2", AccountID: 1, BeganAt: began.Add(time.Second), Sold: true, Held: 600_000, LeftS: 60, Limited: true}
	grown := moved
	grown.Held, grown.LeftS = 1_200_000, 113
	grown.AnsweredAt, grown.TalkS, grown.Cost, grown.Low = &answered, 7, 70_000, true
	one := nodeSaying(t, api.Live{At: began, Node: "n1", Total: 2, Calls: []callflow.Running{
		moved, {CallID: "alpha-1.1", AccountID: 2, BeganAt: began, LeftS: 7200},
	}, Accounts: []api.LiveAccount{{AccountID: 1, Name: "Acme\x1b[2J", Currency: "USD", Balance: 1}}})
	two := nodeSaying(t, api.Live{
		At: began.Add(time.Second), Node: "n2", Total: 1, Calls: []callflow.Running{grown}, Problem: "balances are not known just now",
		Accounts: []api.LiveAccount{{AccountID: 1, Name: "Acme\x1b[2J", Currency: "USD", Balance: 10_000_000, Held: 1_200_000, Available: &room, Calls: 1, Low: true}},
	})
	const away = "127.0.0.1:1"

	out, err := sayLive(t, liveCmd{Nodes: []string{one, two, away, one}, Once: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"2 calls in progress", "balances are not known just now", "node at " + away, "alpha-1.1  2", "7s     1m53s   0.070000  1.200000  low",
		"rings  2h0m0s  -         -", "USD       10.000000  1.200000  8.800000", "low",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.ContainsRune(out, 0x1b) || strings.Count(out, "alpha-1.2") != 1 || strings.Index(out, "alpha-1.1") > strings.Index(out, "alpha-1.2") {
		t.Errorf("%q", out)
	}

	out, err = sayLive(t, liveCmd{Nodes: []string{one, two, away}, JSON: true})
	var v liveView
	if err != nil || json.Unmarshal([]byte(out), &v) != nil || v.Total != 2 || len(v.Calls) != 2 || v.Calls[1].Held != 1_200_000 || len(v.Nodes) != 3 || v.Accounts[0].Balance != 10_000_000 {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestLiveWithoutNodes(t *testing.T) {
	t.Parallel()
	if _, err := sayLive(t, liveCmd{Nodes: []string{"127.0.0.1:1"}, Once: true}); err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("%v", err)
	}
	if _, err := sayLive(t, liveCmd{Nodes: []string{"n1"}, Once: true}); err == nil || !strings.Contains(err.Error(), "--node") {
		t.Errorf("%v", err)
	}
	refused := httptest.NewServer(http.NotFoundHandler())
	defer refused.Close()
	if _, err := sayLive(t, liveCmd{Nodes: []string{strings.TrimPrefix(refused.URL, "http://")}, Once: true}); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("%v", err)
	}
}

// On a terminal it goes on until it is stopped, and takes up a node that comes
// back.
func TestLiveFollows(t *testing.T) {
	t.Parallel()
	address := nodeSaying(t, api.Live{At: time.Now(), Node: "n1"})
	w := newLiveWatch([]string{address})
	screens := make(chan string, 100)
	done := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { done <- w.follow(ctx, writerTo(screens)) }()
	deadline := time.After(10 * time.Second)
	for seen := false; !seen; {
		select {
		case s := <-screens:
			seen = strings.HasPrefix(s, clearScreen) && strings.Contains(s, "n1")
		case <-deadline:
			t.Fatal("the node is never shown")
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// writerTo hands on what is written.
type writerTo chan<- string

func (w writerTo) Write(b []byte) (int, error) {
	w <- string(b)
	return len(b), nil
}
