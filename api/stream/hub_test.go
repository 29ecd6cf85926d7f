package stream_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"pgregory.net/rapid"

	"tandem/api/stream"
)

// shelf is a topic that has numbered things: its news is what was put and taken.
type shelf struct {
	mu      sync.Mutex
	things  map[string]int // the truth
	told    map[string]int
	changed chan struct{}
	closed  bool
	err     error
}

func newShelf() *shelf {
	return &shelf{things: map[string]int{}, told: map[string]int{}, changed: make(chan struct{}, 1)}
}

func (s *shelf) put(name string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.things[name] = n
	if n == 0 {
		delete(s.things, name)
	}
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

type news struct {
	Full bool           `json:"full"`
	Put  map[string]int `json:"put"` // 0: taken
}

// fail lets it have no news.
func (s *shelf) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *shelf) Next(context.Context) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	n := news{Put: map[string]int{}}
	for k, v := range s.things {
		if s.told[k] != v {
			n.Put[k] = v
		}
	}
	for k := range s.told {
		if s.things[k] == 0 {
			n.Put[k] = 0
		}
	}
	if len(n.Put) == 0 {
		return nil, nil
	}
	s.told = maps.Clone(s.things)
	return json.Marshal(n)
}

func (s *shelf) Full() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, err := json.Marshal(news{Full: true, Put: s.told})
	if err != nil {
		panic(err)
	}
	return text
}
func (s *shelf) Changed() <-chan struct{} { return s.changed }
func (*shelf) Whole() bool                { return false }
func (s *shelf) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

// client keeps what it was told, as a browser does.
type client struct {
	things map[string]int
	states map[string]string // of topics that tell the whole
	last   string
	wholes int
	events int
}

func newClient() *client { return &client{things: map[string]int{}, states: map[string]string{}} }

// take reads what has come; false: the stream has ended.
func (c *client) take(tb testing.TB, s *stream.Subscription) bool {
	tb.Helper()
	for {
		select {
		case i, on := <-s.Items():
			if !on {
				return false
			}
			c.events++
			if id := i.ID(); id != "" {
				c.last = id
			}
			if i.Topic != "shelf" {
				c.states[i.Topic] = string(i.Data)
				continue
			}
			var n news
			if err := json.Unmarshal(i.Data, &n); err != nil {
				tb.Fatalf("%s: %v", i.Data, err)
			}
			if n.Full {
				clear(c.things)
				c.wholes++
			}
			for k, v := range n.Put {
				if c.things[k] = v; v == 0 {
					delete(c.things, k)
				}
			}
		default:
			return true
		}
	}
}

// house is a hub with a shelf, in a bubble of its own time.
type house struct {
	hub    *stream.Hub
	shelf  *shelf
	opened int
	clock  atomic.Value // what the topic "state" tells
	end    context.CancelFunc
}

func inHouse(t *testing.T, listeners int, do func(h *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		h := &house{shelf: newShelf(), end: cancel}
		h.clock.Store(`"one"`)
		h.hub = stream.NewHub(stream.Config{
			Topics: map[string]stream.Open{
				"shelf": func(string) (stream.Topic, error) {
					h.opened++
					h.shelf.mu.Lock()
					defer h.shelf.mu.Unlock()
					h.shelf.told = map[string]int{}
					return h.shelf, nil
				},
				"state": func(string) (stream.Topic, error) {
					return stream.State(func(context.Context) ([]byte, error) { return fmt.Append(nil, h.clock.Load()), nil }), nil
				},
			},
			Posted: []string{"job"}, Listeners: listeners, Log: zerolog.Nop(),
		})
		done := make(chan struct{})
		go func() { defer close(done); h.hub.Run(ctx) }()
		synctest.Wait()
		do(h)
		cancel()
		<-done
	})
}

func (*house) pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (h *house) listen(tb testing.TB, last string, topics ...string) *stream.Subscription {
	tb.Helper()
	s, err := h.hub.Subscribe(topics, last)
	if err != nil {
		tb.Fatal(err)
	}
	synctest.Wait()
	return s
}

func (h *house) same(tb testing.TB, c *client) {
	tb.Helper()
	if !maps.Equal(c.things, h.shelf.things) {
		tb.Fatalf("the client has %v, there is %v", c.things, h.shelf.things)
	}
}

func TestWholeFirstThenChanges(t *testing.T) {
	t.Parallel()
	inHouse(t, 10, func(h *house) {
		h.shelf.put("a", 1)
		s, c := h.listen(t, "", "shelf"), newClient()
		defer s.Close()
		c.take(t, s)
		h.same(t, c)
		if c.wholes != 1 || c.events != 1 || c.last == "" {
			t.Fatalf("%+v", c)
		}
		h.pass(3 * time.Second)
		c.take(t, s)
		if c.events != 1 {
			t.Fatalf("%d events about nothing", c.events-1)
		}
		began := time.Now()
		for n := range 10 { // many changes at once are one event, told at once
			h.shelf.put("b", n+1)
		}
		h.shelf.put("a", 0)
		synctest.Wait()
		c.take(t, s)
		h.same(t, c)
		if c.events != 2 || c.wholes != 1 || time.Since(began) != 0 {
			t.Fatalf("%+v after %v", c, time.Since(began))
		}
		h.shelf.put("c", 1) // the next one waits until the interval is over
		h.pass(999 * time.Millisecond)
		if c.take(t, s); c.events != 2 {
			t.Fatal("two events within a second")
		}
		h.pass(2 * time.Millisecond)
		c.take(t, s)
		h.same(t, c)
	})
}

func TestComesBackForWhatItMissed(t *testing.T) {
	t.Parallel()
	inHouse(t, 10, func(h *house) {
		h.shelf.put("a", 1)
		c := newClient()
		s := h.listen(t, "", "shelf", "state")
		h.pass(2 * time.Second)
		c.take(t, s)
		s.Close()
		for n := range 5 {
			h.shelf.put("b", n+1)
			h.pass(2 * time.Second)
		}
		events := c.events
		s = h.listen(t, c.last, "shelf", "state")
		c.take(t, s)
		h.same(t, c)
		if c.wholes != 1 || c.events != events+5 {
			t.Fatalf("%d wholes, %d events more: want the 5 that were missed", c.wholes, c.events-events)
		}
		s.Close()
		for name, last := range map[string]string{
			"another hub":    "AAAAAAAA" + c.last[8:],
			"the future":     c.last[:9] + "999999" + c.last[len(c.last)-9:],
			"nonsense":       "x",
			"half a number":  c.last[:len(c.last)-4],
			"a long one":     c.last + c.last,
			"a control sign": "\x00-1-1",
		} {
			c := newClient()
			s := h.listen(t, last, "shelf", "state")
			h.pass(time.Millisecond)
			c.take(t, s)
			if h.same(t, c); c.wholes != 1 {
				t.Errorf("%s: %d wholes", name, c.wholes)
			}
			s.Close()
		}
		other := newClient()
		s = h.listen(t, c.last, "shelf") // an id is good for the same topics only
		h.pass(time.Millisecond)
		other.take(t, s)
		if h.same(t, other); other.wholes != 1 {
			t.Errorf("other topics: %d wholes", other.wholes)
		}
		s.Close()
	})
}

// Who was away for longer than is remembered, or than the topic had a listener,
// gets the whole.
func TestComesBackLate(t *testing.T) {
	t.Parallel()
	inHouse(t, 10, func(h *house) {
		stays := h.listen(t, "", "shelf")
		c, other := newClient(), newClient()
		s := h.listen(t, "", "shelf")
		h.pass(time.Second)
		c.take(t, s)
		s.Close()
		for n := range 200 {
			h.shelf.put("b"+strconv.Itoa(n%7), n+1)
			h.pass(2 * time.Second)
			other.take(t, stays)
		}
		h.same(t, other)
		s = h.listen(t, c.last, "shelf")
		c.take(t, s)
		h.same(t, c)
		if c.wholes != 2 {
			t.Fatalf("%d wholes", c.wholes)
		}
		s.Close()
		stays.Close()
		h.pass(time.Minute)
		if !h.shelf.closed {
			t.Fatal("the topic goes on without listeners")
		}
		h.shelf.put("z", 1)
		s = h.listen(t, c.last, "shelf")
		defer s.Close()
		h.pass(time.Millisecond)
		c.take(t, s)
		h.same(t, c)
		if c.wholes != 3 || h.opened != 2 {
			t.Fatalf("%d wholes, opened %d times", c.wholes, h.opened)
		}
	})
}

// One that does not read is let go; the others hear everything.
func TestSlowListenerIsLetGo(t *testing.T) {
	t.Parallel()
	inHouse(t, 10, func(h *house) {
		slow, quick := h.listen(t, "", "shelf"), h.listen(t, "", "shelf")
		c, q := newClient(), newClient()
		for n := range 100 {
			h.shelf.put("a", n+1)
			h.pass(2 * time.Second)
			if !q.take(t, quick) {
				t.Fatal("the quick one was let go")
			}
		}
		h.same(t, q)
		if c.take(t, slow) {
			t.Fatal("the slow one was not let go")
		}
		if c.events > 40 {
			t.Errorf("%d events waited for it", c.events)
		}
		again := h.listen(t, c.last, "shelf") // it comes back
		c.take(t, again)
		h.same(t, c)
		slow.Close()
		again.Close()
		quick.Close()
		if n := h.hub.Listeners(); n != 0 {
			t.Errorf("%d listeners are left", n)
		}
	})
}

// An id that is given before something has come of every topic would lose the rest.
func TestNumberedWhenAllHasCome(t *testing.T) {
	t.Parallel()
	inHouse(t, 10, func(h *house) {
		h.shelf.fail(errors.New("not yet"))
		c := newClient()
		s := h.listen(t, "", "state", "shelf")
		h.pass(5 * time.Second)
		c.take(t, s)
		if c.states["state"] != `"one"` || c.last != "" {
			t.Fatalf("%+v", c)
		}
		h.shelf.fail(nil)
		h.shelf.put("a", 1)
		h.pass(2 * time.Second)
		c.take(t, s)
		h.same(t, c)
		if c.last == "" {
			t.Fatal("no id")
		}
		s.Close()
	})
}

func TestPostedStates(t *testing.T) {
	t.Parallel()
	inHouse(t, 10, func(h *house) {
		c := newClient()
		s := h.listen(t, "", "state", "job:3")
		h.hub.Post("job:3", map[string]int{"done": 1})
		c.take(t, s)
		if c.states["job:3"] != `{"done":1}` {
			t.Fatalf("%v", c.states)
		}
		s.Close()
		h.hub.Post("job:3", map[string]int{"done": 2})
		s = h.listen(t, c.last, "state", "job:3")
		if c.take(t, s); c.states["job:3"] != `{"done":2}` {
			t.Fatalf("back: %v", c.states)
		}
		events := c.events
		s.Close()
		s = h.listen(t, c.last, "state", "job:3")
		if c.take(t, s); c.events != events {
			t.Fatalf("told again: %v", c.states)
		}
		s.Close()
		late := newClient()
		s = h.listen(t, "", "job:3")
		if late.take(t, s); late.states["job:3"] != `{"done":2}` {
			t.Fatalf("late: %v", late.states)
		}
		s.Close()
		for n := range 5000 { // bounded
			h.hub.Post("job:"+strconv.Itoa(n+10), n)
		}
		h.hub.Post("job:1", make(chan int)) // cannot be told, and is not
	})
}

func TestBoundsAndEnd(t *testing.T) {
	t.Parallel()
	inHouse(t, 2, func(h *house) {
		if _, err := h.hub.Subscribe([]string{"shelf", "nothing"}, ""); !errors.Is(err, stream.ErrTopic) {
			t.Fatal(err)
		}
		a, b := h.listen(t, "", "shelf"), h.listen(t, "", "state")
		if _, err := h.hub.Subscribe([]string{"shelf"}, ""); !errors.Is(err, stream.ErrTooMany) {
			t.Fatal(err)
		}
		h.end()
		synctest.Wait()
		for _, s := range []*stream.Subscription{a, b} {
			if newClient().take(t, s) {
				t.Error("goes on after the end")
			}
			s.Close()
		}
		if _, err := h.hub.Subscribe([]string{"shelf"}, ""); !errors.Is(err, stream.ErrEnded) {
			t.Fatal(err)
		}
	})
}

// Whatever happens in whatever order, a client that is connected ends up with what
// there is.
func TestClientEndsUpRight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		type step struct {
			what, n int
			name    string
		}
		steps := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) step {
			return step{rapid.IntRange(0, 6).Draw(r, "what"), rapid.IntRange(0, 3).Draw(r, "n"), rapid.SampledFrom([]string{"a", "b", "c"}).Draw(r, "name")}
		}), 1, 60).Draw(r, "steps")
		var failure string
		inHouse(t, 10, func(h *house) {
			c, s := newClient(), (*stream.Subscription)(nil)
			for i, v := range steps {
				switch v.what {
				case 0, 1, 2:
					h.shelf.put(v.name, v.n)
				case 3:
					h.pass([]time.Duration{time.Millisecond, 400 * time.Millisecond, 1100 * time.Millisecond, 20 * time.Second}[v.n])
				case 4:
					h.clock.Store(strconv.Itoa(i))
				case 5:
					if s != nil {
						if v.n == 0 {
							c.take(t, s)
						}
						s.Close()
						s = nil
					}
				case 6:
					if s == nil {
						s = h.listen(t, c.last, "shelf", "state")
					}
				}
				if s != nil && v.n != 2 {
					c.take(t, s)
				}
			}
			if s == nil {
				s = h.listen(t, c.last, "shelf", "state")
			}
			h.pass(2 * time.Second)
			c.take(t, s)
			s.Close()
			if !maps.Equal(c.things, h.shelf.things) || c.states["state"] != h.clock.Load() {
				failure = fmt.Sprintf("has %v and %v, there is %v and %s", c.things, c.states, h.shelf.things, h.clock.Load())
			}
		})
		if failure != "" {
			r.Fatal(failure)
		}
	})
}

func TestKnown(t *testing.T) {
	t.Parallel()
	inHouse(t, 1, func(h *house) {
		got := []bool{}
		for _, name := range []string{"shelf", "state", "job:7", "job", "other", ""} {
			got = append(got, h.hub.Known(name))
		}
		if want := []bool{true, true, true, true, false, false}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}
