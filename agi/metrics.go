package agi

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// What became of an exchange, as the label "result".
const (
	resultOK         = "ok"
	resultUnfinished = "unfinished" // the handler returned without Finish
	resultHangup     = "hangup"
	resultTimeout    = "timeout"
	resultPeer       = "peer" // closed by the other side; port checks too
	resultProtocol   = "protocol"
	resultRefused    = "refused"
	resultCut        = "cut" // by the end of the server
	resultPanic      = "panic"
	resultDraining   = "draining" // a new call while the node goes down
	resultError      = "error"    // any other error of the handler
)

// Why a connection was closed unheard, as the label "reason".
const (
	rejectPeer  = "peer"
	rejectLimit = "limit"
	rejectDrain = "drain"
)

// otherScript is the label of every script that was not named beforehand, and
// of exchanges that ended before they named one.
const otherScript = "other"

// Metrics counts what goes through the door.
type Metrics struct {
	exchanges    *prometheus.CounterVec
	seconds      *prometheus.HistogramVec
	rejected     *prometheus.CounterVec
	sessions     prometheus.Gauge
	acceptErrors prometheus.Counter
	scripts      map[string]bool
}

// NewMetrics registers the collectors. The scripts are the label values that
// may appear; any other script counts as "other", as the peer chooses it.
func NewMetrics(reg prometheus.Registerer, scripts ...string) (*Metrics, error) {
	m := &Metrics{
		exchanges: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tandem_agi_exchanges_total",
			Help: "FastAGI exchanges that ended, by script and result.",
		}, []string{"script", "result"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "tandem_agi_exchange_seconds",
			Help:    "Time from the accepted connection to its end.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"script"}),
		rejected: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tandem_agi_rejected_total",
			Help: "FastAGI connections closed unheard, by reason.",
		}, []string{"reason"}),
		sessions: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "tandem_agi_sessions",
			Help: "FastAGI sessions in progress.",
		}),
		acceptErrors: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "tandem_agi_accept_errors_total",
			Help: "Failures to accept a FastAGI connection.",
		}),
		scripts: make(map[string]bool, len(scripts)),
	}
	for _, script := range scripts {
		m.scripts[script] = true
	}
	for _, reason := range []string{rejectPeer, rejectLimit, rejectDrain} {
		m.rejected.WithLabelValues(reason)
	}
	for _, c := range []prometheus.Collector{m.exchanges, m.seconds, m.rejected, m.sessions, m.acceptErrors} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("agi: register metrics: %w", err)
		}
	}
	return m, nil
}

func (m *Metrics) ended(script, result string, took time.Duration) {
	if !m.scripts[script] {
		script = otherScript
	}
	m.exchanges.WithLabelValues(script, result).Inc()
	m.seconds.WithLabelValues(script).Observe(took.Seconds())
}

// resultOf puts an exchange's end under one of the few labels.
func resultOf(err error, finished bool) string {
	_, crashed := errors.AsType[*panicError](err)
	switch {
	case err == nil && finished:
		return resultOK
	case err == nil:
		return resultUnfinished
	case crashed:
		return resultPanic
	case errors.Is(err, ErrServerClosed):
		return resultCut
	case errors.Is(err, ErrDraining):
		return resultDraining
	case errors.Is(err, ErrHangup):
		return resultHangup
	case errors.Is(err, ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return resultTimeout
	case errors.Is(err, ErrPeer):
		return resultPeer
	case errors.Is(err, ErrProtocol):
		return resultProtocol
	case errors.Is(err, ErrRefused):
		return resultRefused
	default:
		return resultError
	}
}
