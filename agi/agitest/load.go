package agitest

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// LoadSpec is the traffic of [Load].
type LoadSpec struct {
	Concurrency int           // exchanges at once; each worker starts the next when its last is over
	Duration    time.Duration // how long new exchanges are started
	Script      string
	// System is Asterisk's systemname, the first part of every call id; empty is "load".
	System string
	// Args makes the arguments of the n-th exchange, n from 0; nil is none.
	Args func(n uint64) []string
	// Sentinel is the variable that a good answer sets last.
	Sentinel string
	// Timeout bounds one exchange; 0 is 5 s.
	Timeout time.Duration
	// OneWrite sends the environment at once instead of line by line.
	OneWrite bool
}

// LoadResult is what came of it. Latencies are from before the connect to the
// server's close, of good exchanges only.
type LoadResult struct {
	Exchanges  int // that ended with the sentinel set
	Failed     int // all others
	FirstError error
	Elapsed    time.Duration
	P50        time.Duration
	P90        time.Duration
	P99        time.Duration
	Max        time.Duration
}

// Rate is the good exchanges a second.
func (r LoadResult) Rate() float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return float64(r.Exchanges) / r.Elapsed.Seconds()
}

var errNoSentinel = errors.New("agitest: closed without the sentinel")

// Load places exchanges as Asterisk does, one connection each, for a time or
// until ctx is over, and waits for those in progress. It answers commands
// with fixed lines and does no more than it must, as client and server share
// the machine's cores. Failed exchanges are counted, not returned; a worker
// gives up after a thousand in a row.
func Load(ctx context.Context, addr string, spec LoadSpec) (LoadResult, error) {
	if spec.Concurrency < 1 || spec.Duration <= 0 || spec.Sentinel == "" {
		return LoadResult{}, fmt.Errorf("agitest: load needs Concurrency, Duration and Sentinel, has %+v", spec)
	}
	if spec.Timeout <= 0 {
		spec.Timeout = 5 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, spec.Duration)
	defer cancel()
	var (
		next    atomic.Uint64
		workers = make([]worker, spec.Concurrency)
		running sync.WaitGroup
		start   = time.Now()
	)
	for i := range workers {
		w := &workers[i]
		w.addr, w.spec = addr, &spec
		running.Go(func() { w.run(ctx, &next) })
	}
	running.Wait()
	return summary(workers, time.Since(start)), nil
}

func summary(workers []worker, elapsed time.Duration) LoadResult {
	r := LoadResult{Elapsed: elapsed}
	var took []time.Duration
	for i := range workers {
		took = append(took, workers[i].took...)
		r.Failed += workers[i].failed
		if r.FirstError == nil {
			r.FirstError = workers[i].firstErr
		}
	}
	slices.Sort(took)
	r.Exchanges = len(took)
	r.P50, r.P90, r.P99, r.Max = percentile(took, 50), percentile(took, 90), percentile(took, 99), percentile(took, 100)
	return r
}

// percentile of sorted values, by nearest rank.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max((len(sorted)*p+99)/100-1, 0)]
}

// maxFailures in a row end a worker: with nobody listening they cost nothing,
// and a loop of them the core that the others need.
const maxFailures = 1000

// worker places one exchange after another.
type worker struct {
	addr     string
	spec     *LoadSpec
	reader   *bufio.Reader
	took     []time.Duration
	failed   int
	firstErr error
}

func (w *worker) run(ctx context.Context, next *atomic.Uint64) {
	w.reader = bufio.NewReaderSize(nil, maxLine)
	epoch := time.Now().Unix()
	// What is in progress when the time is up may finish: the end of ctx must
	// not look like a failure of the server.
	dialing := context.WithoutCancel(ctx)
	inRow := 0
	for ctx.Err() == nil {
		n := next.Add(1)
		start := time.Now()
		if err := w.exchange(dialing, n-1, epoch); err != nil {
			w.failed++
			if w.firstErr == nil {
				w.firstErr = err
			}
			if inRow++; inRow == maxFailures {
				return
			}
			continue
		}
		inRow = 0
		w.took = append(w.took, time.Since(start))
	}
}

func (w *worker) exchange(ctx context.Context, n uint64, epoch int64) error {
	dialer := net.Dialer{Timeout: w.spec.Timeout, KeepAlive: -1}
	conn, err := dialer.DialContext(ctx, "tcp", w.addr)
	if err != nil {
		return fmt.Errorf("agitest: connect: %w", err)
	}
	defer conn.Close()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetNoDelay(false) // as Asterisk's socket
	}
	if err := conn.SetDeadline(time.Now().Add(w.spec.Timeout)); err != nil {
		return fmt.Errorf("agitest: deadline: %w", err)
	}
	var args []string
	if w.spec.Args != nil {
		args = w.spec.Args(n)
	}
	ch := Channel{UniqueID: fmt.Sprintf("%s-%d.%d", cmp.Or(w.spec.System, "load"), epoch, n)}
	env := ch.Environment(w.addr, w.spec.Script, args...)
	if w.spec.OneWrite {
		env = []string{strings.Join(env, "")}
	}
	for _, line := range env {
		if _, err := conn.Write([]byte(line)); err != nil {
			return fmt.Errorf("agitest: environment: %w", err)
		}
	}
	return w.answer(conn)
}

// answer replies to every command with what Asterisk would say, without
// doing it, until the server closes.
func (w *worker) answer(conn net.Conn) error {
	w.reader.Reset(conn)
	sentinel := []byte(`SET VARIABLE "` + w.spec.Sentinel + `"`)
	done := false
	for {
		line, err := w.reader.ReadSlice('\n')
		if isGone(err) && len(line) == 0 {
			if !done {
				return errNoSentinel
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("agitest: command: %w", err)
		}
		reply := "200 result=0\n"
		if bytes.HasPrefix(line, []byte("SET VARIABLE ")) {
			reply = "200 result=1\n"
			done = done || bytes.HasPrefix(line, sentinel)
		}
		if _, err := conn.Write([]byte(reply)); err != nil {
			return fmt.Errorf("agitest: reply: %w", err)
		}
	}
}
