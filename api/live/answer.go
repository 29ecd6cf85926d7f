package live

import (
	"slices"
	"time"
)

// mostAsked is how often somebody goes to find out when a call was answered: an
// echo test has no called party who could tell.
const mostAsked = 3

// Untimed are calls that talk, nobody saw since when: they were up before this node
// was. There are n at most, those first that were asked for least.
func (b *Board) Untimed(name string, n int) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.servers[name]
	if s == nil || s.lost {
		return nil
	}
	var list []*sighting
	for _, c := range s.calls {
		if c.Answered && c.answered.IsZero() && c.asked < mostAsked {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *sighting) int { return a.asked - b.asked })
	list = list[:min(n, len(list))]
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.CallID
	}
	return ids
}

// AnsweredAt says when a call was answered, or with the zero time that nobody could
// tell. What was seen stands.
func (b *Board) AnsweredAt(name, callID string, at time.Time) {
	b.change(name, func(s *server) bool {
		c := s.calls[callID]
		if c == nil || !c.Answered || !c.answered.IsZero() {
			return false
		}
		c.asked++
		c.answered = at
		return !at.IsZero()
	})
}
