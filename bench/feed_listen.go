package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tandem/play"
)

// LiveSpec bounds the bench of the live stream.
type LiveSpec struct {
	Listeners int
	CPS       int
	Talk      time.Duration
	Each      time.Duration // measured time of each side
}

func (s LiveSpec) validate() error {
	switch {
	case s.Listeners < 1 || s.Listeners > 2000:
		return fmt.Errorf("listeners %d: want 1 to 2000", s.Listeners)
	case s.CPS < 1 || s.CPS > 1000:
		return fmt.Errorf("cps %d: want 1 to 1000", s.CPS)
	case s.Talk < time.Second || s.Talk > 5*time.Minute:
		return fmt.Errorf("talk %v: want 1 s to 5 m", s.Talk)
	case s.Each < time.Second || s.Each > time.Hour:
		return fmt.Errorf("%v each: want a second at least, an hour at most", s.Each)
	}
	return nil
}

// LiveReport is what Live found.
type LiveReport struct {
	Bench     string   `json:"bench"`
	Host      Host     `json:"host"`
	Listeners int      `json:"listeners"`
	CPS       int      `json:"calls_per_s"`
	TalkS     float64  `json:"talk_s"`
	Seconds   float64  `json:"seconds_each"`
	Tandem    LiveSide `json:"tandem"`
	Plain     LiveSide `json:"plain_writes_of_the_same_bytes"`
	// Delay from a change to the listener that hears of it; changes of one second
	// are told together, so half a second of it is meant.
	P50    float64 `json:"delay_p50_ms"`
	P99    float64 `json:"delay_p99_ms"`
	Max    float64 `json:"delay_max_ms"`
	Told   int     `json:"begins_told"`   // to a listener, of those that are looked at
	Missed int     `json:"begins_missed"` // by them
	Others Ratio   `json:"share_of_the_machine_used_by_others"`
	// What is wanted of 500 listeners and 200 calls a second.
	Goal    LiveGoal `json:"goal"`
	Reached bool     `json:"goal_reached"`
}

// LiveGoal bounds the live stream, set before the runs: nobody is let go, nothing
// is left out, and what is told is hardly older than the second it is told in.
type LiveGoal struct {
	Cores float64 `json:"server_cores"`
	P99   float64 `json:"delay_p99_ms"`
}

func (r *LiveReport) judge() {
	r.Goal = LiveGoal{Cores: 0.5, P99: 1500}
	r.Reached = r.Tandem.Cores <= r.Goal.Cores && r.P99 <= r.Goal.P99 && r.Told > 0 && r.Missed == 0 && r.Tandem.Dropped == 0
}

// LiveSide is one server's part.
type LiveSide struct {
	Cores   float64 `json:"server_cores"`    // CPU seconds a second
	Listen  float64 `json:"listeners_cores"` // of all listeners together
	Bytes   float64 `json:"bytes_per_s_each"`
	Dropped int     `json:"streams_that_ended"`
}

// watched is how many of the listeners read what they hear.
const watched = 8

// Live measures the live stream with many listeners and calls, against a server
// that writes as many bytes to as many without thought.
func Live(ctx context.Context, o Options, spec LiveSpec) (LiveReport, error) {
	report := LiveReport{
		Bench: "live", Host: hostOf(o.Version, o.Tools), Listeners: spec.Listeners, CPS: spec.CPS, TalkS: spec.Talk.Seconds(), Seconds: spec.Each.Seconds(),
	}
	if err := spec.validate(); err != nil {
		return report, err
	}
	err := o.within(ctx, "live", func(dir string, teardown *play.Teardown) error {
		loopback, err := play.NewLoopback(ctx)
		if err != nil {
			return err
		}
		teardown.Add("loopback range", func(context.Context) error { return loopback.Close() })
		b := liveBench{options: o, spec: spec, dir: dir, teardown: teardown}
		o.say("live stream, %d listeners, %d calls/s", spec.Listeners, spec.CPS)
		tandem, err := b.side(ctx, netip.AddrPortFrom(loopback.Addr(2), 8073), "--cps", strconv.Itoa(spec.CPS), "--talk", spec.Talk.String())
		if err != nil {
			return err
		}
		report.Tandem, report.Told, report.Missed = tandem.LiveSide, len(tandem.delays), tandem.missed
		report.P50, report.P99, report.Max = delays(tandem.delays)
		o.say("plain writes of the same %d bytes a second", int(tandem.Bytes))
		file := filepath.Join(dir, "plain")
		if err := os.WriteFile(file, bytes.Repeat([]byte("x"), max(1, int(tandem.Bytes))), 0o600); err != nil {
			return err
		}
		plain, err := b.side(ctx, netip.AddrPortFrom(loopback.Addr(3), 8073), "--plain", file)
		report.Plain = plain.LiveSide
		report.Others = rangeOf([]float64{tandem.others, plain.others})
		report.judge()
		return err
	})
	return report, err
}

type liveBench struct {
	options  Options
	spec     LiveSpec
	dir      string
	teardown *play.Teardown
}

type liveSide struct {
	LiveSide

	delays []time.Duration
	missed int
	others float64
}

// side starts a server and listens to it.
func (b *liveBench) side(ctx context.Context, addr netip.AddrPort, flags ...string) (side liveSide, err error) {
	argv := append([]string{b.options.Binary, "bench", "feed", "--listen", addr.String()}, flags...)
	p, err := play.Start(ctx, play.Command{Name: "feed", Argv: argv, Log: filepath.Join(b.dir, "feed.log")})
	if err != nil {
		return side, err
	}
	defer func() { err = errors.Join(err, stopper(p)(context.WithoutCancel(ctx))) }()
	if err := await(ctx, readyLimit, p, func(ctx context.Context) bool {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", addr.String())
		return err == nil && conn.Close() == nil
	}); err != nil {
		return side, err
	}
	ears := make([]*ear, b.spec.Listeners)
	listening, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	for i := range ears {
		ears[i] = &ear{reads: i%max(1, len(ears)/watched) == 0, seen: map[int]bool{}}
		group.Go(func() { ears[i].listen(listening, "http://"+addr.String()+"/api/v1/stream?topics=live") })
	}
	if err := pause(ctx, feedRing+b.spec.Talk+warmUp); err != nil { // until as many calls end as begin
		return side, err
	}
	return b.measure(ctx, meter{p.PID(), os.Getpid()}, ears)
}

func (b *liveBench) measure(ctx context.Context, m meter, ears []*ear) (side liveSide, err error) {
	w, err := startWatch()
	if err != nil {
		return side, err
	}
	before, err := m.read()
	if err != nil {
		return side, err
	}
	var from int64
	for _, e := range ears {
		from += e.bytes.Load()
		e.begin()
	}
	began := time.Now()
	if err := pause(ctx, b.spec.Each); err != nil {
		return side, err
	}
	took := time.Since(began)
	after, err := m.read()
	if err != nil {
		return side, err
	}
	ours := []time.Duration{after[0] - before[0], after[1] - before[1]}
	if side.others, err = w.others(ours); err != nil {
		return side, err
	}
	side.Cores, side.Listen = ours[0].Seconds()/took.Seconds(), ours[1].Seconds()/took.Seconds()
	bytes := -from
	for _, e := range ears {
		bytes += e.bytes.Load()
		side.Dropped += int(e.ended.Load())
		delays, missed := e.end()
		side.delays, side.missed = append(side.delays, delays...), side.missed+missed
	}
	side.Bytes = float64(bytes) / took.Seconds() / float64(len(ears))
	return side, nil
}

// ear is one listener.
type ear struct {
	reads bool
	bytes atomic.Int64
	ended atomic.Int64

	mu      sync.Mutex
	on      bool
	seen    map[int]bool // numbers of the calls that were told of
	delays  []time.Duration
	lowest  int // number of the calls whose begin was told
	highest int
}

func (e *ear) listen(ctx context.Context, url string) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		e.ended.Add(1)
		return
	}
	defer answer.Body.Close()
	if e.reads {
		e.read(answer.Body)
	} else {
		e.count(answer.Body)
	}
	if ctx.Err() == nil {
		e.ended.Add(1)
	}
}

func (e *ear) count(from io.Reader) {
	into := make([]byte, 64<<10)
	for {
		n, err := from.Read(into)
		e.bytes.Add(int64(n))
		if err != nil {
			return
		}
	}
}

func (e *ear) read(from io.Reader) {
	lines := bufio.NewReaderSize(from, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		e.bytes.Add(int64(len(line)))
		if err != nil {
			return
		}
		if text, is := bytes.CutPrefix(line, []byte("data: ")); is {
			e.hear(time.Now(), text)
		}
	}
}

// hear notes how long ago the calls began that are told of for the first time.
// A call may be answered by then: what comes close together is told together.
func (e *ear) hear(now time.Time, text []byte) {
	type call struct {
		CallID string    `json:"call_id"`
		Began  time.Time `json:"began_at"`
	}
	var d struct {
		Calls  []call // the whole list
		Upsert []call
	}
	if json.Unmarshal(text, &d) != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, c := range slices.Concat(d.Calls, d.Upsert) {
		n, err := strconv.Atoi(c.CallID[strings.LastIndexByte(c.CallID, '.')+1:])
		if err != nil || e.seen[n] {
			continue
		}
		e.seen[n] = true
		if !e.on || i < len(d.Calls) {
			continue
		}
		if len(e.delays) == 0 || n < e.lowest {
			e.lowest = n
		}
		e.highest = max(e.highest, n)
		e.delays = append(e.delays, now.Sub(c.Began))
	}
}

func (e *ear) begin() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.on = true
}

// end tells the delays, and how many calls in between were not told of.
func (e *ear) end() ([]time.Duration, int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.on = false
	if len(e.delays) == 0 {
		return nil, 0
	}
	missed := 0
	for n := e.lowest; n <= e.highest; n++ {
		if !e.seen[n] {
			missed++
		}
	}
	return e.delays, missed
}

func delays(list []time.Duration) (p50, p99, most float64) {
	if len(list) == 0 {
		return 0, 0, 0
	}
	slices.Sort(list)
	at := func(share float64) float64 {
		return float64(list[int(share*float64(len(list)-1))].Microseconds()) / 1000
	}
	return at(0.5), at(0.99), at(1)
}

// Print writes the report for people.
func (r LiveReport) Print(out io.Writer) error {
	r.Host.print(out)
	fmt.Fprintf(out, "live stream: %d listeners, %d calls/s, %.0f s each, %.0f s measured\n\n", r.Listeners, r.CPS, r.TalkS, r.Seconds)
	for _, s := range []struct {
		name string
		LiveSide
	}{{"tandem", r.Tandem}, {"plain writes", r.Plain}} {
		fmt.Fprintf(out, "%-13s %5.2f cores of the server, %5.2f of the listeners, %.0f kB/s to each, %d streams ended\n", s.name, s.Cores, s.Listen, s.Bytes/1000, s.Dropped)
	}
	_, err := fmt.Fprintf(out, "\ndelay p50 %.0f ms, p99 %.0f ms, most %.0f ms, of %d begins of calls; %d were missed\ngoal: at most %.1f cores, p99 at most %.0f ms, nobody let go, nothing missed: %s\nothers used %s of the machine\n",
		r.P50, r.P99, r.Max, r.Told, r.Missed, r.Goal.Cores, r.Goal.P99, verdict(r.Reached), r.Others)
	return err
}
