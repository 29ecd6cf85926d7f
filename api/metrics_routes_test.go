package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tandem/api"
	"tandem/billing"
	"tandem/db"
)

func quiet() api.Gauges {
	return api.Gauges{
		SpoolLength: func() int64 { return 0 }, SpoolRefused: func() int64 { return 0 }, SnapshotAge: func() time.Duration { return 0 },
		Live: func() int { return 0 }, Kept: func() int { return 0 }, Draining: func() bool { return false },
	}
}

// series is one of a metric: its value, of a histogram how many there are.
type series struct {
	provider string
	value    float64
}

// samples are the series of one metric.
func samples(t *testing.T, registry *prometheus.Registry, name string) (list []series) {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			v := series{value: m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())}
			for _, l := range m.GetLabel() {
				if l.GetName() == "provider" {
					v.provider = l.GetValue()
				}
			}
			list = append(list, v)
		}
	}
	return list
}

// However many providers there are, so many have series of their own, and nothing
// is lost.
func TestProvidersAreBounded(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	m := api.NewMetrics(registry, quiet())
	for i := range 200 {
		for range 3 {
			m.Attempted(&billing.Attempt{ProviderID: int64(i + 1), Tier: "cli", Result: billing.Answered, Talk: time.Minute, PDD: time.Second}, fmt.Sprint("provider ", i))
			m.Heard(&billing.Media{Received: 400, Lost: 4, MOS: 430}, fmt.Sprint("provider ", i))
		}
	}
	m.Attempted(&billing.Attempt{Result: billing.Answered}, "") // to a telephone
	for _, name := range []string{"tandem_route_bids_total", "tandem_media_packets_lost_total", "tandem_route_pdd_seconds"} {
		list := samples(t, registry, name)
		if len(list) != 51 {
			t.Errorf("%s: %d series, want 51", name, len(list))
		}
		sum, other := 0.0, 0.0
		for _, v := range list {
			sum += v.value
			if v.provider == "other" {
				other = v.value
			}
		}
		each := map[string]float64{"tandem_media_packets_lost_total": 4}[name]
		if each = max(each, 1); sum != 600*each || other != 450*each {
			t.Errorf("%s: %v in all, %v of others", name, sum, other)
		}
	}
}

// An end report counts its attempt for the route, what was heard included.
func TestRouteMetrics(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	m := api.NewMetrics(registry, quiet())
	m.Attempted(&billing.Attempt{Tier: "cli", Result: billing.Answered, Rang: true, PDD: 2 * time.Second, Talk: 3 * time.Second}, "WestCall")
	m.Attempted(&billing.Attempt{Tier: "cli", Result: billing.Busy, Blame: "called"}, "WestCall")
	m.Attempted(&billing.Attempt{Tier: "cli", Result: billing.Failed, Blame: "route", SIPStatus: 503}, "WestCall")
	m.Heard(&billing.Media{Sent: 500}, "WestCall")
	for name, want := range map[string]float64{
		"tandem_route_bids_total": 3, "tandem_route_seizures_total": 2, "tandem_route_effective_total": 2, "tandem_route_answers_total": 1,
		"tandem_route_short_answers_total": 1, "tandem_route_talk_seconds_total": 3, "tandem_media_silent_legs_total": 1, "tandem_media_packets_expected_total": 0,
	} {
		if list := samples(t, registry, name); len(list) != 1 || list[0].value != want {
			t.Errorf("%s: %v, want %v", name, list, want)
		}
	}
	if n := len(samples(t, registry, "tandem_route_failures_total")); n != 2 {
		t.Errorf("%d kinds of failure, want two", n)
	}
}

// Who counts quality tells how far behind it is; the others say that they do not.
func TestQualityMetrics(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	m := api.NewQualityMetrics(registry)
	lag := func() float64 { return samples(t, registry, "tandem_quality_lag_seconds")[0].value }
	if lag() != -1 {
		t.Errorf("before anything: %v", lag())
	}
	old := time.Now().Add(-time.Hour)
	m.Rolled(db.QualityRolled{Buckets: 2, Hours: 1, Attempts: 7}, nil, old)
	if v := lag(); v < 3600 || v > 3660 {
		t.Errorf("an hour later: %v", v)
	}
	m.Rolled(db.QualityRolled{}, http.ErrHandlerTimeout, time.Now())
	if v := lag(); v < 3600 {
		t.Errorf("a round that failed is no progress: %v", v)
	}
	m.Rolled(db.QualityRolled{}, fmt.Errorf("roll: %w", db.ErrBusy), time.Now())
	if lag() != -1 {
		t.Errorf("another node counts: %v", lag())
	}
	for name, want := range map[string]float64{"tandem_quality_buckets_total": 3, "tandem_quality_attempts_total": 7, "tandem_quality_errors_total": 1} {
		if v := samples(t, registry, name)[0].value; v != want {
			t.Errorf("%s %v, want %v", name, v, want)
		}
	}
}

// Providers with calls are told by name, and pools of connections by theirs.
func TestScrape(t *testing.T) {
	h := newHouse(t)
	_, text := h.ask(http.MethodGet, "/metrics", "", stranger)
	for _, want := range []string{"tandem_holds_kept 3", "tandem_draining 1", `tandem_build_info{version="v1"} 1`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(api.NewDatabaseMetrics(func() []db.PoolState {
		return []db.PoolState{{Name: "calls", Most: 50, Open: 9, InUse: 4, Waits: 2, Waited: 3 * time.Second}}
	}))
	for name, want := range map[string]float64{
		"tandem_database_connections_max": 50, "tandem_database_connections": 9, "tandem_database_connections_busy": 4,
		"tandem_database_waits_total": 2, "tandem_database_wait_seconds_total": 3,
	} {
		if v := samples(t, registry, name)[0].value; v != want {
			t.Errorf("%s: %v, want %v", name, v, want)
		}
	}
}
