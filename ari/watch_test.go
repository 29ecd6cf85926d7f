package ari_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"tandem/ari"
	"tandem/ari/aritest"
	"tandem/internal/scripttest"
)

const (
	every  = 2 * time.Second
	settle = time.Minute
)

// fakeAsterisk is an Asterisk as the scripts tell of it.
type fakeAsterisk struct {
	mu            sync.Mutex
	info          ari.Info
	calls         []string
	endpoints     []ari.Endpoint
	away          error
	endpointsAway error
	channelsAway  error
	other         error
	asked         int
}

func newFakeAsterisk() *fakeAsterisk {
	return &fakeAsterisk{info: ari.Info{Name: "alpha", EntityID: "02:00:00:00:00:01", Version: "22.10.1", Started: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}}
}

func (f *fakeAsterisk) Server() string { return "alpha" }

func (f *fakeAsterisk) Info(context.Context) (ari.Info, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.info, errors.Join(f.away, f.other)
}

func (f *fakeAsterisk) Channels(context.Context) ([]ari.Channel, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	var channels []ari.Channel
	for _, id := range f.calls {
		channels = append(channels, ari.Channel{ID: id})
	}
	if err := errors.Join(f.away, f.channelsAway); err != nil {
		return nil, err
	}
	return channels, nil
}

func (f *fakeAsterisk) Endpoints(context.Context) ([]ari.Endpoint, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := errors.Join(f.away, f.endpointsAway); err != nil {
		return nil, err
	}
	return slices.Clone(f.endpoints), nil
}

func (f *fakeAsterisk) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// observer writes down what it is told; an Up that says the same again is left out.
type observer struct {
	mu   sync.Mutex
	told []string
	up   string
	asOf time.Time
}

func (o *observer) Reachable(server, endpoint string, ok bool) {
	word := "unreachable"
	if ok {
		word = "reachable"
	}
	o.tell(server, word+" "+endpoint)
}

func (o *observer) Lost(server string) { o.tell(server, "lost") }

func (o *observer) Restarted(server string) {
	o.mu.Lock()
	o.up = ""
	o.mu.Unlock()
	o.tell(server, "restarted")
}

func (o *observer) Up(_ context.Context, server string, asOf time.Time, callIDs map[string]struct{}, _ []ari.Up) {
	text := strings.TrimSpace("up " + strings.Join(slices.Sorted(maps.Keys(callIDs)), " "))
	o.mu.Lock()
	again := o.up == text
	o.up, o.asOf = text, asOf
	o.mu.Unlock()
	if !again {
		o.tell(server, text)
	}
}

func (o *observer) tell(server, what string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if server != "alpha" {
		what += " at " + server
	}
	o.told = append(o.told, what)
}

func (o *observer) since() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	text := strings.Join(o.told, " / ")
	o.told = nil
	return text
}

// watch runs a Watch until the function it returns is called.
func watch(t *testing.T, a ari.Asterisk, o ari.Observer, c ari.WatchConfig) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		ari.NewWatch(a, o, c).Run(ctx)
	}()
	return func() { cancel(); <-done }
}

func TestWatch(t *testing.T) {
	scripttest.Run(t, func(t *testing.T, lines []scripttest.Line) int {
		t.Helper()
		asked := 0
		synctest.Test(t, func(t *testing.T) {
			f, o := newFakeAsterisk(), &observer{}
			stop := watch(t, f, o, ari.WatchConfig{
				Every: every, Settle: settle, Only: func(name string) bool { return !strings.HasPrefix(name, "nobodys") },
			})
			defer stop()
			for _, line := range lines {
				verb, rest, _ := strings.Cut(line.Text, " ")
				if verb == "tells" {
					asked++
					if got := o.since(); got != rest && (got != "" || rest != "nothing") {
						t.Errorf("%s: told %q, want %q", line.Where, got, rest)
					}
					continue
				}
				if err := f.obey(verb, strings.Fields(rest)); err != nil {
					t.Fatalf("%s: %v", line.Where, err)
				}
			}
			if got := o.since(); got != "" {
				t.Errorf("told %q at the end, and the script says nothing of it", got)
			}
		})
		return asked
	})
}

// obey does what a line of a script says.
func (f *fakeAsterisk) obey(verb string, words []string) error {
	away := errors.New("connection refused")
	switch verb {
	case "wait":
		d, err := time.ParseDuration(words[0])
		if err != nil {
			return err
		}
		<-time.After(d)
		synctest.Wait()
	case "calls":
		f.set(func() { f.calls = words })
	case "away":
		f.set(func() { f.away = away })
	case "back":
		f.set(func() { f.away = nil })
	case "endpoints":
		f.set(func() { f.endpointsAway = when(words[0] == "away", away) })
	case "channels":
		f.set(func() { f.channelsAway = when(words[0] == "away", away) })
	case "endpoint":
		f.set(func() { f.endpoint(words[0], words[1]) })
	case "restart":
		f.set(func() { f.info.Started, f.calls = f.info.Started.Add(time.Hour), nil })
	case "reload":
		f.set(func() {
			f.info.Reloaded = f.info.Reloaded.Add(time.Second)
			if f.info.Reloaded.Before(f.info.Started) {
				f.info.Reloaded = f.info.Started.Add(time.Second)
			}
		})
	case "other":
		f.set(func() { f.other = ari.ErrOtherServer })
	default:
		return fmt.Errorf("no such word: %s", verb)
	}
	return nil
}

func when(yes bool, err error) error {
	if yes {
		return err
	}
	return nil
}

func (f *fakeAsterisk) endpoint(name, state string) {
	f.endpoints = slices.DeleteFunc(f.endpoints, func(e ari.Endpoint) bool { return e.Name == name })
	if state != "gone" {
		f.endpoints = append(f.endpoints, ari.Endpoint{Name: name, State: ari.EndpointState(state)})
	}
}

// A server that is away is asked ever more seldom, but not too seldom.
func TestWatchBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, o := newFakeAsterisk(), &observer{}
		defer watch(t, f, o, ari.WatchConfig{Every: every, Settle: settle})()
		count := func(d time.Duration) int {
			f.set(func() { f.asked = 0 })
			<-time.After(d)
			synctest.Wait()
			f.mu.Lock()
			defer f.mu.Unlock()
			return f.asked
		}
		if n := count(10 * time.Minute); n < 272 || n > 334 {
			t.Errorf("asked %d times in ten minutes, want about 300", n)
		}
		f.set(func() { f.away = errors.New("connection refused") })
		count(time.Minute)
		if n := count(10 * time.Minute); n < 35 || n > 46 {
			t.Errorf("asked %d times in ten minutes away, want about 40", n)
		}
		f.set(func() { f.away = nil })
		count(17 * time.Second) // the longest pause
		if n := count(10 * time.Minute); n < 272 {
			t.Errorf("asked %d times in ten minutes after it was away", n)
		}
	})
}

// asOf is the time before the question, whatever the answer took.
func TestWatchAsOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, began := &observer{}, time.Now()
		stop := watch(t, slow{newFakeAsterisk()}, o, ari.WatchConfig{Every: time.Hour})
		<-time.After(time.Minute)
		synctest.Wait()
		if o.since() != "up" || !o.asOf.Equal(began) {
			t.Errorf("as of %v, asked at %v", o.asOf, began)
		}
		stop()
	})
}

type slow struct{ *fakeAsterisk }

func (s slow) Channels(ctx context.Context) ([]ari.Channel, error) {
	<-time.After(2 * time.Second)
	return s.fakeAsterisk.Channels(ctx)
}

// One line a change, with the error in it, and another when the error is another.
func TestWatchLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, log := newFakeAsterisk(), &bytes.Buffer{}
		f.endpoint("westcall", "online")
		f.endpoint("trunk-11-35", "offline")
		stop := watch(t, f, &observer{}, ari.WatchConfig{Every: every, Settle: settle, Log: zerolog.New(log)})
		wait := func(d time.Duration) {
			<-time.After(d)
			synctest.Wait()
		}
		for i, s := range []struct {
			change func()
			want   []string
		}{
			{func() {}, []string{"trunk-11-35.*does not answer"}},
			{func() { f.away = errors.New("dial: refused") }, []string{"dial: refused.*unknown"}},
			{func() { f.away = errors.New("read: refused") }, nil},
			{func() { f.away = &ari.StatusError{Status: 503} }, []string{"503"}},
			{func() { f.away = fmt.Errorf("x: %w", ari.ErrRefused) }, []string{"user or secret"}},
			{func() { f.away = nil; f.endpoint("westcall", "offline") }, []string{"ARI answers again", "trunk-11-35.*does not answer", "westcall.*does not answer"}},
			{func() { f.endpointsAway = &ari.StatusError{Status: 404} }, []string{"404.*ARI endpoints"}},
			{func() { f.endpointsAway = nil; f.endpoint("westcall", "online") }, []string{"ARI endpoints answers again", "westcall.*again"}},
			{func() { f.info.Started = f.info.Started.Add(time.Hour) }, []string{"started anew"}},
		} {
			f.set(s.change)
			wait(70 * time.Second)
			lines := strings.FieldsFunc(log.String(), func(r rune) bool { return r == '\n' })
			log.Reset()
			if len(lines) != len(s.want) {
				t.Errorf("step %d: %d lines, want %d:\n%s", i, len(lines), len(s.want), strings.Join(lines, "\n"))
				continue
			}
			for j, line := range lines {
				for part := range strings.SplitSeq(s.want[j], ".*") {
					if !strings.Contains(line, part) || !strings.Contains(line, `"server":"alpha"`) {
						t.Errorf("step %d: %s does not tell of %s", i, line, part)
					}
				}
			}
		}
		stop()
	})
}

// Over HTTP: what a fault of the wire brings is never told.
func TestWatchOverHTTP(t *testing.T) {
	t.Parallel()
	s, o := aritest.New(t), &observer{}
	s.SetChannels(talking(1), called(1))
	s.SetEndpoint("westcall", "online")
	defer watch(t, client(t, s, nil), o, ari.WatchConfig{Every: 5 * time.Millisecond})()
	o.expect(t, "up alpha-1.2 alpha-1.3 / reachable westcall")

	bodies := make(chan string) // a look waits for its own: one more that fails, and the server is lost
	s.SetFault(func(w http.ResponseWriter, r *http.Request) {
		select {
		case body, more := <-bodies:
			if !more {
				s.Pass(w, r)
				return
			}
			_, _ = w.Write([]byte(body))
		case <-r.Context().Done():
		}
	})
	for _, body := range []string{"null", `[{"id":"alpha-1.2"},`, "", "{}"} {
		bodies <- body
	}
	s.Restart()
	close(bodies)
	o.expect(t, "restarted / up")
}

// expect waits until just this was told.
func (o *observer) expect(t *testing.T, want string) {
	t.Helper()
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	got := ""
	for {
		if more := o.since(); got != "" && more != "" {
			got += " / " + more
		} else {
			got += more
		}
		if got == want {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("told %q, want %q", got, want)
		}
	}
}
