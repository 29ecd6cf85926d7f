package bench

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tandem/agi"
	"tandem/agi/agitest"
)

// stream asks a node at a steady rate, whether or not it has answered what was
// asked before. What it takes to answer counts from the moment when the question
// was due: a node that stops for a second makes a second's questions late.
type stream struct {
	addr  netip.AddrPort
	every time.Duration
	args  func(n uint64) []string
	epoch int64 // makes the call ids of one stream different from another's

	asked   atomic.Uint64
	free    chan struct{} // one for each exchange that may still be begun
	running sync.WaitGroup
	mu      sync.Mutex
	list    []exchanged
}

// exchanged is one exchange and what came of it.
type exchanged struct {
	n     uint64
	due   time.Time
	late  time.Duration // from due to when it was begun: ours, not the node's
	took  time.Duration // from due to the end
	first string        // key of the first route
	err   error
}

// Bounds of a stream.
const (
	streamTimeout  = 5 * time.Second
	streamInFlight = 512
)

var (
	errNoAnswer = errors.New("no answer, or half of one")
	errPending  = fmt.Errorf("%d exchanges are unanswered; this one was not begun", streamInFlight)
)

// run asks until ctx ends and waits for the answers.
func (s *stream) run(ctx context.Context) {
	s.free = make(chan struct{}, streamInFlight)
	asking := context.WithoutCancel(ctx) // what was begun is finished
	due := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			s.running.Wait()
			return
		}
		for ; !due.After(time.Now()); due = due.Add(s.every) {
			s.begin(asking, due)
		}
		timer.Reset(time.Until(due))
	}
}

func (s *stream) begin(ctx context.Context, due time.Time) {
	n := s.asked.Add(1) - 1
	select {
	case s.free <- struct{}{}:
	default:
		s.add(exchanged{n: n, due: due, err: errPending})
		return
	}
	s.running.Go(func() {
		e := exchanged{n: n, due: due, late: time.Since(due)}
		e.first, e.err = s.ask(ctx, n)
		e.took = time.Since(due)
		<-s.free
		s.add(e)
	})
}

func (s *stream) ask(ctx context.Context, n uint64) (first string, err error) {
	ctx, cancel := context.WithTimeout(ctx, streamTimeout)
	defer cancel()
	a := agitest.Asterisk{Channel: agitest.Channel{UniqueID: fmt.Sprintf("%s-%d.%d", server, s.epoch, n)}}
	if _, err := a.AGI(ctx, s.addr.String(), script, s.args(n)...); err != nil {
		return "", err
	}
	if a.Vars[agi.Sentinel] != "1" {
		return "", errNoAnswer
	}
	return a.Vars["T_K1"], nil
}

func (s *stream) add(e exchanged) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, e)
}

// since gives what was answered from the n-th on, in the order of the answers.
func (s *stream) since(n int) []exchanged {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list[n:])
}

// settle waits until everything that was asked so far is answered, which the
// time limit of an exchange bounds.
func (s *stream) settle(ctx context.Context) error {
	asked := s.asked.Load()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		answered := uint64(0)
		for _, e := range s.since(0) {
			if e.n < asked {
				answered++
			}
		}
		if answered == asked {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// inForceLimit bounds the wait for a deck that never comes into force.
const inForceLimit = 2 * time.Minute

// A carrier whose new deck is in force has the first route of nearly every number;
// before that, it has that of some.
const (
	inForceWindow = 20
	inForceShare  = 18
)

// inForce waits until a carrier has the first route of nearly all answers, and
// says when the first of them came. Of the answers, those before from are not
// looked at.
func (s *stream) inForce(ctx context.Context, from int, key string) (time.Time, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, inForceLimit, fmt.Errorf("no answers by the new deck within %v", inForceLimit))
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		list := s.since(from)
		if at := firstOfMany(list, key); at >= 0 {
			return list[at].due.Add(list[at].took), nil
		}
		from += max(0, len(list)-inForceWindow+1) // these windows are looked through
		select {
		case <-tick.C:
		case <-ctx.Done():
			return time.Time{}, context.Cause(ctx)
		}
	}
}

// firstOfMany is where a run of answers begins of which nearly all have a first
// route with that key; -1: nowhere.
func firstOfMany(list []exchanged, key string) int {
	for at := 0; at+inForceWindow <= len(list); at++ {
		count := 0
		for _, e := range list[at : at+inForceWindow] {
			if strings.HasPrefix(e.first, key) {
				count++
			}
		}
		if count >= inForceShare && strings.HasPrefix(list[at].first, key) {
			return at
		}
	}
	return -1
}

// StreamPart is a stretch of a stream. Latencies count from when a question was
// due to the end of the exchange.
type StreamPart struct {
	Seconds    float64 `json:"seconds"`
	Exchanges  int     `json:"exchanges"` // good ones
	Routed     int     `json:"routed"`    // answered with one route at least
	Failed     int     `json:"failed"`
	FirstError string  `json:"first_error,omitempty"`
	P50        float64 `json:"p50_ms"`
	P99        float64 `json:"p99_ms"`
	Max        float64 `json:"max_ms"`
	LateP99    float64 `json:"generator_late_p99_ms"`
	Others     float64 `json:"share_of_the_machine_used_by_others"`
}

// partOf describes the exchanges that were due within a time.
func partOf(list []exchanged, from, to time.Time) StreamPart {
	p := StreamPart{Seconds: to.Sub(from).Seconds()}
	var took, late []time.Duration
	for _, e := range list {
		switch {
		case e.due.Before(from) || !e.due.Before(to):
		case e.err != nil:
			p.Failed++
			if p.FirstError == "" {
				p.FirstError = e.err.Error()
			}
		default:
			took, late = append(took, e.took), append(late, e.late)
			if e.first != "" {
				p.Routed++
			}
		}
	}
	if p.Exchanges = len(took); p.Exchanges > 0 {
		p.P50, p.P99, p.Max, p.LateP99 = ms(percentile(took, 50)), ms(percentile(took, 99)), ms(slices.Max(took)), ms(percentile(late, 99))
	}
	return p
}
