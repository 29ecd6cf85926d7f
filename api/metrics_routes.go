package api

import (
	"github.com/prometheus/client_golang/prometheus"

	"tandem/billing"
	"tandem/quality"
)

// routeMetrics counts attempts by the provider that was asked, and the quality of
// what was bought. What counts as what is package quality's to say.
type routeMetrics struct {
	bids, seizures, effective, answers, short, talk *prometheus.CounterVec
	failures                                        *prometheus.CounterVec
	pdd, mos                                        *prometheus.HistogramVec
	expected, lost, silent                          *prometheus.CounterVec

	words *words
}

func newRouteMetrics(registry *prometheus.Registry, w *words) *routeMetrics {
	m := &routeMetrics{words: w}
	vec := func(field **prometheus.CounterVec, name, help string, labels ...string) {
		*field = prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
		registry.MustRegister(*field)
	}
	route := []string{"provider", "tier"}
	vec(&m.bids, "tandem_route_bids_total", "Calls offered to a provider and over.", route...)
	vec(&m.seizures, "tandem_route_seizures_total", "Bids that the provider took up, beyond 100 Trying.", route...)
	vec(&m.effective, "tandem_route_effective_total", "Seizures that reached the called party: answered, busy, no answer, declined.", route...)
	vec(&m.answers, "tandem_route_answers_total", "Answered bids.", route...)
	vec(&m.short, "tandem_route_short_answers_total", "Answers with less than 6 s of talk.", route...)
	vec(&m.talk, "tandem_route_talk_seconds_total", "Talk of answered bids.", route...)
	vec(&m.failures, "tandem_route_failures_total", "Bids that were not answered, by whose doing it was.", "provider", "blame")
	vec(&m.expected, "tandem_media_packets_expected_total", "RTP packets that answered legs should have brought.", "provider")
	vec(&m.lost, "tandem_media_packets_lost_total", "RTP packets of those expected that did not come.", "provider")
	vec(&m.silent, "tandem_media_silent_legs_total", "Answered legs on which we sent and nothing came back.", "provider")
	m.pdd = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "tandem_route_pdd_seconds", Help: "Post-dial delay: from the bid to the first sign of life beyond 100 Trying.",
		Buckets: []float64{.1, .25, .5, 1, 1.5, 2, 3, 4, 6, 8, 12, 20},
	}, []string{"provider"})
	m.mos = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "tandem_media_mos", Help: "Estimated mean opinion score of answered legs, 1 to 4.5 (ITU-T G.107, simplified).",
		Buckets: []float64{2, 2.5, 3, 3.3, 3.6, 3.8, 4, 4.2, 4.4},
	}, []string{"provider"})
	registry.MustRegister(m.pdd, m.mos)
	return m
}

// label is a provider's name, or what those beyond the bound share.
func (m *routeMetrics) label(provider string) string {
	return m.words.of("provider", provider, mostProviders)
}

// attempted counts an attempt; one without a provider is none of a route.
func (m *routeMetrics) attempted(r *billing.Attempt, provider string) {
	if provider == "" {
		return
	}
	provider = m.label(provider)
	tier := m.words.of("tier", r.Tier, mostTiers)
	var sum quality.Measures
	a := quality.AttemptOf(r)
	sum.Add(&a, quality.ShortTalk)
	for _, v := range []struct {
		vec *prometheus.CounterVec
		n   int64
	}{
		{m.bids, sum.Bids}, {m.seizures, sum.Seizures}, {m.effective, sum.Effective}, {m.answers, sum.Answers}, {m.short, sum.Short},
	} {
		v.vec.WithLabelValues(provider, tier).Add(float64(v.n))
	}
	m.talk.WithLabelValues(provider, tier).Add(sum.Talk.Seconds())
	if !a.Answered {
		m.failures.WithLabelValues(provider, m.words.word("blame", string(r.Blame))).Inc()
	}
	if a.PDD > 0 {
		m.pdd.WithLabelValues(provider).Observe(a.PDD.Seconds())
	}
}

func (m *routeMetrics) heard(v *billing.Media, provider string) {
	if provider == "" {
		return
	}
	provider = m.label(provider)
	var sum quality.Media
	sum.Add(v)
	m.expected.WithLabelValues(provider).Add(float64(sum.Expected))
	m.lost.WithLabelValues(provider).Add(float64(sum.Lost))
	m.silent.WithLabelValues(provider).Add(float64(sum.Silent))
	if v.MOS > 0 {
		m.mos.WithLabelValues(provider).Observe(float64(v.MOS) / 100)
	}
}
