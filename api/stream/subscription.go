package stream

import (
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
)

// Subscription is one listener's.
type Subscription struct {
	hub   *Hub
	sum   uint32 // of the topics: an id is good for the same ones only
	items chan Item

	// Guarded by the hub's lock.
	feeds   []*feed
	missing map[string]struct{} // topics of which nothing has come yet
}

// Item is an event on its way to one listener.
type Item struct {
	*Event
	s        *Subscription
	seq      uint64
	numbered bool
}

func newSubscription(h *Hub, topics []string) *Subscription {
	s := &Subscription{
		hub: h, sum: crc32.ChecksumIEEE([]byte(strings.Join(topics, ","))), items: make(chan Item, backlog), missing: map[string]struct{}{},
	}
	for _, name := range topics {
		s.missing[name] = struct{}{}
	}
	return s
}

// Items yields what is told. It is closed when the listener did not keep up, and
// when the hub ends.
func (s *Subscription) Items() <-chan Item { return s.items }

// Close ends it.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.hub.drop(s)
}

// ID is what a listener comes back with. It is empty until something has come of
// every topic: who comes back before that needs what it asked for before.
func (i Item) ID() string {
	if !i.numbered {
		return ""
	}
	return i.s.id(i.seq)
}

func (s *Subscription) id(seq uint64) string {
	return fmt.Sprintf("%s-%d-%08x", s.hub.epoch, seq, s.sum)
}

// since reads an id; one of another hub, or of other topics, is of no use.
func (s *Subscription) since(id string) (uint64, bool) {
	_, rest, _ := strings.Cut(id, "-")
	number, _, _ := strings.Cut(rest, "-")
	seq, err := strconv.ParseUint(number, 10, 64)
	return seq, err == nil && s.id(seq) == id
}

// arrived is called with the hub's lock held.
func (s *Subscription) arrived(f *feed) { delete(s.missing, f.name) }
