package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tandem/bench/azdeck"
	"tandem/play"
)

// What is to be reached while a deck is exchanged. Set before anything was
// measured.
const (
	SwapGoalP99  = 2.0  // times the p99 of a node that has nothing else to do
	SwapGoalLoad = 15.0 // seconds from the start of the node to its first answer
)

// SwapSpec bounds the bench Swap.
type SwapSpec struct {
	Rates     int           // in all decks together
	Providers int           // one of their decks is exchanged in each round
	PerSecond float64       // route exchanges that are due
	Steady    time.Duration // of each round, before the exchange
	Rounds    int
}

func (s SwapSpec) validate() error {
	switch {
	case s.PerSecond < 1 || s.PerSecond > 5000:
		return fmt.Errorf("exchanges a second %g: want 1 to 5000", s.PerSecond)
	case s.Steady < time.Second || s.Steady > time.Hour:
		return fmt.Errorf("steady time %v: want a second to an hour", s.Steady)
	case s.Rounds < 1 || s.Rounds > maxRounds:
		return fmt.Errorf("rounds %d: want 1 to %d", s.Rounds, maxRounds)
	}
	return nil
}

// SwapReport is what Swap found.
type SwapReport struct {
	Bench     string      `json:"bench"`
	Host      Host        `json:"host"`
	Rates     int         `json:"rates"`
	Providers int         `json:"providers"`
	PerSecond float64     `json:"exchanges_due_per_s"`
	Load      SwapLoad    `json:"load"`
	Rounds    []SwapRound `json:"rounds"`
	Ratio     Ratio       `json:"p99_ratio"` // during the exchange to steady
	InForce   Ratio       `json:"in_force_s"`
	Failed    int         `json:"failed"` // of all exchanges of the run
	Records   Records     `json:"records"`
	Goals     []GoalHeld  `json:"goals"`
}

// SwapLoad is what it takes to start a node on all decks.
type SwapLoad struct {
	Seconds    float64 `json:"seconds"` // from the start of the process to its readiness
	NodeCPU    float64 `json:"node_cpu_s"`
	MariaDBCPU float64 `json:"mariadb_cpu_s"`
	RSS        float64 `json:"rss_mb"` // ready, with nothing to do
	RSSPeak    float64 `json:"rss_peak_mb"`
}

// SwapRound is one exchange of a deck.
type SwapRound struct {
	DeckRates  int        `json:"deck_rates"`
	Import     StreamPart `json:"import"` // while the draft was written
	Steady     StreamPart `json:"steady"`
	Swap       StreamPart `json:"swap"`       // from the publication until the tail is over
	InForce    float64    `json:"in_force_s"` // from the publication to the first answer by the new deck
	NodeCPU    float64    `json:"node_cpu_s"` // during Swap, the exchanges included
	MariaDBCPU float64    `json:"mariadb_cpu_s"`
	RSSBefore  float64    `json:"rss_before_mb"`
	RSSPeak    float64    `json:"rss_peak_mb"` // during Swap
	RSSAfter   float64    `json:"rss_after_mb"`
}

// Swap measures a node's answers while decks of millions of rates are exchanged
// under it.
func Swap(ctx context.Context, o Options, spec SwapSpec) (SwapReport, error) {
	report := SwapReport{
		Bench: "swap", Host: hostOf(o.Version, o.Tools), Rates: spec.Rates, Providers: spec.Providers, PerSecond: spec.PerSecond,
	}
	if err := spec.validate(); err != nil {
		return report, err
	}
	set, err := azdeck.New(spec.Rates, spec.Providers, time.Now())
	if err != nil {
		return report, err
	}
	err = o.within(ctx, "swap", func(dir string, teardown *play.Teardown) error {
		_, n, err := preparedNode(ctx, o, dir, teardown)
		if err != nil {
			return err
		}
		carriers, err := addCarriers(ctx, n.mariadb, set, teardown)
		if err != nil {
			return err
		}
		if err := carriers.publishAll(ctx, o); err != nil {
			return err
		}
		b := swapBench{asker: newAsker(n, set, spec.PerSecond), options: o, spec: spec, set: set, carriers: carriers}
		return b.run(ctx, &report, teardown)
	})
	return report, err
}

type swapBench struct {
	*asker
	options  Options
	spec     SwapSpec
	set      *azdeck.Set
	carriers *carriers
}

// loadLimit holds the first snapshot of many millions of rates.
const loadLimit = 5 * time.Minute

func (b *swapBench) run(ctx context.Context, report *SwapReport, teardown *play.Teardown) error {
	if err := b.load(ctx, &report.Load, teardown); err != nil {
		return err
	}
	for i := range b.spec.Rounds {
		round, err := b.round(ctx, i)
		if err != nil {
			return err
		}
		report.Rounds = append(report.Rounds, round)
		b.options.say("%d/%d steady p99 %.2f ms, during the exchange %.2f ms, in force after %.1f s, peak %.0f MB, failed %d",
			i+1, b.spec.Rounds, round.Steady.P99, round.Swap.P99, round.InForce, round.RSSPeak, round.Steady.Failed+round.Swap.Failed)
	}
	report.sum()
	return b.records(ctx, report)
}

func (b *swapBench) load(ctx context.Context, l *SwapLoad, teardown *play.Teardown) error {
	mariadb := pidOf(b.node.mariadb)
	before, err := meter{mariadb}.read()
	if err != nil {
		return err
	}
	began := time.Now()
	if err := b.node.serve(ctx, b.options, loadLimit, teardown); err != nil {
		return err
	}
	l.Seconds = time.Since(began).Seconds()
	b.attach()
	used, err := b.meter.since([]time.Duration{0, before[0], 0})
	if err != nil {
		return err
	}
	l.NodeCPU, l.MariaDBCPU = used[0].Seconds(), used[1].Seconds()
	if err := b.meter[:2].idle(ctx); err != nil {
		return err
	}
	m, err := memoryOf(b.node.process.PID())
	l.RSS, l.RSSPeak = mb(m.now), mb(m.peak)
	return err
}

// round exchanges one deck: a draft is written, the node is left alone for a
// while, then the draft is published.
func (b *swapBench) round(ctx context.Context, i int) (r SwapRound, err error) {
	provider := i % b.spec.Providers
	r.DeckRates = b.set.Size(provider)
	b.options.say("%d/%d draft of %s, %d rates", i+1, b.spec.Rounds, carrierName(provider), r.DeckRates)
	var draft int64
	err = b.streaming(ctx, func(ctx context.Context, s *stream) error {
		stretch, err := b.begin()
		if err != nil {
			return err
		}
		if draft, err = b.carriers.draft(ctx, provider, cheapDeck(b.set, provider, i)); err != nil {
			return err
		}
		r.Import, _, err = stretch.end(ctx, s)
		return err
	})
	if err != nil {
		return r, err
	}
	if err := b.meter[:2].idle(ctx); err != nil {
		return r, err
	}
	b.options.say("%d/%d steady, then published", i+1, b.spec.Rounds)
	err = b.streaming(ctx, func(ctx context.Context, s *stream) error {
		if err := pause(ctx, warmUp); err != nil {
			return err
		}
		stretch, err := b.begin()
		if err != nil {
			return err
		}
		if err := pause(ctx, b.spec.Steady); err != nil {
			return err
		}
		if r.Steady, _, err = stretch.end(ctx, s); err != nil {
			return err
		}
		return b.exchange(ctx, s, draft, provider, &r)
	})
	return r, err
}

// swapTail is how long the exchange goes on: the old snapshot is given up then.
const swapTail = time.Second

// exchange publishes the draft and waits for the first answer by it, and a while
// longer.
func (b *swapBench) exchange(ctx context.Context, s *stream, draft int64, provider int, r *SwapRound) error {
	pid := b.node.process.PID()
	m, err := memoryOf(pid)
	if err != nil {
		return err
	}
	r.RSSBefore = mb(m.now)
	resetPeak(pid)
	stretch, err := b.begin()
	if err != nil {
		return err
	}
	answers := len(s.since(0))
	if _, err := b.carriers.db.Publish(ctx, draft, time.Time{}); err != nil {
		return err
	}
	seen, err := s.inForce(ctx, answers, fmt.Sprintf("%d.", firstCarrier+provider))
	if err != nil {
		return err
	}
	r.InForce = seen.Sub(stretch.from).Seconds()
	if err := pause(ctx, swapTail); err != nil {
		return err
	}
	var used []time.Duration
	if r.Swap, used, err = stretch.end(ctx, s); err != nil {
		return err
	}
	r.NodeCPU, r.MariaDBCPU = used[0].Seconds(), used[1].Seconds()
	m, err = memoryOf(pid)
	r.RSSPeak, r.RSSAfter = mb(m.peak), mb(m.now)
	return err
}

func (r *SwapReport) sum() {
	var during, steady, inForce []float64
	for _, v := range r.Rounds {
		during, steady = append(during, v.Swap.P99), append(steady, v.Steady.P99)
		inForce = append(inForce, v.InForce)
		r.Failed += v.Import.Failed + v.Steady.Failed + v.Swap.Failed
	}
	r.Ratio, r.InForce = ratioOf(during, steady), rangeOf(inForce)
	r.Goals = []GoalHeld{
		atMost("failed exchanges", 0, float64(r.Failed)),
		atMost("p99 during the exchange / steady", SwapGoalP99, r.Ratio.Median),
		atMost("start to first answer, s", SwapGoalLoad, r.Load.Seconds),
	}
}

// settleLimit is how long what was answered may be on its way to the records.
const settleLimit = 30 * time.Second

func (b *swapBench) records(ctx context.Context, report *SwapReport) error {
	if err := b.meter[:2].idle(ctx); err != nil {
		return err
	}
	n, err := written(ctx, b.node.mariadb, `reasons IS NOT NULL`)
	for until := time.Now().Add(settleLimit); err == nil && n < b.good && time.Now().Before(until); { // a disk may take its time
		if err = pause(ctx, 200*time.Millisecond); err == nil {
			n, err = written(ctx, b.node.mariadb, `reasons IS NOT NULL`)
		}
	}
	if err != nil {
		return err
	}
	m, err := scrape(ctx, b.node.http)
	if err != nil {
		return err
	}
	report.Records = Records{
		Due: b.good, Written: n, LostPlans: m.count("tandem_records_unqueued_total"),
		OnDisk: m.count("tandem_spool_records"), Refused: m.count("tandem_spool_refused_records"),
	}
	if n < b.good {
		return errors.New("records of calls are missing")
	}
	return nil
}
