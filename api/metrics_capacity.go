package api

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tandem/routing/capacity"
)

// mostShown bounds what is read of the capacity for a scrape. The metrics are
// sums: providers and accounts by name are the console's matter.
const mostShown = 10_000

// capacityMetrics tells what is going on by kind and state, never by name.
type capacityMetrics struct {
	pool *capacity.Pool
	now  func() time.Time

	holds, expired, inUse, ways, opens *prometheus.Desc
}

// NewCapacityMetrics makes the metrics of channels in use and resting ways.
func NewCapacityMetrics(pool *capacity.Pool, now func() time.Time) prometheus.Collector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &capacityMetrics{
		pool: pool, now: now,
		holds:   desc("tandem_capacity_calls", "Calls that hold a channel on this node."),
		expired: desc("tandem_capacity_expired_total", "Holds freed for their age: calls whose end nobody told."),
		inUse:   desc("tandem_channels_in_use", "Channels in use on this node, by what they are of.", "kind"),
		ways:    desc("tandem_ways", "Ways out in use or not well, by the state of their breaker.", "state"),
		opens:   desc("tandem_breaker_opens_total", "How often breakers have opened."),
	}
}

// Describe implements prometheus.Collector.
func (m *capacityMetrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.holds, m.expired, m.inUse, m.ways, m.opens} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (m *capacityMetrics) Collect(ch chan<- prometheus.Metric) {
	s := m.pool.State(m.now(), mostShown)
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counter := func(d *prometheus.Desc, v float64) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v)
	}
	gauge(m.holds, float64(s.Calls))
	counter(m.expired, float64(s.Expired))
	inUse := map[capacity.Kind]int{}
	for _, v := range s.Subjects {
		inUse[v.Kind] += v.InUse
	}
	for _, kind := range []capacity.Kind{capacity.Provider, capacity.Gate, capacity.Account} {
		gauge(m.inUse, float64(inUse[kind]), kind.String())
	}
	ways := map[capacity.BreakerState]int{}
	for _, v := range s.Ways {
		ways[v.State]++
	}
	for _, state := range capacity.BreakerStates() {
		gauge(m.ways, float64(ways[state]), state.String())
	}
	counter(m.opens, float64(s.Opens))
}
