package api

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tandem/db"
)

// QualityMetrics tells how the counting of route quality goes. Only one node
// counts; the others say -1.
type QualityMetrics struct {
	buckets, attempts, failures prometheus.Counter

	upToDate atomic.Int64 // unix ns of the last round that counted all that was due, or of the first; 0: not ours
}

// NewQualityMetrics registers them.
func NewQualityMetrics(registry *prometheus.Registry) *QualityMetrics {
	m := &QualityMetrics{
		buckets: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "tandem_quality_buckets_total", Help: "Buckets of 5 minutes, hours and days whose quality this node has counted.",
		}),
		attempts: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "tandem_quality_attempts_total", Help: "Attempts that this node has counted in them, again when one of a bucket changed.",
		}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "tandem_quality_errors_total", Help: "Rounds that could not count all that was due.",
		}),
	}
	registry.MustRegister(m.buckets, m.attempts, m.failures, gauge("tandem_quality_lag_seconds",
		"Time since all that was due was counted; -1 on nodes that leave it to another.", m.lag))
	return m
}

// Rolled tells what a round has done, and its error; at is when it ended.
func (m *QualityMetrics) Rolled(done db.QualityRolled, err error, at time.Time) {
	m.buckets.Add(float64(done.Buckets + done.Hours + done.Days))
	m.attempts.Add(float64(done.Attempts))
	switch {
	case errors.Is(err, db.ErrBusy):
		m.StandBy()
	case err != nil:
		m.failures.Inc()
		m.upToDate.CompareAndSwap(0, at.UnixNano())
	default:
		m.upToDate.Store(at.UnixNano())
	}
}

// StandBy says that another node counts.
func (m *QualityMetrics) StandBy() { m.upToDate.Store(0) }

func (m *QualityMetrics) lag() float64 {
	at := m.upToDate.Load()
	if at == 0 {
		return -1
	}
	return max(0, time.Since(time.Unix(0, at)).Seconds())
}

// NewEvidenceMetrics tells how full the memory is that routing learns from: known
// gives the cells in use and how many there may be.
func NewEvidenceMetrics(known func() (cells, most int)) []prometheus.Collector {
	return []prometheus.Collector{
		gauge("tandem_evidence_cells", "Routes, providers and destinations that this node remembers the quality of.", func() float64 {
			cells, _ := known()
			return float64(cells)
		}),
		gauge("tandem_evidence_cells_max", "How many it may remember; then the oldest are forgotten.", func() float64 {
			_, most := known()
			return float64(most)
		}),
	}
}
