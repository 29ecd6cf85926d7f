package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"tandem/api/live"
	"tandem/billing"
	"tandem/callflow"
	"tandem/routing"
)

// Live is what goes on at a node: its calls in progress with their money, and
// the accounts that they belong to.
type Live struct {
	At       time.Time          `json:"at"`
	Node     string             `json:"node"`
	Total    int                `json:"total"` // calls in progress; calls lists the first of them
	Calls    []callflow.Running `json:"calls"` // in the order in which they began
	Accounts []LiveAccount      `json:"accounts"`
	Problem  string             `json:"problem,omitempty"` // why something is not shown
}

// LiveAccount is the money of an account that has calls in progress.
type LiveAccount = live.Account

// Balances reads the money of accounts; one without a balance is not in the answer.
type Balances interface {
	Balances(ctx context.Context, accountIDs []int64) ([]billing.Balance, error)
}

// Hub tells everybody who listens what is going on. It works that out once for
// all of them, at every interval, and only while somebody listens.
//
//	Keeper.Running ─┐
//	Balances ───────┼─▶ Run ──Frame──▶ Subscription ──▶ an HTTP answer (live.go)
//	Snapshot ───────┘             └──▶ Subscription
//
// It never waits for a listener: one that does not keep up is dropped.
type Hub struct {
	cfg HubConfig

	mu        sync.Mutex
	listeners map[*Subscription]struct{}
	last      *Frame
	ended     bool
	wake      chan struct{}
}

// HubConfig is what a hub works with.
type HubConfig struct {
	Node      string
	Running   func() []callflow.Running
	Balances  Balances
	Snapshot  func() *routing.Snapshot
	Every     time.Duration
	Listeners int // at most
	Now       func() time.Time
	Log       zerolog.Logger
}

// Frame is one moment, in the form in which it is sent. It is shared: nobody
// changes it.
type Frame struct {
	At   time.Time
	JSON string // of Live, one line
}

// Errors of Subscribe.
var (
	ErrTooMany = errors.New("too many listeners")
	ErrEnded   = errors.New("this node is going down")
)

// Bounds of the hub.
const (
	mostLive = 5000 // calls that are shown
	backlog  = 4    // frames that a listener may lie behind
)

// NewHub makes a hub that shows nothing until Run.
func NewHub(c HubConfig) *Hub {
	return &Hub{cfg: c, listeners: map[*Subscription]struct{}{}, wake: make(chan struct{}, 1)}
}

// Subscription is one listener's.
type Subscription struct {
	hub    *Hub
	frames chan *Frame
}

// Frames yields what is going on, moment by moment. It is closed when the
// listener did not keep up, and when the hub ends.
func (s *Subscription) Frames() <-chan *Frame { return s.frames }

// Close ends it.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.hub.drop(s)
}

// Subscribe begins to listen; the first frame comes at once. Close must follow.
func (h *Hub) Subscribe() (*Subscription, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.ended:
		return nil, ErrEnded
	case len(h.listeners) >= h.cfg.Listeners:
		return nil, ErrTooMany
	}
	s := &Subscription{hub: h, frames: make(chan *Frame, backlog)}
	h.listeners[s] = struct{}{}
	if h.last != nil && h.cfg.Now().Sub(h.last.At) < h.cfg.Every {
		s.frames <- h.last
	}
	select {
	case h.wake <- struct{}{}:
	default:
	}
	return s, nil
}

// drop is called with the lock held. A listener is dropped once.
func (h *Hub) drop(s *Subscription) {
	if _, there := h.listeners[s]; there {
		delete(h.listeners, s)
		close(s.frames)
	}
}

// Run shows what is going on until ctx ends; then every listener is let go.
func (h *Hub) Run(ctx context.Context) {
	defer h.end()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if !h.listened(ctx) {
			return
		}
		timer.Reset(h.cfg.Every)
		frame, err := h.frame(ctx)
		if err != nil {
			h.cfg.Log.Error().Err(err).Msg("live calls cannot be shown")
			continue
		}
		h.publish(frame)
	}
}

// listened waits until somebody listens; false: ctx is over.
func (h *Hub) listened(ctx context.Context) bool {
	for {
		h.mu.Lock()
		n := len(h.listeners)
		h.mu.Unlock()
		if n > 0 {
			return ctx.Err() == nil
		}
		select {
		case <-ctx.Done():
			return false
		case <-h.wake:
		}
	}
}

func (h *Hub) publish(f *Frame) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = f
	for s := range h.listeners {
		select {
		case s.frames <- f:
		default:
			h.drop(s)
		}
	}
}

func (h *Hub) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	for s := range h.listeners {
		h.drop(s)
	}
}

func (h *Hub) frame(ctx context.Context) (*Frame, error) {
	moment := h.now(ctx)
	text, err := json.Marshal(moment)
	if err != nil {
		return nil, err
	}
	return &Frame{At: moment.At, JSON: string(text)}, nil
}

// now is what is going on at this moment.
func (h *Hub) now(ctx context.Context) Live {
	calls := h.cfg.Running()
	slices.SortFunc(calls, func(a, b callflow.Running) int {
		return cmp.Or(a.BeganAt.Compare(b.BeganAt), cmp.Compare(a.CallID, b.CallID))
	})
	moment := Live{At: h.cfg.Now().UTC(), Node: h.cfg.Node, Total: len(calls), Calls: calls[:min(len(calls), mostLive)], Accounts: []LiveAccount{}}
	var ids []int64
	for _, c := range moment.Calls {
		if c.AccountID != 0 {
			ids = append(ids, c.AccountID)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return moment
	}
	ctx, cancel := context.WithTimeout(ctx, h.cfg.Every)
	defer cancel()
	balances, err := h.cfg.Balances.Balances(ctx, ids)
	if err != nil {
		h.cfg.Log.Debug().Err(err).Msg("balances are not shown")
		moment.Problem = "balances are not known just now"
		return moment
	}
	snapshot := h.cfg.Snapshot()
	for _, b := range balances {
		moment.Accounts = append(moment.Accounts, live.AccountOf(snapshot, b, moment.At))
	}
	slices.SortFunc(moment.Accounts, func(a, b LiveAccount) int { return cmp.Compare(a.AccountID, b.AccountID) })
	return moment
}
