package bench

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tandem/play"
)

// APISpec bounds the bench API.
type APISpec struct {
	Each    time.Duration // measured time of each address
	Slices  int           // turns of each
	Workers int           // requests at a time
	Calls   int           // records in the table of calls
}

func (s APISpec) validate() error {
	switch {
	case s.Slices < 1 || s.Slices > 100:
		return fmt.Errorf("slices %d: want 1 to 100", s.Slices)
	case s.Workers < 1 || s.Workers > maxWorkers:
		return fmt.Errorf("workers %d: want 1 to %d", s.Workers, maxWorkers)
	case s.Calls < 1000 || s.Calls > 20_000_000:
		return fmt.Errorf("calls %d: want 1000 to 20000000", s.Calls)
	case s.Each/time.Duration(s.Slices) < 100*time.Millisecond || s.Each > time.Hour:
		return fmt.Errorf("%v in %d slices: want 100 ms a slice at least, an hour at most", s.Each, s.Slices)
	}
	return nil
}

// APIReport is what API found.
type APIReport struct {
	Bench   string    `json:"bench"`
	Host    Host      `json:"host"`
	Seconds float64   `json:"seconds_each"`
	Slices  int       `json:"slices_each"`
	Workers int       `json:"workers"`
	Calls   int       `json:"calls"`
	Cases   []APICase `json:"cases"` // the first is the anchor
}

// APICase is one address that was asked: sums over its slices, medians of their
// latencies.
type APICase struct {
	What       string  `json:"what"`
	Path       string  `json:"path"`
	Bytes      int     `json:"answer_bytes"`
	Done       int     `json:"done"`
	Failed     int     `json:"failed"`
	FirstError string  `json:"first_error,omitempty"`
	PerSecond  float64 `json:"per_s"`
	CPU        float64 `json:"cpu_us_each"` // of the node
	MariaDBCPU float64 `json:"mariadb_cpu_us_each"`
	P50        float64 `json:"p50_ms"`
	P99        float64 `json:"p99_ms"`
	AloneP50   float64 `json:"one_at_a_time_p50_ms"`
	AloneP99   float64 `json:"one_at_a_time_p99_ms"`
	Ratio      Ratio   `json:"per_s_to_anchor"`
	Others     Ratio   `json:"share_of_the_machine_used_by_others"`

	slices []holdsSlice
}

// apiCases are what people and dialplans ask most, after the anchor: an answer of
// the same server that takes no thought.
func apiCases() []APICase {
	return []APICase{
		{What: "anchor", Path: "/healthz"},
		{What: "look-up of a number, for CURL()", Path: "/lookup/number/74957777777"},
		{What: "who am I", Path: "/api/v1/session"},
		{What: "list of providers", Path: "/api/v1/providers?limit=50"},
		{What: "list of numbers", Path: "/api/v1/numbers?limit=50"},
		{What: "list of accounts", Path: "/api/v1/accounts?limit=50"},
		{What: "newest calls", Path: "/api/v1/calls?limit=50"},
		{What: "calls of a number", Path: "/api/v1/calls?limit=50&number=74950000777"},
		{What: "calls of an account", Path: "/api/v1/calls?limit=50&account_id=1"},
		{What: "search", Path: "/api/v1/search?q=7495000"},
	}
}

// API measures requests a second and latencies of the HTTP API, each address in
// turns with an answer of the same server that takes no thought.
func API(ctx context.Context, o Options, spec APISpec) (APIReport, error) {
	report := APIReport{
		Bench: "api", Host: hostOf(o.Version, o.Tools), Seconds: spec.Each.Seconds(), Slices: spec.Slices, Workers: spec.Workers, Calls: spec.Calls,
		Cases: apiCases(),
	}
	if err := spec.validate(); err != nil {
		return report, err
	}
	err := o.within(ctx, "api", func(dir string, teardown *play.Teardown) error {
		_, n, err := preparedNode(ctx, o, dir, teardown)
		if err != nil {
			return err
		}
		o.say("%d calls in the records", spec.Calls)
		if err := n.manyCalls(ctx, spec.Calls); err != nil {
			return err
		}
		if err := n.serve(ctx, o, readyLimit, teardown); err != nil {
			return err
		}
		b := apiBench{options: o, spec: spec, node: n, meter: meter{n.process.PID(), pidOf(n.mariadb), os.Getpid()}}
		if err := b.signIn(ctx); err != nil {
			return fmt.Errorf("sign in: %w", err)
		}
		return b.run(ctx, &report)
	})
	return report, err
}

// manyCalls fills the records with ended calls, a second apart, of some thousand
// numbers.
func (n *node) manyCalls(ctx context.Context, count int) error {
	hand, err := sql.Open("mysql", n.mariadb.DSN())
	if err != nil {
		return err
	}
	defer hand.Close()
	_, err = hand.ExecContext(ctx, `INSERT INTO calls (call_id, server, direction, endpoint, account_id, dialled, a_number, b_number, cli, started_at,
			answered_at, ended_at, disposition, cause, sip_status, hangup_by, talk_ms, pdd_ms, closed_by)
		SELECT CONCAT('bench-', seq), 'asterisk-macomnet', 'out', 'moscow-101', 1 + seq MOD 3, CONCAT('8495', LPAD(seq MOD 5000, 7, '0')), '74957777777',
			CONCAT('7495', LPAD(seq MOD 5000, 7, '0')), '74957777777', UTC_TIMESTAMP(3) - INTERVAL seq SECOND,
			UTC_TIMESTAMP(3) - INTERVAL seq SECOND, UTC_TIMESTAMP(3) - INTERVAL seq SECOND, 'answered', 16, 200, 'caller', seq MOD 300000, 900, 'report'
		FROM seq_1_to_20000000 WHERE seq <= ?`, count)
	if err != nil {
		return fmt.Errorf("fill the records: %w", err)
	}
	return nil
}

type apiBench struct {
	options Options
	spec    APISpec
	node    *node
	meter   meter
	client  http.Client
	cookie  string
}

// signIn makes a user and its session, as the console does.
func (b *apiBench) signIn(ctx context.Context) error {
	const login, password = "bench", "bench of the interface"
	file := filepath.Join(b.node.dir, "admin")
	if err := os.WriteFile(file, []byte(password), 0o600); err != nil {
		return err
	}
	if err := b.node.command(ctx, "user", "create", login, "--role", "admin", "--password-file", file); err != nil {
		return err
	}
	b.client.Transport = &http.Transport{MaxIdleConnsPerHost: maxWorkers, MaxConnsPerHost: maxWorkers}
	body, err := json.Marshal(map[string]string{"login": login, "password": password})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url("/api/v1/session"), bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := b.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1000))
	if err != nil || response.StatusCode >= http.StatusBadRequest || len(response.Cookies()) == 0 {
		return fmt.Errorf("%s: %s, %w", response.Status, text, err)
	}
	cookie := response.Cookies()[0]
	b.cookie = cookie.Name + "=" + cookie.Value
	return nil
}

func (b *apiBench) url(path string) string { return "http://" + b.node.http.String() + path }

// run asks every address in turns.
func (b *apiBench) run(ctx context.Context, report *APIReport) error {
	for i := range report.Cases {
		if err := b.alone(ctx, &report.Cases[i]); err != nil {
			return err
		}
	}
	each := b.spec.Each / time.Duration(b.spec.Slices)
	for turn := range b.spec.Slices {
		b.options.say("turn %d of %d", turn+1, b.spec.Slices)
		for i := range report.Cases {
			s, err := b.slice(ctx, report.Cases[i].Path, b.spec.Workers, each)
			if err != nil {
				return err
			}
			report.Cases[i].slices = append(report.Cases[i].slices, s)
		}
	}
	for i := range report.Cases {
		report.Cases[i].sum(&report.Cases[0])
	}
	return nil
}

// alone asks an address one request at a time, and looks at the answer.
func (b *apiBench) alone(ctx context.Context, c *APICase) error {
	n, err := b.ask(ctx, c.Path)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Path, err)
	}
	c.Bytes = n
	s, err := b.slice(ctx, c.Path, 1, min(b.spec.Each/time.Duration(b.spec.Slices), time.Second))
	c.AloneP50, c.AloneP99 = ms(s.p50), ms(s.p99)
	return err
}

// slice asks an address for a while.
func (b *apiBench) slice(ctx context.Context, path string, workers int, d time.Duration) (s holdsSlice, err error) {
	w, err := startWatch()
	if err != nil {
		return s, err
	}
	before, err := b.meter.read()
	if err != nil {
		return s, err
	}
	var mu sync.Mutex
	var took []time.Duration
	var group sync.WaitGroup
	began := time.Now()
	for range workers {
		group.Go(func() {
			var mine []time.Duration
			var failed int
			var first error
			for time.Since(began) < d && ctx.Err() == nil {
				at := time.Now()
				if _, err := b.ask(ctx, path); err != nil {
					failed, first = failed+1, errors.Join(first, err)
					break
				}
				mine = append(mine, time.Since(at))
			}
			mu.Lock()
			defer mu.Unlock()
			took, s.failed = append(took, mine...), s.failed+failed
			if s.firstErr == nil {
				s.firstErr = first
			}
		})
	}
	group.Wait()
	s.elapsed, s.done = time.Since(began), len(took)
	used, err := b.meter.since(before)
	if err != nil {
		return s, err
	}
	s.cpu, s.mariadb = used[0], used[1]
	if len(took) > 0 {
		s.p50, s.p99 = percentile(took, 50), percentile(took, 99)
	}
	s.others, err = w.others(used)
	return s, err
}

// ask makes one request and reads the whole answer.
func (b *apiBench) ask(ctx context.Context, path string) (bytes int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url(path), nil)
	if err != nil {
		return 0, err
	}
	if b.cookie != "" {
		request.Header.Set("Cookie", b.cookie)
	}
	response, err := b.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	n, err := io.Copy(io.Discard, response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = errors.New(response.Status)
	}
	return int(n), err
}

// sum makes the case's figures of its slices.
func (c *APICase) sum(anchor *APICase) {
	var elapsed, cpu, mariadb time.Duration
	var p50, p99 []time.Duration
	var rates, anchors, others []float64
	for i, s := range c.slices {
		c.Done, c.Failed = c.Done+s.done, c.Failed+s.failed
		elapsed, cpu, mariadb = elapsed+s.elapsed, cpu+s.cpu, mariadb+s.mariadb
		p50, p99 = append(p50, s.p50), append(p99, s.p99)
		rates, anchors, others = append(rates, s.perSecond()), append(anchors, anchor.slices[i].perSecond()), append(others, s.others)
		if c.FirstError == "" && s.firstErr != nil {
			c.FirstError = s.firstErr.Error()
		}
	}
	c.PerSecond = per(c.Done, elapsed)
	if c.Done > 0 {
		c.CPU, c.MariaDBCPU = us(cpu)/float64(c.Done), us(mariadb)/float64(c.Done)
	}
	c.P50, c.P99 = ms(percentile(p50, 50)), ms(percentile(p99, 50))
	c.Ratio, c.Others = ratioOf(rates, anchors), rangeOf(others)
}
