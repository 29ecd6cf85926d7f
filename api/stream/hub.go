package stream

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// Errors of Subscribe.
var (
	ErrTooMany = errors.New("too many listeners")
	ErrEnded   = errors.New("this node is going down")
	ErrTopic   = errors.New("no such topic")
)

// Config is what a hub works with.
type Config struct {
	Topics    map[string]Open // by the part of the name before the colon
	Posted    []string        // kinds of topics that Post fills
	Every     time.Duration   // least time between two events of a topic; 0: 1 s
	Linger    time.Duration   // how long a topic goes on without listeners; 0: 15 s
	Listeners int             // at most
	Log       zerolog.Logger
}

// Hub has the topics that somebody listens to.
type Hub struct {
	cfg   Config
	epoch string // tells the numbers of one hub from those of the next

	mu        sync.Mutex
	seq       uint64
	feeds     map[string]*feed
	posts     map[string]*feed
	listeners map[*Subscription]struct{}
	ctx       context.Context //nolint:containedctx // of Run: topics begin when somebody listens; nil before
	ended     bool
	running   sync.WaitGroup
}

// NewHub makes a hub that is silent until Run.
func NewHub(c Config) *Hub {
	if c.Every == 0 {
		c.Every = defaultEvery
	}
	if c.Linger == 0 {
		c.Linger = defaultLinger
	}
	return &Hub{cfg: c, epoch: rand.Text()[:8], feeds: map[string]*feed{}, posts: map[string]*feed{}, listeners: map[*Subscription]struct{}{}}
}

// Run lets topics speak until ctx ends; then every listener is let go.
func (h *Hub) Run(ctx context.Context) {
	h.mu.Lock()
	h.ctx = ctx
	for _, f := range h.feeds {
		h.start(f)
	}
	h.mu.Unlock()
	<-ctx.Done()
	h.mu.Lock()
	h.ended = true
	for s := range h.listeners {
		h.drop(s)
	}
	h.mu.Unlock()
	h.running.Wait()
}

// Listeners is how many there are.
func (h *Hub) Listeners() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.listeners)
}

// Known says whether there can be such a topic.
func (h *Hub) Known(name string) bool {
	kind, _, _ := strings.Cut(name, ":")
	return h.cfg.Topics[kind] != nil || h.posted(kind)
}

func (h *Hub) posted(kind string) bool {
	return slices.Contains(h.cfg.Posted, kind)
}

// Post tells the whole state of a job, to those who listen here. The last one is
// kept for a while, for those who come late. Who listens at another node than the
// one that works is told nothing: they have to ask.
func (h *Hub) Post(topic string, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		h.cfg.Log.Error().Err(err).Str("topic", topic).Msg("a state cannot be told")
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.publish(h.post(topic), text)
}

// post finds a topic that others fill, or begins it. It is called with the lock
// held.
func (h *Hub) post(topic string) *feed {
	if f := h.posts[topic]; f != nil {
		return f
	}
	if len(h.posts) >= mostPosts {
		h.forgetPosts(time.Now())
	}
	f := newFeed(topic)
	h.seq++ // whatever anybody has of it was told by a feed that is forgotten
	f.posted, f.began = time.Now(), h.seq
	h.posts[topic] = f
	return f
}

// forgetPosts is called with the lock held.
func (h *Hub) forgetPosts(now time.Time) {
	var oldest *feed
	for name, f := range h.posts {
		switch {
		case len(f.listeners) > 0:
		case now.Sub(f.posted) > postsKept:
			delete(h.posts, name)
		case oldest == nil || f.posted.Before(oldest.posted):
			oldest = f
		}
	}
	if len(h.posts) >= mostPosts && oldest != nil {
		delete(h.posts, oldest.name)
	}
}

// Subscribe begins to listen to topics. last is the id of the last event that the
// listener has, empty for none. Close must follow.
func (h *Hub) Subscribe(topics []string, last string) (*Subscription, error) {
	s := newSubscription(h, topics)
	since, resumed := s.since(last)
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.ended:
		return nil, ErrEnded
	case len(h.listeners) >= h.cfg.Listeners:
		return nil, ErrTooMany
	}
	h.listeners[s] = struct{}{}
	for _, name := range topics {
		f, err := h.feed(name)
		if err != nil {
			h.leave(s)
			return nil, err
		}
		f.listeners[s] = struct{}{}
		s.feeds = append(s.feeds, f)
		if !resumed || !h.replay(f, s, since) {
			h.join(f, s)
		}
	}
	return s, nil
}

// feed finds a topic or begins it. It is called with the lock held.
func (h *Hub) feed(name string) (*feed, error) {
	kind, _, _ := strings.Cut(name, ":")
	if h.posted(kind) {
		return h.post(name), nil
	}
	if f := h.feeds[name]; f != nil {
		return f, nil
	}
	open := h.cfg.Topics[kind]
	if open == nil {
		return nil, fmt.Errorf("%w: %s", ErrTopic, name)
	}
	topic, err := open(name)
	if err != nil {
		return nil, err
	}
	f := newFeed(name)
	h.seq++ // whatever anybody has was told by an earlier feed
	f.topic, f.whole, f.wake, f.began = topic, topic.Whole(), make(chan struct{}, 1), h.seq
	h.feeds[name] = f
	if h.ctx != nil {
		h.start(f)
	}
	return f, nil
}

// start is called with the lock held.
func (h *Hub) start(f *feed) { h.running.Go(func() { h.speak(h.ctx, f) }) }

// drop lets a listener go. It is called with the lock held.
func (h *Hub) drop(s *Subscription) {
	if _, there := h.listeners[s]; there {
		h.leave(s)
		close(s.items)
	}
}

func (h *Hub) leave(s *Subscription) {
	delete(h.listeners, s)
	for _, f := range s.feeds {
		delete(f.listeners, s)
		delete(f.joining, s)
		if f.topic == nil && len(f.listeners) == 0 && f.last == nil {
			delete(h.posts, f.name) // nothing was ever told
		}
	}
}
