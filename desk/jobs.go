package desk

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"tandem/db"
)

// Jobs does what takes longer than a visit: reading and keeping rate sheets, and
// replays. Each is a row of the database with a lease. A node that stops gives
// its work back; one that dies is silent, and another goes on.
type Jobs struct {
	desk *Desk
	log  zerolog.Logger
	// told hears how work on this node stands, by topic: a DeckImport as
	// "import:7", a ReplayJob as "replay:3".
	told func(topic string, state any)
	wake [2]chan struct{} // by kind of work
}

// NewJobs makes them; told may be nil. They run in Run.
func NewJobs(d *Desk, log zerolog.Logger, told func(topic string, state any)) *Jobs {
	if told == nil {
		told = func(string, any) {}
	}
	return &Jobs{desk: d, log: log, told: told, wake: [2]chan struct{}{make(chan struct{}, 1), make(chan struct{}, 1)}}
}

// Times of the loops.
const (
	lookEvery   = 3 * time.Second // for work that another node was asked for, or gave up
	forgetEvery = time.Hour
	tellEvery   = 500 * time.Millisecond
	givingBack  = 5 * time.Second
)

// Wake says that there is something new to do.
func (j *Jobs) Wake() {
	for _, c := range j.wake {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Run works until ctx ends, one import and one replay at a time.
func (j *Jobs) Run(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { j.loop(ctx, j.wake[0], j.nextImport, j.desk.DB.ForgetImports) })
	all.Go(func() { j.loop(ctx, j.wake[1], j.nextReplay, j.desk.DB.ForgetReplays) })
	all.Wait()
}

// loop does what there is to do, then waits.
func (j *Jobs) loop(ctx context.Context, wake <-chan struct{}, next func(context.Context) (bool, error), forget func(context.Context) error) {
	look, old := time.NewTicker(lookEvery), time.NewTicker(forgetEvery)
	defer look.Stop()
	defer old.Stop()
	for {
		worked, err := next(ctx)
		j.complain(ctx, err)
		if worked && err == nil && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-look.C:
		case <-old.C:
			j.complain(ctx, forget(ctx))
		}
	}
}

func (j *Jobs) complain(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		j.log.Warn().Err(err).Msg("work of the route manager's desk")
	}
}

// worker is one piece of work while it is done.
type worker struct {
	db.Work
	ctx    context.Context
	cancel context.CancelCauseFunc
	tell   func(ctx context.Context, w db.Work, done, total int64) error
	news   func(ctx context.Context, id int64)

	mutex       sync.Mutex
	done, total int64
	finished    chan struct{}
	wait        sync.WaitGroup
}

// begin keeps the lease while the work is done: also while nothing is to be told.
func begin(ctx context.Context, w db.Work, tell func(context.Context, db.Work, int64, int64) error, news func(context.Context, int64)) *worker {
	v := &worker{Work: w, tell: tell, news: news, finished: make(chan struct{})}
	v.ctx, v.cancel = context.WithCancelCause(db.WithActor(ctx, w.Actor))
	v.wait.Go(v.keep)
	return v
}

func (w *worker) keep() {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	var told [2]int64
	quiet := 0
	for {
		select {
		case <-w.finished:
			return
		case <-tick.C:
		}
		done, total := w.far()
		if quiet++; told == [2]int64{done, total} && quiet < leaseTicks {
			continue
		}
		told, quiet = [2]int64{done, total}, 0
		if err := w.tell(w.ctx, w.Work, done, total); errors.Is(err, db.ErrWorkLost) {
			w.cancel(err)
			return
		}
		w.news(w.ctx, w.ID)
	}
}

// leaseTicks is after how many ticks without news the lease is kept all the same:
// it also finds out that nobody wants the work any more.
const leaseTicks = 4

func (w *worker) far() (done, total int64) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.done, w.total
}

// progress is what the work tells how far it is.
func (w *worker) progress(done, total int64) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.done, w.total = done, max(total, done)
}

// end stops keeping the lease.
func (w *worker) end() {
	close(w.finished)
	w.wait.Wait()
	w.cancel(nil)
}

// over ends work of which err came: nobody wants it any more, it is given back, or
// end writes down what is wrong with it; without a problem: that it is done.
func (w *worker) over(ctx context.Context, err error, release func(context.Context, db.Work) error, end func(problem string) error) (worked bool, _ error) {
	lost := w.lost(err)
	w.end()
	switch {
	case lost:
		err = nil
	case err != nil && later(ctx, err):
		return false, errors.Join(err, giveBack(ctx, w.Work, release))
	case err != nil:
		err = end(unflagged(err.Error()))
	default:
		err = end("")
	}
	w.news(ctx, w.ID)
	return true, err
}

// later says whether what went wrong is no fault of the work: it is given back,
// for another time or another node.
func later(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, db.ErrUnavailable)
}

// lost says that nobody wants this work of this worker any more.
func (w *worker) lost(err error) bool {
	return errors.Is(err, db.ErrWorkLost) || errors.Is(context.Cause(w.ctx), db.ErrWorkLost)
}

// giveBack runs while ctx may have ended.
func giveBack(ctx context.Context, w db.Work, release func(context.Context, db.Work) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), givingBack)
	defer cancel()
	return release(ctx, w)
}
