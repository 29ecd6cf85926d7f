package bench

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// work is one piece of what is measured: the n-th of a worker.
type work func(ctx context.Context, worker, n int) error

// loop lets workers do one piece of work after the other for a while. The first
// error ends it: what fails is not measured.
func loop(ctx context.Context, workers int, d time.Duration, one work) holdsSlice {
	type result struct {
		took []time.Duration
		err  error
	}
	var (
		results = make([]result, workers)
		failed  atomic.Bool
		running sync.WaitGroup
		began   = time.Now()
	)
	for w := range workers {
		running.Go(func() {
			r := &results[w]
			for n := 0; !failed.Load() && ctx.Err() == nil; n++ {
				from := time.Now()
				if from.Sub(began) >= d {
					return
				}
				if r.err = one(ctx, w, n); r.err != nil {
					failed.Store(true)
					return
				}
				r.took = append(r.took, time.Since(from))
			}
		})
	}
	running.Wait()
	s := holdsSlice{elapsed: time.Since(began)}
	var took []time.Duration
	for _, r := range results {
		took = append(took, r.took...)
		if s.firstErr == nil && r.err != nil {
			s.failed, s.firstErr = 1, r.err
		}
	}
	if s.done = len(took); s.done > 0 {
		s.p50, s.p99 = percentile(took, 50), percentile(took, 99)
	}
	return s
}
