package check

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
)

const (
	rulesFile     = "../prometheus/tandem.rules.yml"
	dashboardFile = "../grafana/tandem.json"
	metricsFile   = "../metrics.txt"
)

// catalogue is the labels of each metric by name.
type catalogue map[string][]string

func metrics(t *testing.T) catalogue {
	t.Helper()
	text, err := os.ReadFile(metricsFile)
	if err != nil {
		t.Fatal(err)
	}
	c := catalogue{"up": nil, "go_goroutines": nil}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		c[fields[0]] = fields[1:]
	}
	if len(c) < 30 {
		t.Fatalf("only %d metrics", len(c))
	}
	return c
}

// labels of a series, with those that Prometheus adds; ok is false for a name that
// Tandem does not tell.
func (c catalogue) labels(name string) (labels []string, ok bool) {
	labels, ok = c[name]
	if !ok {
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			if base, cut := strings.CutSuffix(name, suffix); cut && c.has(base) {
				labels, ok = append(labels, c[base]...), true
				if suffix == "_bucket" {
					labels = append(labels, "le")
				}
			}
		}
	}
	return append(slices.Clone(labels), "instance", "job"), ok
}

func (c catalogue) has(name string) bool {
	_, ok := c[name]
	return ok
}

// wrong says what is wrong with an expression.
func (c catalogue) wrong(expr string) (faults []string) {
	p, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		return []string{err.Error()}
	}
	parser.Inspect(p, func(n parser.Node, path []parser.Node) error {
		v, ok := n.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		known, ok := c.labels(v.Name)
		if !ok {
			faults = append(faults, "no metric "+v.Name)
			return nil
		}
		for _, m := range v.LabelMatchers {
			if m.Name != model.MetricNameLabel && !slices.Contains(known, m.Name) {
				faults = append(faults, fmt.Sprintf("%s has no label %s", v.Name, m.Name))
			}
		}
		faults = append(faults, kept(v.Name, known, path)...)
		return nil
	})
	return faults
}

// kept says which labels the expressions around a selector count on in vain.
func kept(name string, known []string, path []parser.Node) (faults []string) {
	for _, around := range slices.Backward(path) {
		a, ok := around.(*parser.AggregateExpr)
		if !ok {
			continue
		}
		for _, l := range a.Grouping {
			if !slices.Contains(known, l) {
				faults = append(faults, fmt.Sprintf("%s has no label %s to group by", name, l))
			}
		}
		if !a.Without {
			known = a.Grouping // what is around it has no other labels
		}
	}
	return faults
}

func TestRules(t *testing.T) {
	c := metrics(t)
	groups := readRules(t)
	names := map[string]bool{}
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			name := r.Alert + r.Record
			if names[name] {
				t.Errorf("%s twice", name)
			}
			names[name] = true
			for _, fault := range c.wrong(r.Expr) {
				t.Errorf("%s: %s\n%s", name, fault, r.Expr)
			}
			if r.Record != "" {
				c[r.Record] = resultLabels(t, r.Expr)
				continue
			}
			if s := r.Labels["severity"]; s != "warning" && s != "critical" {
				t.Errorf("%s: severity %q", name, s)
			}
			if r.Annotations["summary"] == "" {
				t.Errorf("%s: no summary", name)
			}
			checkTemplates(t, name, r.Annotations, resultLabels(t, r.Expr))
		}
	}
}

// resultLabels are the labels that an aggregation leaves; nil: they are not known.
func resultLabels(t *testing.T, expr string) (labels []string) {
	t.Helper()
	p, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		return nil
	}
	found := false
	parser.Inspect(p, func(n parser.Node, _ []parser.Node) error {
		if a, ok := n.(*parser.AggregateExpr); ok && !found {
			found, labels = true, a.Grouping
		}
		return nil
	})
	return labels
}

// checkTemplates: a summary names no label that its alert does not have.
func checkTemplates(t *testing.T, name string, texts map[string]string, labels []string) {
	t.Helper()
	if labels == nil {
		return
	}
	for _, text := range texts {
		for _, m := range regexp.MustCompile(`\$labels\.([a-z_]+)`).FindAllStringSubmatch(text, -1) {
			if !slices.Contains(labels, m[1]) {
				t.Errorf("%s: the alert has no label %s", name, m[1])
			}
		}
	}
}

// The check itself sees what is wrong.
func TestCheckSees(t *testing.T) {
	c := catalogue{"a_total": {"provider"}, "b_seconds": {"script"}}
	for expr, want := range map[string]string{
		`rate(c_total[5m])`:                                          "no metric c_total",
		`rate(a_total{tier="cli"}[5m])`:                              "no label tier",
		`sum by (tier) (rate(a_total[5m]))`:                          "no label tier",
		`sum by (provider) (sum by (instance) (rate(a_total[5m])))`:  "no label provider",
		`histogram_quantile(0.9, sum by (le) (rate(b_seconds[5m])))`: "no label le",
		`rate(a_total[5m]`:                                           "unclosed",
		`a_total offset`:                                             "unexpected",
	} {
		if faults := strings.Join(c.wrong(expr), "; "); !strings.Contains(faults, want) {
			t.Errorf("%s: %q, want %q", expr, faults, want)
		}
	}
	for _, expr := range []string{
		`sum by (provider) (rate(a_total{job="x"}[5m])) / ignoring (job) a_total`, `histogram_quantile(0.9, sum by (le) (rate(b_seconds_bucket{script="route"}[5m])))`,
	} {
		if faults := c.wrong(expr); len(faults) > 0 {
			t.Errorf("%s: %v", expr, faults)
		}
	}
}
