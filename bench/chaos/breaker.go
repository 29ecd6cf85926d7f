package chaos

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"tandem/db"
	"tandem/play"
)

// happening is a blow as it fell.
type happening struct {
	blow
	Began time.Time
	Gone  time.Time // a kill or restart: the process had ended
	Over  time.Time // it runs again
}

// breaker deals out the blows of a plan, for each program one after the other.
type breaker struct {
	stack *play.Stack
	say   func(format string, args ...any)
	died  func() // told when Asterisk has ended with all its calls

	mu  sync.Mutex
	log []happening
}

// run is over when the last blow is. Then everything runs, or the error says what
// did not come up again.
func (b *breaker) run(ctx context.Context, plan []blow) error {
	group, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	for t := range targets {
		group.Go(func() error {
			for _, next := range plan {
				if next.Target != t {
					continue
				}
				if !rest(ctx, time.Until(began.Add(next.At))) {
					return context.Cause(ctx)
				}
				if err := b.strike(ctx, next); err != nil {
					return fmt.Errorf("%s: %w", next, err)
				}
			}
			return nil
		})
	}
	return group.Wait()
}

func (b *breaker) strike(ctx context.Context, next blow) error {
	h := happening{blow: next, Began: time.Now()}
	b.say("%s", next)
	// Whatever becomes of ctx, nothing is left stopped.
	err := b.deal(ctx, &h)
	h.Over = time.Now()
	b.mu.Lock()
	b.log = append(b.log, h)
	b.mu.Unlock()
	return err
}

func (b *breaker) deal(ctx context.Context, h *happening) error {
	if h.Action == pause {
		process := b.process(h.Target)
		process.Pause()
		rest(ctx, h.For)
		process.Resume()
		return nil
	}
	if err := b.end(ctx, h); err != nil {
		return err
	}
	h.Gone = time.Now()
	if h.Target == asterisk {
		b.died()
	}
	if h.Action == kill {
		rest(ctx, h.For)
	}
	return b.start(context.WithoutCancel(ctx), h.Target)
}

func (b *breaker) process(t target) *play.Process {
	switch t {
	case mariaDB:
		return b.stack.MariaDB.Process()
	case asterisk:
		return b.stack.Asterisk.Process()
	default:
		return b.stack.Nodes[t].Process()
	}
}

func (b *breaker) end(ctx context.Context, h *happening) error {
	if h.Action == kill {
		b.process(h.Target).Kill()
		return nil
	}
	switch h.Target {
	case mariaDB:
		return b.stack.MariaDB.Stop(ctx)
	case asterisk:
		return b.stack.Asterisk.Stop(ctx)
	default:
		return b.stack.Nodes[h.Target].Stop(ctx)
	}
}

func (b *breaker) start(ctx context.Context, t target) error {
	switch t {
	case mariaDB:
		return b.stack.MariaDB.Restart(ctx)
	case asterisk:
		return b.stack.Asterisk.Restart(ctx)
	default:
		return b.startNode(ctx, b.stack.Nodes[t])
	}
}

// nodeTries is how often a node is started: one that begins while MariaDB is away
// waits for it, longer than play.Node does, and one that loses it in the middle of its
// first snapshot ends, to be started again by what watches over it.
const nodeTries = 3

func (b *breaker) startNode(ctx context.Context, n *play.Node) error {
	for try := 1; ; try++ {
		err := n.Start(ctx)
		if err == nil || try == nodeTries {
			return err
		}
		select {
		case <-n.Process().Done():
			if !strings.Contains(err.Error(), db.ErrUnavailable.Error()) {
				return err // it did not wait for anything
			}
		default:
		}
		b.say("%s is not ready yet: killed and started again", n.Name)
		n.Kill()
	}
}

// happenings are the blows so far.
func (b *breaker) happenings() []happening {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]happening(nil), b.log...)
}

// rest lets a time pass; false if ctx ended meanwhile.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
