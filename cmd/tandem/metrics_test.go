package main

import (
	"context"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tandem/db"
)

var updateMetrics = flag.Bool("update-metrics", false, "write monitoring/metrics.txt")

const metricsFile = "../../monitoring/metrics.txt"

// monitoring/metrics.txt is every metric that a node can tell, with its labels.
// The dashboard and the alert rules are checked against it, so it must be true.
func TestMetricsAreListed(t *testing.T) {
	t.Parallel()
	path := office(t)
	c, err := loadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	var n *node
	withDatabase(t, path, func(_ context.Context, database *db.DB) error {
		n = unopened(t, c, database)
		return nil
	})
	list := strings.Join(described(t, n.registry), "\n") + "\n"
	if *updateMetrics {
		if err := os.WriteFile(metricsFile, []byte(list), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(metricsFile)
	if err != nil {
		t.Fatal(err)
	}
	if list != string(want) {
		t.Errorf("the metrics have changed; look at monitoring/ and docs/monitoring.md, then go test ./cmd/tandem -run TestMetricsAreListed -update-metrics\n%s", list)
	}
}

// unopened is a node with all its metrics that serves nobody.
func unopened(t *testing.T, c config, database *db.DB) *node {
	t.Helper()
	n := &node{config: c, log: zerolog.Nop(), db: database, snapshots: newSnapshots(c, database, zerolog.Nop()), registry: prometheus.NewRegistry()}
	var err error
	if n.capacity, err = newCapacity(c); err != nil {
		t.Fatal(err)
	}
	n.plot()
	if err := n.learn(); err != nil {
		t.Fatal(err)
	}
	if err := n.openAlarms(); err != nil {
		t.Fatal(err)
	}
	if _, err := n.agiServer(); err != nil {
		t.Fatal(err)
	}
	return n
}

// described are the metrics of a registry: name and labels, in order. Those of the
// Go runtime are left out: there are many, and they are not ours.
func described(t *testing.T, r *prometheus.Registry) []string {
	t.Helper()
	descs := make(chan *prometheus.Desc)
	go func() {
		r.Describe(descs)
		close(descs)
	}()
	shape := regexp.MustCompile(`^Desc\{fqName: "([a-z0-9_]+)", .* constLabels: \{(.*)\}, variableLabels: \{(.*)\}\}$`)
	constant := regexp.MustCompile(`([a-z_]+)="`)
	var list []string
	for d := range descs {
		m := shape.FindStringSubmatch(d.String())
		if m == nil {
			t.Fatalf("unknown form: %s", d)
		}
		if strings.HasPrefix(m[1], "go_") {
			continue
		}
		var labels []string
		for _, c := range constant.FindAllStringSubmatch(m[2], -1) {
			labels = append(labels, c[1])
		}
		if m[3] != "" {
			labels = append(labels, strings.Split(m[3], ",")...)
		}
		slices.Sort(labels)
		list = append(list, strings.TrimRight(m[1]+" "+strings.Join(labels, " "), " "))
	}
	slices.Sort(list)
	return slices.Compact(list)
}
