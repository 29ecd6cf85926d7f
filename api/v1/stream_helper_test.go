package v1_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tandem/api/live"
	v1 "tandem/api/v1"
	"tandem/ari"
	"tandem/ari/aritest"
	"tandem/callflow"
	"tandem/internal/money"
	"tandem/routing"
)

// exchange is a house whose Asterisk is a fake.
type exchange struct {
	*house

	config   *v1.Config
	asterisk *aritest.Server
	board    *live.Board
	events   *ari.Stream

	mu     sync.Mutex
	hungUp []string
}

func newExchange(t *testing.T) *exchange {
	t.Helper()
	x := &exchange{asterisk: aritest.New(t)}
	snapshot, _, err := routing.NewSnapshot(routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1},
		Providers: []routing.Provider{{ID: 8, Name: "VoxBeam", CurrencyID: 1, Enabled: true, Plain: true}},
		Servers:   []routing.Server{{ID: 1, Name: aritest.Name, Driver: routing.PJSIP}, {ID: 2, Name: "beta", Driver: routing.PJSIP}},
	}, routing.Options{BaseCurrency: "USD"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	x.house = newHouse(t, func(c *v1.Config) {
		x.board = live.NewBoard(live.Config{
			Keeper: callflow.NewKeeper(callflow.KeeperConfig{Now: time.Now}), Books: c.DB,
			Snapshot: func() *routing.Snapshot { return snapshot }, Now: time.Now, Log: zerolog.Nop(),
		}, aritest.Name)
		c.Live = &v1.Live{Board: x.board, Hangup: x.hangUp}
		c.Servers = snapshot.Servers
		c.Overviews = v1.NewOverviews(c)
		c.StreamCheck = 20 * time.Millisecond
		x.config = c
	})
	x.listen(t)
	return x
}

// listen starts the hub, and the events of the fake.
func (x *exchange) listen(t *testing.T) {
	t.Helper()
	client, err := ari.New(ari.Config{Server: aritest.Name, BaseURL: x.asterisk.URL, User: aritest.User, Secret: aritest.Secret})
	if err != nil {
		t.Fatal(err)
	}
	x.events, err = ari.NewStream(client, ari.StreamConfig{
		App: "tandem-test", Everything: true, Handlers: ari.CallHandlers(aritest.Name, x), Log: zerolog.Nop(),
		OnConnect: func(ctx context.Context, _ uint64) {
			asOf := time.Now()
			if ids, calls, err := client.Callers(ctx); err == nil {
				x.board.Saw(aritest.Name, asOf, ids, seen(calls...))
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() { x.config.Stream.Run(ctx) })
	group.Go(func() { x.config.Overviews.Run(ctx) })
	group.Go(func() { x.events.Run(ctx) })
	t.Cleanup(func() { cancel(); group.Wait(); client.Close() })
	x.soon(t, func() error {
		if !x.events.Stats().Connected {
			return errors.New("no events")
		}
		return nil
	})
}

func (x *exchange) CallChanged(server string, call ari.Up) { x.board.Told(server, seen(call)[0]) }
func (x *exchange) CallEnded(server, channelID string)     { x.board.Ended(server, channelID) }

func seen(calls ...ari.Up) []live.Seen {
	list := make([]live.Seen, len(calls))
	for i, c := range calls {
		list[i] = live.Seen{CallID: c.CallID, Answered: c.State == "Up", Route: c.Key, Direction: c.Direction, BeganAt: c.Created}
	}
	return list
}

func (x *exchange) hangUp(_ context.Context, server, callID string, cause int) error {
	if server != aritest.Name {
		return v1.ErrNoARI
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.hungUp = append(x.hungUp, fmt.Sprint(callID, " ", cause))
	return nil
}

// call is a call as the fake lists it, and as its events tell of it.
func call(id, state, key string) aritest.Channel {
	return aritest.Channel{
		ID: id, Name: "PJSIP/anna-00000001", State: state, Context: "make_a_call", Application: "Dial",
		AppData: "PJSIP/1@trunk-8-1,20,giU(predial^60^" + key + "^out)", Created: time.Now().Truncate(time.Millisecond),
	}
}

// tell sends an event about a channel.
func (x *exchange) tell(t *testing.T, event string, c aritest.Channel) {
	t.Helper()
	who := "channel"
	if event == "Dial" {
		who = "caller"
	}
	text, err := json.Marshal(map[string]any{"type": event, who: map[string]any{
		"id": c.ID, "name": c.Name, "state": c.State, "accountcode": c.Account, "creationtime": c.Created.Format("2006-01-02T15:04:05.000-0700"),
		"dialplan": map[string]any{"context": c.Context, "exten": "out", "priority": 1, "app_name": c.Application, "app_data": c.AppData},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if x.asterisk.Send(t.Context(), string(text)) != 1 {
		t.Fatal("nobody hears the event")
	}
}

func (x *exchange) soon(t *testing.T, wrong func() error) {
	t.Helper()
	deadline := time.After(15 * time.Second)
	for {
		err := wrong()
		if err == nil {
			return
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-deadline:
			t.Fatal(err)
		}
	}
}

// tab is a browser tab with a stream.
type tab struct {
	cancel context.CancelFunc
	done   chan struct{}

	mu     sync.Mutex
	status int
	calls  map[string]live.Call
	states map[string]string
	heard  []string // of the topic live
	wholes int
	last   string
	ended  string
}

// open opens a stream; last is the id to come back with.
func (c *client) open(t *testing.T, topics, last string) *tab {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	v := &tab{cancel: cancel, done: make(chan struct{}), calls: map[string]live.Call{}, states: map[string]string{}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.h.url+"/stream?topics="+topics, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Last-Event-ID", last)
	if c.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	answer, err := c.http.Do(r) //nolint:bodyclose // the reader closes it
	if err != nil {
		t.Fatal(err)
	}
	v.status = answer.StatusCode
	go func() {
		defer close(v.done)
		defer answer.Body.Close()
		v.read(answer)
	}()
	t.Cleanup(func() { cancel(); <-v.done })
	return v
}

func (v *tab) read(answer *http.Response) {
	lines, event := bufio.NewScanner(answer.Body), ""
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ": ")
		v.mu.Lock()
		switch key {
		case "event":
			event = value
		case "id":
			v.last = value
		case "data":
			v.take(event, value)
		}
		v.mu.Unlock()
	}
}

func (v *tab) take(event, data string) {
	v.states[event] = data
	if event == "end" {
		v.ended = data
	}
	if event != "live" {
		return
	}
	v.heard = append(v.heard, data)
	var d live.Delta
	if json.Unmarshal([]byte(data), &d) != nil {
		return
	}
	if d.Full {
		clear(v.calls)
		v.wholes++
	}
	for _, c := range append(d.Calls, d.Upsert...) {
		v.calls[c.CallID] = c
	}
	for _, id := range d.Remove {
		delete(v.calls, id)
	}
}

// shows waits until the tab shows these calls and no others.
func (x *exchange) shows(t *testing.T, v *tab, want map[string]live.State) {
	t.Helper()
	x.soon(t, func() error {
		v.mu.Lock()
		defer v.mu.Unlock()
		got := map[string]live.State{}
		for id, c := range v.calls {
			got[id] = c.State
		}
		if v.wholes == 0 || !maps.Equal(got, want) {
			return fmt.Errorf("shown: %v, want %v", got, want)
		}
		return nil
	})
}

func (v *tab) close() {
	v.cancel()
	<-v.done
}
