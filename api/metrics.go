package api

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"tandem/billing"
	"tandem/callflow"
	"tandem/portability"
	"tandem/routing"
)

// Metrics counts calls in the trade's words. Labels are bounded sets, never a
// number or an account.
type Metrics struct {
	decisions *prometheus.CounterVec
	attempts  *prometheus.CounterVec
	calls     *prometheus.CounterVec
	leftOut   *prometheus.CounterVec
	dips      *prometheus.HistogramVec
	lost      prometheus.Counter
	extended  *prometheus.CounterVec
	warned    prometheus.Counter
	closed    *prometheus.CounterVec
	findings  prometheus.Gauge
	routes    *routeMetrics
	words     *words
}

// Gauges are read when somebody asks.
type Gauges struct {
	SpoolLength  func() int64
	SpoolRefused func() int64
	SnapshotAge  func() time.Duration // since it was last known to be current
	Live         func() int
	Kept         func() int  // calls whose talk is paid for slice by slice, or once
	Draining     func() bool // no new calls are taken
	Version      string
}

// NewMetrics registers everything that the node tells about itself.
func NewMetrics(registry *prometheus.Registry, g Gauges) *Metrics {
	m := &Metrics{
		words: newWords(),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tandem_decisions_total", Help: "Calls decided, by direction and action.",
		}, []string{"direction", "action"}),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tandem_attempts_total", Help: "Finished attempts, by result and whose fault a failure was.",
		}, []string{"result", "blame"}),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tandem_calls_total", Help: "Ended calls, by direction and disposition.",
		}, []string{"direction", "disposition"}),
		leftOut: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tandem_routes_left_out_total", Help: "Routes not offered because of their load, their health or their price, by reason.",
		}, []string{"reason"}),
		dips: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tandem_portability_dip_seconds", Help: "Time that the number portability dip took, by who knew the answer.",
			Buckets: []float64{.0001, .001, .005, .01, .025, .05, .1, .15, .25, .5, 1, 2},
		}, []string{"source"}),
		lost: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "tandem_records_unqueued_total", Help: "Start and attempt records that found the queue full; the end report repeats their facts, all but the plan.",
		}),
	}
	m.extended = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "tandem_hold_extensions_total", Help: "Requests for more talk of calls in progress: granted, refused for lack of money, failed.",
	}, []string{"outcome"})
	m.warned = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "tandem_low_money_warnings_total", Help: "Callers who were told that their money is almost spent.",
	})
	m.closed = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "tandem_calls_closed_unreported_total", Help: "Calls closed without an end report, by what they were closed by.",
	}, []string{"by"})
	m.findings = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "tandem_ledger_findings", Help: "What the last verification of the ledger found wrong; -1 when it failed, before the first, and on nodes that leave it to another.",
	})
	m.findings.Set(-1)
	m.routes = newRouteMetrics(registry, m.words)
	registry.MustRegister(
		m.extended, m.warned, m.closed, m.findings,
		m.decisions, m.attempts, m.calls, m.leftOut, m.dips, m.lost,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		gauge("tandem_spool_records", "Records on disk that the database does not have yet.", func() float64 { return float64(g.SpoolLength()) }),
		gauge("tandem_spool_refused_records", "Records put aside since the start because the database can never take them.", func() float64 { return float64(g.SpoolRefused()) }),
		gauge("tandem_snapshot_age_seconds", "Time since the routing snapshot was last known to be current.", func() float64 { return g.SnapshotAge().Seconds() }),
		gauge("tandem_calls_live", "Calls that this node let in and that are not over.", func() float64 { return float64(g.Live()) }),
		gauge("tandem_holds_kept", "Calls in progress whose money this node has set aside.", func() float64 { return float64(g.Kept()) }),
		gauge("tandem_draining", "1 while this node takes no new calls because it goes down.", func() float64 { return oneIf(g.Draining()) }),
		build(g.Version),
	)
	return m
}

// build is 1, labelled with the version that runs.
func build(version string) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tandem_build_info", Help: "1, with the version that runs.", ConstLabels: prometheus.Labels{"version": version},
	}, func() float64 { return 1 })
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func gauge(name, help string, read func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read)
}

// Decided counts a decision.
func (m *Metrics) Decided(direction billing.Direction, action callflow.Action) {
	m.decisions.WithLabelValues(m.words.word("direction", string(direction)), m.words.word("action", string(action))).Inc()
}

// Attempted counts a finished attempt.
func (m *Metrics) Attempted(a *billing.Attempt, provider string) {
	m.attempts.WithLabelValues(m.words.word("result", string(a.Result)), m.words.word("blame", string(a.Blame))).Inc()
	m.routes.attempted(a, provider)
}

// Heard counts what was heard of an answered leg.
func (m *Metrics) Heard(v *billing.Media, provider string) { m.routes.heard(v, provider) }

// Ended counts a call.
func (m *Metrics) Ended(direction billing.Direction, disposition billing.Disposition) {
	m.calls.WithLabelValues(m.words.word("direction", string(direction)), m.words.word("disposition", string(disposition))).Inc()
}

// LeftOut counts a route that was not offered.
func (m *Metrics) LeftOut(reason routing.Reason) {
	m.leftOut.WithLabelValues(m.words.word("reason", string(reason))).Inc()
}

// RecordLost counts a record that found no room in the queue.
func (m *Metrics) RecordLost() { m.lost.Inc() }

// Extended counts a request for more talk of a call in progress.
func (m *Metrics) Extended(outcome string) {
	m.extended.WithLabelValues(m.words.word("outcome", outcome)).Inc()
}

// Warned counts a caller who was told that the money is almost spent.
func (m *Metrics) Warned() { m.warned.Inc() }

// Closed counts a call that was closed without an end report.
func (m *Metrics) Closed(by billing.Source) {
	m.closed.WithLabelValues(m.words.word("by", string(by))).Inc()
}

// Verified tells what a verification of the ledger found wrong.
func (m *Metrics) Verified(findings int) { m.findings.Set(float64(findings)) }

// Dipped counts a question about a ported number, by who knew the answer.
func (m *Metrics) Dipped(source portability.Source, took time.Duration) {
	m.dips.WithLabelValues(m.words.word("source", string(source))).Observe(took.Seconds())
}
