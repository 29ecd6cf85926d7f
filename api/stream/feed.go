package stream

import "time"

// Event is something that was told. It is shared by all listeners: nobody changes
// it.
type Event struct {
	Topic string
	Data  []byte // one line of JSON
	At    time.Time
}

// feed is a topic with its listeners. The hub's lock guards it, except for topic,
// which its own goroutine alone uses.
type feed struct {
	name      string
	topic     Topic // nil: others post
	whole     bool  // its news is always the whole
	wake      chan struct{}
	listeners map[*Subscription]struct{}
	joining   map[*Subscription]struct{} // those who still need the whole
	history   []told
	bytes     int
	began     uint64 // what was told up to here is not in the history
	last      *Event // of posts
	posted    time.Time
}

// told is an event with its number.
type told struct {
	seq   uint64
	event *Event
}

func newFeed(name string) *feed {
	return &feed{name: name, whole: true, listeners: map[*Subscription]struct{}{}, joining: map[*Subscription]struct{}{}}
}

// publish is called with the lock held.
func (h *Hub) publish(f *feed, data []byte) {
	h.seq++
	e := &Event{Topic: f.name, Data: data, At: time.Now()}
	if f.whole {
		f.began = h.seq
	} else {
		f.remember(told{h.seq, e})
	}
	if f.topic == nil {
		f.last, f.posted = e, e.At
	}
	for s := range f.listeners {
		if _, waits := f.joining[s]; waits && !f.whole {
			continue // the whole, which it gets, has this in it
		}
		delete(f.joining, s)
		h.send(s, f, e)
	}
}

func (f *feed) remember(t told) {
	f.history = append(f.history, t)
	f.bytes += len(t.event.Data)
	for len(f.history) > historyEvents || f.bytes > historyBytes {
		f.began = f.history[0].seq
		f.bytes -= len(f.history[0].event.Data)
		f.history[0] = told{}
		f.history = f.history[1:]
	}
}

// replay sends what was told since then. It says so when that is not known any
// more, or more than the whole is worth.
func (h *Hub) replay(f *feed, s *Subscription, since uint64) bool {
	if since < f.began || since > h.seq {
		return false
	}
	missed := f.history
	for len(missed) > 0 && missed[0].seq <= since {
		missed = missed[1:]
	}
	if len(missed) > backlog/2 {
		return false
	}
	for i, t := range missed {
		if i == len(missed)-1 {
			s.arrived(f) // not before: who is cut off in between has not had the rest
		}
		h.offer(s, t.event)
	}
	s.arrived(f)
	return true
}

// join lets a listener have the whole, now or from the topic's own goroutine.
func (h *Hub) join(f *feed, s *Subscription) {
	switch {
	case f.topic != nil:
		f.joining[s] = struct{}{}
		select {
		case f.wake <- struct{}{}:
		default:
		}
	case f.last != nil:
		h.send(s, f, f.last)
	default:
		s.arrived(f) // nothing was told yet
	}
}

// send tells what a topic is now.
func (h *Hub) send(s *Subscription, f *feed, e *Event) {
	s.arrived(f)
	h.offer(s, e)
}

// offer never waits.
func (h *Hub) offer(s *Subscription, e *Event) {
	select {
	case s.items <- Item{Event: e, seq: h.seq, numbered: len(s.missing) == 0, s: s}:
	default:
		h.drop(s)
	}
}
