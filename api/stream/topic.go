package stream

import (
	"context"
	"time"
)

// Topic is what can be listened to. Its methods are called by one goroutine, one
// after the other.
type Topic interface {
	// Next is what has changed since the last call, as one line of JSON; nil:
	// nothing. Its first call makes the topic ready for Full.
	Next(ctx context.Context) ([]byte, error)
	// Full is the whole as of the last Next, as one line of JSON.
	Full() []byte
	// Changed yields when there is something to ask Next for before the interval
	// is over; nil: there never is.
	Changed() <-chan struct{}
	// Whole says that news is always the whole.
	Whole() bool
	// Close is called after the last listener has left.
	Close()
}

// Open makes a topic by its name, such as account:7, when somebody begins to
// listen to it.
type Open func(name string) (Topic, error)

// state is a Topic whose news is always the whole.
type state struct {
	ask  func(ctx context.Context) ([]byte, error)
	last []byte
}

// State makes a topic of what ask answers, which is told when it has changed.
func State(ask func(ctx context.Context) ([]byte, error)) Topic { return &state{ask: ask} }

func (s *state) Next(ctx context.Context) ([]byte, error) {
	now, err := s.ask(ctx)
	if err != nil || string(now) == string(s.last) {
		return nil, err
	}
	s.last = now
	return now, nil
}

func (s *state) Full() []byte           { return s.last }
func (*state) Changed() <-chan struct{} { return nil }
func (*state) Whole() bool              { return true }
func (*state) Close()                   {}

// Times of a hub, where its configuration leaves them out.
const (
	defaultEvery  = time.Second
	defaultLinger = 15 * time.Second
	postsKept     = 10 * time.Minute
)

// Bounds of a hub.
const (
	historyEvents = 120     // of one topic, for those who come back
	historyBytes  = 8 << 20 // and their bytes
	mostPosts     = 1000    // topics of jobs that are remembered
	backlog       = 32      // events that a listener may lie behind
)
