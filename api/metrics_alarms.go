package api

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// AlarmMetrics tell how alarms are judged and told. What is open is told by the
// node that judges; others show none.
type AlarmMetrics struct {
	open       *prometheus.GaugeVec
	rounds     *prometheus.CounterVec
	took       prometheus.Histogram
	deliveries *prometheus.CounterVec
	waiting    prometheus.Gauge
}

// NewAlarmMetrics registers them.
func NewAlarmMetrics(registry *prometheus.Registry) *AlarmMetrics {
	m := &AlarmMetrics{
		open: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "tandem_alarms", Help: "Alarms that are open, by state and, of those that fire, severity; told by the node that judges them.",
		}, []string{"state", "severity"}),
		rounds: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tandem_alarm_rounds_total", Help: "Rounds in which this node judged all rules: ok, rule (some could not be judged), failed.",
		}, []string{"outcome"}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "tandem_alarm_round_seconds", Help: "Time that a round took.", Buckets: []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tandem_alarm_deliveries_total", Help: "Tries to tell a channel, by its kind and what came of them: sent, failed.",
		}, []string{"kind", "outcome"}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "tandem_alarm_deliveries_waiting", Help: "Messages that no receiver has taken yet; told by the node that judges alarms.",
		}),
	}
	registry.MustRegister(m.open, m.rounds, m.took, m.deliveries, m.waiting)
	m.Open(0, nil, 0)
	for _, outcome := range []string{"ok", "rule", "failed"} {
		m.rounds.WithLabelValues(outcome)
	}
	for _, kind := range []string{"webhook", "email"} {
		for _, outcome := range []string{"sent", "failed"} {
			m.deliveries.WithLabelValues(kind, outcome)
		}
	}
	return m
}

// Judged counts a round; failed is how many rules could not be judged.
func (m *AlarmMetrics) Judged(took time.Duration, err error, failed int) {
	outcome := "ok"
	switch {
	case err != nil:
		outcome = "failed"
	case failed > 0:
		outcome = "rule"
	}
	m.rounds.WithLabelValues(outcome).Inc()
	m.took.Observe(took.Seconds())
}

// Open sets how many alarms are open, those that fire by their severity, and how
// many messages wait.
func (m *AlarmMetrics) Open(pending int64, firing map[string]int64, waiting int64) {
	m.open.WithLabelValues("pending", "").Set(float64(pending))
	for _, severity := range []string{"info", "warning", "critical"} {
		m.open.WithLabelValues("firing", severity).Set(float64(firing[severity]))
	}
	m.waiting.Set(float64(waiting))
}

// Elsewhere says that another node judges.
func (m *AlarmMetrics) Elsewhere() { m.Open(0, nil, 0) }

// Delivered counts a try to tell a channel.
func (m *AlarmMetrics) Delivered(kind, outcome string) {
	if kind != "webhook" && kind != "email" {
		kind = "none"
	}
	m.deliveries.WithLabelValues(kind, outcome).Inc()
}
