package live

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"tandem/api/stream"
)

// Delta is what the topic "live" tells: the whole at first, then what is new.
type Delta struct {
	At       time.Time       `json:"at"`
	Total    int             `json:"total" doc:"Calls in progress"`
	Problems []string        `json:"problems" nullable:"false"`
	Full     bool            `json:"full,omitempty" doc:"calls is the whole: forget all others"`
	Calls    []Call          `json:"calls,omitzero" doc:"With full"`
	Upsert   []Call          `json:"upsert,omitempty" doc:"Calls that are new, or not as they were"`
	Remove   []string        `json:"remove,omitempty" doc:"Calls that are over"`
	Cost     map[string]Cost `json:"cost,omitempty" doc:"By call id, of calls of which nothing else has changed"`
}

// mostCosts bounds how many calls are told of in one event for nothing but their
// cost; the others follow in the next.
const mostCosts = 1000

// topic is all calls, change by change.
type topic struct {
	board *Board
	sent  map[string]Call
	last  Delta
	order []string // of sent, as it is shown
	full  []byte   // of sent; nil: to be made
}

// Topic is "live".
func (b *Board) Topic(string) (stream.Topic, error) {
	return &topic{board: b, sent: map[string]Call{}, last: Delta{Total: -1}}, nil
}

// Next implements stream.Topic.
func (t *topic) Next(ctx context.Context) ([]byte, error) {
	p := t.board.Picture(ctx)
	d := Delta{At: p.At, Total: p.Total, Problems: p.Problems}
	shown := make(map[string]struct{}, len(p.Calls))
	t.order = t.order[:0]
	for _, c := range p.Calls {
		shown[c.CallID] = struct{}{}
		t.order = append(t.order, c.CallID)
		before, was := t.sent[c.CallID]
		switch {
		case was && before == c:
			continue
		case !was || before.fixed() != c.fixed():
			d.Upsert = append(d.Upsert, c)
		case len(d.Cost) >= mostCosts:
			continue
		default:
			if d.Cost == nil {
				d.Cost = map[string]Cost{}
			}
			d.Cost[c.CallID] = Cost{c.Cost}
		}
		t.sent[c.CallID] = c
	}
	for id := range t.sent {
		if _, is := shown[id]; !is {
			d.Remove = append(d.Remove, id)
			delete(t.sent, id)
		}
	}
	if len(d.Upsert)+len(d.Remove)+len(d.Cost) == 0 && d.Total == t.last.Total && slices.Equal(d.Problems, t.last.Problems) {
		return nil, nil // nothing has changed
	}
	t.last, t.full = d, nil
	return json.Marshal(d)
}

// Full implements stream.Topic.
func (t *topic) Full() []byte {
	if t.full != nil {
		return t.full
	}
	d := Delta{At: t.last.At, Total: t.last.Total, Problems: t.last.Problems, Full: true, Calls: make([]Call, 0, len(t.order))}
	for _, id := range t.order {
		d.Calls = append(d.Calls, t.sent[id])
	}
	text, err := json.Marshal(d)
	if err != nil {
		return []byte("null")
	}
	t.full = text
	return text
}

// Changed implements stream.Topic.
func (t *topic) Changed() <-chan struct{} { return t.board.changed }

// Whole implements stream.Topic.
func (*topic) Whole() bool { return false }

// Close implements stream.Topic.
func (*topic) Close() {}
