package check

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"
)

const testFiles = "../prometheus/tests/*.test.yml"

// testFile is a file of tests as promtool reads it: promtool test rules FILE does
// with it what is done here, and looks only at the alerts that are named.
type testFile struct {
	RuleFiles []string       `yaml:"rule_files"`
	Every     model.Duration `yaml:"evaluation_interval"`
	Order     []string       `yaml:"group_eval_order"` // promtool's; here it is that of the rules
	Tests     []testCase     `yaml:"tests"`
}

// testCase is a story: what was scraped, and who speaks when.
type testCase struct {
	Name     string         `yaml:"name"`
	Interval model.Duration `yaml:"interval"`
	Series   []struct {
		Series string `yaml:"series"`
		Values string `yaml:"values"`
	} `yaml:"input_series"`
	Alerts []struct {
		At   model.Duration `yaml:"eval_time"`
		Name string         `yaml:"alertname"`
		Want []wantAlert    `yaml:"exp_alerts"`
	} `yaml:"alert_rule_test"`
}

type wantAlert struct {
	Labels map[string]string `yaml:"exp_labels"`
	Texts  map[string]string `yaml:"exp_annotations"`
}

func readRules(t *testing.T) *rulefmt.RuleGroups {
	t.Helper()
	text, err := os.ReadFile(rulesFile)
	if err != nil {
		t.Fatal(err)
	}
	groups, faults := rulefmt.Parse(text, false, model.UTF8Validation, parser.NewParser(parser.Options{}), promslog.NewNopLogger())
	for _, fault := range faults {
		t.Error(fault)
	}
	if groups == nil || len(groups.Groups) == 0 {
		t.Fatal("no rules")
	}
	return groups
}

func readTests(t *testing.T, name string) (f testFile) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(f.Tests) == 0 || f.Every == 0 || !slices.Equal(f.RuleFiles, []string{"../tandem.rules.yml"}) {
		t.Fatalf("%s: want tests, evaluation_interval and the rules", name)
	}
	return f
}

// Each alert speaks when it is bad, says what it is to say, and is quiet while all
// is well.
func TestAlerts(t *testing.T) {
	groups := readRules(t)
	files, err := filepath.Glob(testFiles)
	if err != nil || len(files) == 0 {
		t.Fatal("no tests", err)
	}
	spoke, quiet := map[string]bool{}, map[string]bool{}
	for _, name := range files {
		f := readTests(t, name)
		for _, c := range f.Tests {
			t.Run(strings.TrimSuffix(filepath.Base(name), ".test.yml")+"/"+c.Name, func(t *testing.T) {
				c.run(t, groups, time.Duration(f.Every))
			})
			for _, a := range c.Alerts {
				spoke[a.Name] = spoke[a.Name] || len(a.Want) > 0
				quiet[a.Name] = quiet[a.Name] || len(a.Want) == 0
			}
		}
	}
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			if r.Alert != "" && (!spoke[r.Alert] || !quiet[r.Alert]) {
				t.Errorf("%s: tests want both, that it speaks (%v) and that it is quiet (%v)", r.Alert, spoke[r.Alert], quiet[r.Alert])
			}
		}
	}
}

// run tells the story round by round. At the times that are looked at, no alert
// speaks but those that are wanted.
func (c testCase) run(t *testing.T, groups *rulefmt.RuleGroups, every time.Duration) {
	t.Helper()
	h := newHistory()
	known := metrics(t)
	for _, s := range c.Series {
		checkSeries(t, known, s.Series)
		h.scraped(t, s.Series, s.Values, time.Duration(c.Interval))
	}
	want, ends := map[time.Duration]map[string]bool{}, time.Duration(0)
	for _, a := range c.Alerts {
		at := time.Duration(a.At)
		ends = max(ends, at)
		if want[at] == nil {
			want[at] = map[string]bool{}
		}
		for _, w := range a.Want {
			want[at][describe(a.Name, w.Labels, w.Texts)] = true
		}
		if at%every != 0 || !hasAlert(groups, a.Name) {
			t.Fatalf("%s at %s: no such alert, or no round at that time", a.Name, at)
		}
	}
	p := newProm(h)
	for at := time.Duration(0); at <= ends; at += every {
		if err := p.round(t.Context(), groups, start().Add(at)); err != nil {
			t.Fatal(err)
		}
		if list, looked := want[at]; looked {
			c.compare(t, p, at, list)
		}
	}
}

func (c testCase) compare(t *testing.T, p *prom, at time.Duration, want map[string]bool) {
	t.Helper()
	got := map[string]bool{}
	for _, a := range p.pending {
		if a.fires() {
			texts, err := a.texts(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			got[describe(a.rule.Alert, a.labels, texts)] = true
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("after %s:\n%s\nwant:\n%s", at, lines(got), lines(want))
	}
}

func describe(name string, labels, texts map[string]string) string {
	return fmt.Sprintf("%s %v %q", name, labels, texts)
}

func lines(set map[string]bool) string {
	if len(set) == 0 {
		return "(none)"
	}
	return strings.Join(slices.Sorted(maps.Keys(set)), "\n")
}

func hasAlert(groups *rulefmt.RuleGroups, name string) bool {
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			if r.Alert == name {
				return true
			}
		}
	}
	return false
}

// checkSeries: a test feeds rules with what a node tells, every label included.
func checkSeries(t *testing.T, known catalogue, series string) {
	t.Helper()
	l, err := parser.NewParser(parser.Options{}).ParseMetric(series)
	if err != nil {
		t.Fatalf("%s: %v", series, err)
	}
	name := l.Get(model.MetricNameLabel)
	want, ok := known.labels(name)
	if !ok {
		t.Fatalf("no metric %s", name)
	}
	var got []string
	for n := range l.Map() {
		if n != model.MetricNameLabel {
			got = append(got, n)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%s: labels %q, want %q", series, got, want)
	}
}
