package send_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tandem/alarm/send"
)

// bag is a store of messages: what fails comes again.
type bag struct {
	mu   sync.Mutex
	due  []send.Errand
	told []string
	done chan struct{}
}

func (b *bag) take(context.Context) (send.Errand, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.due) == 0 {
		return send.Errand{}, false, nil
	}
	e := b.due[0]
	b.due = b.due[1:]
	return e, true, nil
}

func (b *bag) put(url, id, problem string) {
	e := send.Errand{Kind: "webhook", Target: send.Target{Kind: "webhook", URL: url}, Message: send.Message{ID: id}, Problem: problem}
	say := func(text string) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.told = append(b.told, id+" "+text)
		b.done <- struct{}{}
	}
	e.Sent = func(context.Context, string) error { say("sent"); return nil }
	e.Failed = func(_ context.Context, problem string, forGood bool) error {
		if forGood {
			problem += " for good"
		}
		say(problem)
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.due = append(b.due, e)
}

// Messages are sent beside each other, and each is told once what came of it.
func TestCourier(t *testing.T) {
	t.Parallel()
	slow, answered := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Header.Get("Webhook-Id") {
		case "slow":
			<-slow
		case "bad":
			w.WriteHeader(http.StatusTeapot)
			_, _ = io.WriteString(w, "tea")
		}
	}))
	defer server.Close()
	b := &bag{done: make(chan struct{}, 10)}
	b.put(server.URL, "slow", "")
	b.put(server.URL, "quick", "")
	b.put(server.URL, "bad", "")
	b.put(server.URL, "none", "the channel is deleted")
	counts := map[string]int{}
	c := send.NewCourier(send.Config{
		Take: b.take, Sender: sender(here()), Every: time.Hour, Log: zerolog.Nop(),
		Told: func(kind, outcome string) {
			b.mu.Lock()
			defer b.mu.Unlock()
			counts[kind+" "+outcome]++
		},
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { defer close(answered); c.Run(ctx) }()
	for range 3 { // all but the slow one
		<-b.done
	}
	close(slow)
	<-b.done
	b.put(server.URL, "later", "")
	c.Wake()
	<-b.done
	cancel()
	<-answered
	slices.Sort(b.told)
	want := []string{"bad answered 418: tea", "later sent", "none the channel is deleted for good", "quick sent", "slow sent"}
	if !slices.Equal(b.told, want) {
		t.Errorf("%q, want %q", b.told, want)
	}
	if counts["webhook sent"] != 3 || counts["webhook failed"] != 2 {
		t.Errorf("%v", counts)
	}
}
