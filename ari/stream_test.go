package ari_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tandem/ari"
	"tandem/ari/aritest"
)

// listener writes down what a stream tells.
type listener struct {
	mu        sync.Mutex
	events    []ari.Event
	connected []uint64
	log       lockedBuffer
}

func (l *listener) handle(e ari.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
}

func (l *listener) told() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var told []string
	for _, e := range l.events {
		told = append(told, fmt.Sprintf("%d %s", e.Generation, e.Raw))
	}
	return told
}

// listen runs a stream of a fake that hands over events of type Known.
func listen(t *testing.T, s *aritest.Server, change func(*ari.Stream, *ari.StreamConfig)) (*ari.Stream, *listener) {
	t.Helper()
	l := &listener{}
	config := ari.StreamConfig{
		App: ari.AppName("node-1"), Log: zerolog.New(&l.log),
		Handlers: map[string]func(ari.Event){"Known": l.handle},
		OnConnect: func(_ context.Context, generation uint64) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.connected = append(l.connected, generation)
		},
	}
	if change != nil {
		change(nil, &config)
	}
	stream, err := ari.NewStream(client(t, s, nil), config)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(stream, &config)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		stream.Run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-done })
	return stream, l
}

// connects waits for the n-th connection.
func connects(t *testing.T, stream *ari.Stream, n uint64) {
	t.Helper()
	soonest(t, func() error {
		if got := stream.Stats(); got.Generation < n || !got.Connected {
			return fmt.Errorf("%+v, want connection %d", got, n)
		}
		return nil
	})
}

func TestStream(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	stream, l := listen(t, s, nil)
	connects(t, stream, 1)
	if r := s.Requests(); len(r) != 1 || r[0] != "GET /ari/events?app=tandem-node-1&subscribeAll=false" {
		t.Errorf("requests %q", r)
	}
	for _, message := range []string{
		`{"type":"Known","n":1}`, `{"type":"ChannelTransfer"}`, `null`, `[]`, `{`, `{"type":7}`, `{"n":1}`, `{"type":"StasisStart","channel":7}`, `{"type":"Known","n":2}`,
	} {
		s.Send(t.Context(), message)
	}
	want := []string{`1 {"type":"Known","n":1}`, `1 {"type":"Known","n":2}`}
	soonest(t, func() error {
		if got := l.told(); !slices.Equal(got, want) {
			return fmt.Errorf("told %q, want %q", got, want)
		}
		return nil
	})
	if got, want := stream.Stats(), (ari.StreamStats{Connected: true, Generation: 1, Events: 4, Unknown: 2, Malformed: 5}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}

	s.DropStreams()
	connects(t, stream, 2)
	s.Send(t.Context(), `{"type":"Known","n":3}`)
	soonest(t, func() error {
		if got := l.told(); len(got) != 3 || got[2] != `2 {"type":"Known","n":3}` {
			return fmt.Errorf("told %q", got)
		}
		return nil
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Equal(l.connected, []uint64{1, 2}) {
		t.Errorf("resyncs at connections %v", l.connected)
	}
	if log := l.log.String(); strings.Count(log, "no ARI events") != 1 || strings.Count(log, "come again") != 1 {
		t.Errorf("logged:\n%s", log)
	}
}

// What ends a connection, and brings another.
func TestStreamEnds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		do   func(*testing.T, *aritest.Server)
		text string
	}{
		"replaced": {func(t *testing.T, s *aritest.Server) {
			t.Helper()
			s.Send(t.Context(), `{"type":"ApplicationReplaced"}`)
		}, "name of its own"},
		"too long": {func(t *testing.T, s *aritest.Server) {
			t.Helper()
			s.Send(t.Context(), `{"type":"Known","x":"`+strings.Repeat("x", 1<<20)+`"}`)
		}, "limited"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := aritest.New(t)
			stream, l := listen(t, s, nil)
			connects(t, stream, 1)
			test.do(t, s)
			connects(t, stream, 2)
			if log := l.log.String(); !strings.Contains(log, test.text) {
				t.Errorf("logged:\n%s", log)
			}
		})
	}
}

// A handler that does not keep up costs the connection, not the memory.
func TestStreamBehind(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	free := make(chan struct{})
	stream, l := listen(t, s, func(s *ari.Stream, c *ari.StreamConfig) {
		if s != nil {
			s.SetPing(time.Minute) // its answer comes behind all that is sent
		}
		c.Handlers = map[string]func(ari.Event){"Known": func(ari.Event) { <-free }}
	})
	connects(t, stream, 1)
	big := `{"type":"Known","x":"` + strings.Repeat("x", 900_000) + `"}`
	for range 40 {
		s.Send(t.Context(), big)
	}
	soonest(t, func() error {
		if stream.Stats().Connected {
			return errors.New("still connected")
		}
		return nil
	})
	close(free)
	connects(t, stream, 2)
	if !strings.Contains(l.log.String(), "resync") {
		t.Errorf("logged:\n%s", l.log.String())
	}
}

// A peer that is gone without a word is noticed by its pings.
func TestStreamHalfOpen(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	s.SetDeaf(true)
	stream, l := listen(t, s, func(s *ari.Stream, _ *ari.StreamConfig) {
		if s != nil {
			s.SetPing(100 * time.Millisecond)
		}
	})
	connects(t, stream, 1)
	s.SetDeaf(false)
	connects(t, stream, 2)
	if !strings.Contains(l.log.String(), "ping") {
		t.Errorf("logged:\n%s", l.log.String())
	}
}

func TestStreamRefused(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	s.SetFault(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	stream, l := listen(t, s, nil)
	soonest(t, func() error {
		if !strings.Contains(l.log.String(), "ari.conf") {
			return errors.New("not logged: " + l.log.String())
		}
		return nil
	})
	if stream.Stats().Connected || strings.Contains(l.log.String(), aritest.Secret) {
		t.Errorf("%+v\n%s", stream.Stats(), l.log.String())
	}
	s.SetFault(nil)
	connects(t, stream, 1)
}

func TestStreamConfig(t *testing.T) {
	t.Parallel()
	for _, app := range []string{"", "a b", "a,b", "a:b", strings.Repeat("a", 101)} {
		if _, err := ari.NewStream(client(t, aritest.New(t), nil), ari.StreamConfig{App: app}); err == nil {
			t.Errorf("app %q passes", app)
		}
	}
}

// A whisper is snooped, played and taken down again, also when it fails.
func TestWarn(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	s.SetChannels(aritest.Channel{ID: callID, Name: "PJSIP/moscow-101-00000001", State: "Up"})
	stream, _ := listen(t, s, nil)
	f := aritest.NewAMI(t)
	f.SetVariable(callID, "CHANNEL(language)", "ru")
	f.SetVariable("alpha-1.8", "CHANNEL(language)", "en") // gone a moment later
	l := ari.NewLine(client(t, s, nil), manager(t, f.Address, nil), stream)
	connects(t, stream, 1)
	for _, test := range []struct {
		call, sound string
		want        []string
		err         string
	}{
		{callID, "beep", []string{"POST /ari/channels/alpha-1.1/snoop", "POST /ari/channels/ID/play", "DELETE /ari/channels/ID"}, ""},
		{callID, "nothing", []string{"POST /ari/channels/alpha-1.1/snoop", "POST /ari/channels/ID/play", "DELETE /ari/channels/ID"}, "was not played"},
		{"alpha-1.8", "beep", []string{"POST /ari/channels/alpha-1.8/snoop", "DELETE /ari/channels/ID"}, ari.ErrNoChannel.Error()},
		{"alpha-1.9", "beep", nil, ari.ErrNoChannel.Error()},
	} {
		s.Requests()
		err := l.Warn(t.Context(), test.call, test.sound)
		if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s to %s: %v", test.sound, test.call, err)
		}
		var got []string
		for _, r := range s.Requests() {
			path, query, _ := strings.Cut(r, "?")
			if i := strings.Index(path, "tandem-whisper-"); i >= 0 {
				path = path[:i] + "ID" + path[i+len("tandem-whisper-")+26:]
			}
			if strings.HasSuffix(path, "/snoop") && (!strings.Contains(query, "whisper=out") || !strings.Contains(query, "spy=none") || !strings.Contains(query, "app=tandem-node-1")) {
				t.Errorf("snoop %s", query)
			}
			if strings.HasSuffix(path, "/play") && !strings.Contains(query, "lang=ru") {
				t.Errorf("play %s", query)
			}
			got = append(got, path)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s to %s: requests %q, want %q", test.sound, test.call, got, test.want)
		}
	}
	channels, err := client(t, s, nil).Channels(t.Context())
	if err != nil || len(channels) != 1 {
		t.Errorf("channels left: %v, %v", channels, err)
	}
	// One that never begins ends with its caller's patience, and is taken down.
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	s.SetFault(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/snoop") {
			time.AfterFunc(short, func() { cancel(context.DeadlineExceeded) }) // not before it was asked for
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte("{}"))
			return
		}
		s.Pass(w, r)
	})
	s.Requests()
	if err := l.Warn(ctx, callID, "beep"); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if r := s.Requests(); len(r) != 2 || !strings.HasPrefix(r[1], "DELETE") {
		t.Errorf("requests %q", r)
	}
}

// observed is what a CallObserver was told.
type observed struct {
	mu   sync.Mutex
	told []string
}

func (o *observed) add(text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.told = append(o.told, text)
}

func (o *observed) CallChanged(server string, u ari.Up) {
	o.add(fmt.Sprintf("%s %s %s %q %q", server, u.CallID, u.State, u.Key, u.Direction))
}
func (o *observed) CallEnded(server, id string) { o.add(server + " ended " + id) }

// Events about every channel: asked for at each connect, left at Asterisk but for
// those that somebody handles, and told only of callers in our dialplan.
func TestStreamOfEverything(t *testing.T) {
	t.Parallel()
	s, o := aritest.New(t), &observed{}
	stream, err := ari.NewStream(client(t, s, nil), ari.StreamConfig{
		App: "tandem-node-1", Everything: true, Handlers: ari.CallHandlers("alpha", o), Log: zerolog.Nop(),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); stream.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	connects(t, stream, 1)
	if r, want := s.Requests(), []string{"GET /ari/events?app=tandem-node-1&subscribeAll=true", "PUT /ari/applications/tandem-node-1/eventFilter"}; !slices.Equal(r, want) {
		t.Errorf("requests %q, want %q", r, want)
	}
	s.DropStreams()
	connects(t, stream, 2)
	const caller = `{"id":"alpha-1.1","name":"PJSIP/anna-1","state":"Ring","creationtime":"2026-03-02T09:00:00.000+0000","dialplan":{"context":"make_a_call","app_name":"Dial","app_data":"PJSIP/1@trunk-8-1,20,giU(predial^60^8.c.a1^out)"}}`
	const called = `{"id":"alpha-1.2","name":"PJSIP/trunk-8-1-1","state":"Ring","creationtime":"2026-03-02T09:00:00.000+0000","dialplan":{"context":"from-trunk","app_name":"AppDial"}}`
	for _, message := range []string{
		`{"type":"Dial","dialstatus":"","caller":` + caller + `,"peer":` + called + `}`,
		`{"type":"Dial","peer":` + called + `}`, `{"type":"Dial"}`, `{"type":"Dial","caller":7}`, `{"type":"Dial","caller":{}}`,
		`{"type":"ChannelStateChange","channel":` + called + `}`,
		`{"type":"ChannelStateChange","channel":` + strings.Replace(caller, `"Ring"`, `"Up"`, 1) + `}`,
		`{"type":"ChannelDestroyed","channel":` + called + `}`, `{"type":"ChannelDestroyed","channel":` + caller + `}`,
	} {
		s.Send(t.Context(), message)
	}
	want := []string{
		`alpha alpha-1.1 Ring "8.c.a1" "out"`, `alpha alpha-1.1 Up "8.c.a1" "out"`, `alpha ended alpha-1.2`, `alpha ended alpha-1.1`,
	}
	soonest(t, func() error {
		o.mu.Lock()
		defer o.mu.Unlock()
		if !slices.Equal(o.told, want) {
			return fmt.Errorf("told %q, want %q", o.told, want)
		}
		return nil
	})
}
