//go:build e2e

package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tandem/play"
)

// told is what a node prints at /metrics: by metric, the labels of each series.
func told(t *testing.T, n *play.Node) map[string][]map[string]string {
	t.Helper()
	request, err := http.NewRequestWithContext(soon(t), http.MethodGet, "http://"+n.HTTP.String()+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatal(response.Status, err)
	}
	sample := regexp.MustCompile(`^([a-z0-9_]+)(?:\{(.*)\})? [-+0-9.eInfNa]+$`)
	label := regexp.MustCompile(`([a-z_]+)="((?:[^"\\]|\\.)*)",?`)
	metrics := map[string][]map[string]string{}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		m := sample.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if m == nil || label.ReplaceAllString(m[2], "") != "" {
			t.Fatalf("no sample: %q", line)
		}
		labels := map[string]string{}
		for _, l := range label.FindAllStringSubmatch(m[2], -1) {
			labels[l[1]] = l[2]
		}
		metrics[m[1]] = append(metrics[m[1]], labels)
	}
	return metrics
}

// listed are the metrics of monitoring/metrics.txt with their labels.
func listed(t *testing.T) map[string][]string {
	t.Helper()
	root, err := play.Root()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "monitoring", "metrics.txt"))
	if err != nil {
		t.Fatal(err)
	}
	list := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		list[fields[0]] = fields[1:]
	}
	return list
}

// What a node prints after calls is what the dashboard and the alert rules were
// checked against, name by name and label by label.
func TestMetricsAreThoseListed(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.number("5503") // refused by the first carrier
	talked(t, x.dial(t, moscow, national(b)))
	x.record(t, national(b))

	list := listed(t)
	for name, series := range told(t, x.Nodes[0]) {
		// Of the Go runtime and of the library that prints them.
		if strings.HasPrefix(name, "go_") || strings.HasPrefix(name, "promhttp_") {
			continue
		}
		want, known := list[name]
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			if base, cut := strings.CutSuffix(name, suffix); cut && !known {
				want, known = list[base]
				if suffix == "_bucket" {
					want = append([]string{"le"}, want...)
				}
			}
		}
		if !known {
			t.Errorf("%s is not in monitoring/metrics.txt", name)
			continue
		}
		for _, labels := range series {
			var have []string
			for l := range labels {
				have = append(have, l)
			}
			slices.Sort(have)
			slices.Sort(want)
			if !slices.Equal(have, want) {
				t.Errorf("%s has labels %q, monitoring/metrics.txt says %q", name, have, want)
			}
		}
	}
	eventually(t, patience, func() error { return picked(told(t, x.Nodes[0])) })
}

// picked says whether what alert rules pick of metrics is there.
func picked(got map[string][]map[string]string) error {
	for _, want := range []struct{ metric, label, value string }{
		{"tandem_agi_exchange_seconds_bucket", "script", "route"},
		{"tandem_agi_exchanges_total", "result", "ok"},
		{"tandem_database_wait_seconds_total", "pool", "calls"},
		{"tandem_ways", "state", "open"},
		{"tandem_calls_total", "disposition", "answered"},
		{"tandem_route_failures_total", "blame", "route"},
		{"tandem_route_seizures_total", "provider", "VoiceBuy"},
		{"tandem_route_answers_total", "provider", "WestCall"},
		{"tandem_alarm_rounds_total", "outcome", "rule"},
		{"process_open_fds", "", ""},
		{"tandem_quality_lag_seconds", "", ""},
	} {
		if !slices.ContainsFunc(got[want.metric], func(l map[string]string) bool { return l[want.label] == want.value }) {
			return fmt.Errorf("no %s of %s %q: %v", want.metric, want.label, want.value, got[want.metric])
		}
	}
	return nil
}
