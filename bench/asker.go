package bench

import (
	"context"
	"os"
	"runtime"
	"time"

	"tandem/bench/azdeck"
	"tandem/internal/e164"
)

// asker asks a node the numbers of the decks, stream by stream.
type asker struct {
	node      *node
	numbers   []e164.Number
	perSecond float64
	meter     meter // the node, MariaDB, ourselves; see attach
	epoch     int64
	good      int // exchanges
}

func newAsker(n *node, set *azdeck.Set, perSecond float64) *asker {
	return &asker{node: n, numbers: numbersFor(set), perSecond: perSecond, epoch: time.Now().Unix()}
}

// attach takes the processes into the meter, once the node runs.
func (a *asker) attach() { a.meter = meter{a.node.process.PID(), pidOf(a.node.mariadb), os.Getpid()} }

// streaming works while a stream of questions runs.
func (a *asker) streaming(ctx context.Context, work func(ctx context.Context, s *stream) error) error {
	a.epoch++
	s := &stream{addr: a.node.agi, every: time.Duration(float64(time.Second) / a.perSecond), args: a.question, epoch: a.epoch}
	asking, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.run(asking)
	}()
	err := work(ctx, s)
	stop()
	<-done
	for _, e := range s.since(0) {
		if e.err == nil {
			a.good++
		}
	}
	return err
}

// askerEndpoint is the subscriber that asks: its account has no tariff and shows no
// number, so that every carrier may take the call.
const askerEndpoint = "transit-1"

func (a *asker) question(n uint64) []string {
	number := string(a.numbers[(uint64(a.epoch)*7919+n)%uint64(len(a.numbers))])
	return []string{server, askerEndpoint, "127.0.0.1:5060", number, "", "0"}
}

// stretch is a time in the life of a stream.
type stretch struct {
	from  time.Time
	meter meter
	used  []time.Duration
	watch watch
}

func (a *asker) begin() (s stretch, err error) {
	s.meter = a.meter
	if s.watch, err = startWatch(); err != nil {
		return s, err
	}
	s.used, err = s.meter.read()
	s.from = time.Now()
	return s, err
}

// capacity is how many seconds all cores together have had.
func (s stretch) capacity() float64 { return time.Since(s.from).Seconds() * float64(runtime.NumCPU()) }

// end describes what was due in the stretch, once it is answered, and what the
// processes of the meter have used for it.
func (s stretch) end(ctx context.Context, stream *stream) (StreamPart, []time.Duration, error) {
	to := time.Now()
	used, err := s.meter.since(s.used)
	if err != nil {
		return StreamPart{}, nil, err
	}
	others, err := s.watch.others(used)
	if err != nil {
		return StreamPart{}, nil, err
	}
	if err := stream.settle(ctx); err != nil {
		return StreamPart{}, nil, err
	}
	p := partOf(stream.since(0), s.from, to)
	p.Others = others
	return p, used, nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
