package api

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tandem/routing/capacity"
)

// mostShown bounds what is read of the capacity for a scrape. The metrics are
// sums, and the busiest providers by name: gates and accounts are the console's matter.
const mostShown = 10_000

// capacityMetrics tells what is going on by kind and state, and calls by provider.
type capacityMetrics struct {
	pool     *capacity.Pool
	provider func(id int64) string
	now      func() time.Time

	holds, expired, inUse, byProvider, ways, opens *prometheus.Desc
}

// NewCapacityMetrics makes the metrics of channels in use and resting ways.
//
// Providers are told by name, "" when nobody knows it.
func NewCapacityMetrics(pool *capacity.Pool, provider func(id int64) string, now func() time.Time) prometheus.Collector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &capacityMetrics{
		pool: pool, provider: provider, now: now,
		holds:      desc("tandem_capacity_calls", "Calls that hold a channel on this node."),
		expired:    desc("tandem_capacity_expired_total", "Holds freed for their age: calls whose end nobody told."),
		inUse:      desc("tandem_channels_in_use", "Channels in use on this node, by what they are of.", "kind"),
		byProvider: desc("tandem_provider_channels_in_use", "Channels in use on this node by provider, the busiest 50; the others together as other.", "provider"),
		ways:       desc("tandem_ways", "Ways out in use or not well, by the state of their breaker.", "state"),
		opens:      desc("tandem_breaker_opens_total", "How often breakers have opened."),
	}
}

// Describe implements prometheus.Collector.
func (m *capacityMetrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.holds, m.expired, m.inUse, m.byProvider, m.ways, m.opens} {
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
	providers := map[string]int{}
	for _, v := range s.Subjects { // the busiest first
		inUse[v.Kind] += v.InUse
		if v.Kind == capacity.Provider && v.InUse > 0 {
			providers[m.label(providers, v.ID)] += v.InUse
		}
	}
	for name, n := range providers {
		gauge(m.byProvider, float64(n), name)
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

// label is a provider's name as long as there is room for names, else what all
// others share.
func (m *capacityMetrics) label(shown map[string]int, id int64) string {
	name := m.provider(id)
	if _, ok := shown[name]; ok || len(shown) < mostProviders {
		return name
	}
	return otherWord
}
