package api

import (
	"github.com/prometheus/client_golang/prometheus"

	"tandem/db"
)

// databaseMetrics tells how busy the connections to MariaDB are.
type databaseMetrics struct {
	pools func() []db.PoolState

	most, open, inUse, waits, waited *prometheus.Desc
}

// NewDatabaseMetrics makes the metrics of the pools of connections.
func NewDatabaseMetrics(pools func() []db.PoolState) prometheus.Collector {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, []string{"pool"}, nil)
	}
	return &databaseMetrics{
		pools:  pools,
		most:   desc("tandem_database_connections_max", "Connections to MariaDB that a pool may open."),
		open:   desc("tandem_database_connections", "Connections to MariaDB, by pool."),
		inUse:  desc("tandem_database_connections_busy", "Connections to MariaDB that are doing something, by pool."),
		waits:  desc("tandem_database_waits_total", "How often somebody had to wait for a connection, by pool."),
		waited: desc("tandem_database_wait_seconds_total", "Time that was spent waiting for connections, by pool."),
	}
}

// Describe implements prometheus.Collector.
func (m *databaseMetrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.most, m.open, m.inUse, m.waits, m.waited} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (m *databaseMetrics) Collect(ch chan<- prometheus.Metric) {
	for _, p := range m.pools() {
		tell := func(d *prometheus.Desc, t prometheus.ValueType, v float64) {
			ch <- prometheus.MustNewConstMetric(d, t, v, p.Name)
		}
		tell(m.most, prometheus.GaugeValue, float64(p.Most))
		tell(m.open, prometheus.GaugeValue, float64(p.Open))
		tell(m.inUse, prometheus.GaugeValue, float64(p.InUse))
		tell(m.waits, prometheus.CounterValue, float64(p.Waits))
		tell(m.waited, prometheus.CounterValue, p.Waited.Seconds())
	}
}
