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
	"tandem/callflow"
	"tandem/internal/q850"
	"tandem/portability"
	"tandem/routing"
)

// Most series of any metric: results by blames, each of 32 and another; or
// providers by blames.
const mostSeries = 51 * 33

// hostile is a text as strangers make them, each another one.
func hostile(i int) string {
	return fmt.Sprintf("%d\"} 1\ntandem_evil 1 \xff\x00%s", i, strings.Repeat("A", i%50))
}

// checkSeriesBounded looks at everything that a registry tells.
func checkSeriesBounded(t *testing.T, registry *prometheus.Registry) {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		values := map[string]map[string]bool{}
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if values[l.GetName()] == nil {
					values[l.GetName()] = map[string]bool{}
				}
				values[l.GetName()][l.GetValue()] = true
			}
		}
		for label, list := range values {
			most, special := map[string]int{"provider": 51, "tier": 5}[label]
			if !special {
				most = 33
			}
			if len(list) > most {
				t.Errorf("%s: %d values of %s, want at most %d", f.GetName(), len(list), label, most)
			}
		}
		if n := len(f.GetMetric()); n > mostSeries {
			t.Errorf("%s: %d series", f.GetName(), n)
		}
	}
}

// Whatever a label is given, it has so many values and no more, and what is counted
// is not lost.
func TestLabelsAreBounded(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	m := api.NewMetrics(registry, quiet())
	const many = 10_000
	for i := range many {
		text := hostile(i)
		m.Attempted(&billing.Attempt{
			Tier: text, Result: billing.Disposition(text), Blame: q850.Blame(text), DialStatus: text, Key: text, CallID: text, PDD: time.Second,
		}, text)
		m.Heard(&billing.Media{Received: 400, Lost: 4, MOS: 430}, text)
		m.Decided(billing.Direction(text), callflow.Action(text))
		m.Ended(billing.Direction(text), billing.Disposition(text))
		m.LeftOut(routing.Reason(text))
		m.Extended(text)
		m.Closed(billing.Source(text))
		m.Dipped(portability.Source(text), time.Second)
	}
	checkSeriesBounded(t, registry)
	for _, name := range []string{"tandem_attempts_total", "tandem_route_bids_total", "tandem_calls_total", "tandem_routes_left_out_total"} {
		sum := 0.0
		for _, v := range samples(t, registry, name) {
			sum += v.value
		}
		if sum != many {
			t.Errorf("%s: %v counted, want %d", name, sum, many)
		}
	}
}

// The same through the door by which the text comes.
func TestHostileReportsMakeNoSeries(t *testing.T) {
	h := newHouse(t)
	h.ask(http.MethodPost, "/asterisk/end", line, peer)
	count := func() int {
		_, text := h.ask(http.MethodGet, "/metrics", "", stranger)
		n := 0
		for l := range strings.Lines(text) {
			if strings.HasPrefix(l, "tandem_") {
				n++
			}
			if strings.Contains(l, "evil") {
				t.Fatalf("a stranger's text is a metric: %s", l)
			}
		}
		return n
	}
	first := count()
	fields := []string{
		"endpoint=anna", "source=192.0.2.9%3A5060", "dialled=74951112233", "cli=", "origin=", "by=called", "action=dial", "status=ANSWER", "direction=out",
		"1.c.a1", "%3AANSWER%3A", "%3A200%3A",
	}
	for i := range 2000 {
		old := fields[i%len(fields)]
		name, _, _ := strings.Cut(old, "=")
		with := name + fmt.Sprintf("=evil%d%%22%%7D%%0A%%FF", i)
		if !strings.Contains(old, "=") {
			with = fmt.Sprintf("%%3Aevil%d%%3A", i)
		}
		h.ask(http.MethodPost, "/asterisk/end", strings.Replace(line, old, with, 1), peer)
	}
	// Other dispositions and results there may be, but not one a report.
	if n := count(); n > first+10 {
		t.Errorf("%d series, %d before", n, first)
	}
}
