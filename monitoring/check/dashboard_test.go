package check

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dashboard is what is looked at of Grafana's form, the classic one that versions
// 11 to 13 import.
type dashboard struct {
	UID        string  `json:"uid"`
	Schema     int     `json:"schemaVersion"`
	Panels     []panel `json:"panels"`
	Templating struct {
		List []variable `json:"list"`
	} `json:"templating"`
}

type panel struct {
	ID         int        `json:"id"`
	Type       string     `json:"type"`
	Title      string     `json:"title"`
	DataSource dataSource `json:"datasource"`
	GridPos    struct {
		H, W, X, Y int
	} `json:"gridPos"`
	Field struct {
		Defaults struct {
			Unit string `json:"unit"`
		} `json:"defaults"`
	} `json:"fieldConfig"`
	Targets []target `json:"targets"`
	Options struct {
		Legend *struct {
			Show bool `json:"showLegend"`
		} `json:"legend"`
	} `json:"options"`
}

type target struct {
	RefID      string     `json:"refId"`
	DataSource dataSource `json:"datasource"`
	Expr       string     `json:"expr"`
	Legend     string     `json:"legendFormat"`
}

type dataSource struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

type variable struct {
	Name       string          `json:"name"`
	Type       string          `json:"type"`
	DataSource dataSource      `json:"datasource"`
	Query      json.RawMessage `json:"query"`
}

// chosen is the data source that people choose above the dashboard.
func chosen() dataSource { return dataSource{Type: "prometheus", UID: "${datasource}"} }

func readDashboard(t *testing.T) (d dashboard) {
	t.Helper()
	text, err := os.ReadFile(dashboardFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDashboard(t *testing.T) {
	c, d := metrics(t), readDashboard(t)
	// 39 is Grafana 11's; a higher one would be too new for it, and one below 36 has
	// data sources by name.
	if d.UID == "" || len(d.UID) > 40 || d.Schema < 36 || d.Schema > 39 {
		t.Errorf("uid %q, schemaVersion %d", d.UID, d.Schema)
	}
	asked := 0
	var ids []int
	for i, p := range d.Panels {
		if slices.Contains(ids, p.ID) || p.ID < 1 {
			t.Errorf("%s: the id %d is taken, or none", p.Title, p.ID)
		}
		ids = append(ids, p.ID)
		if !slices.Contains([]string{"row", "stat", "timeseries"}, p.Type) { // those before Grafana 8 are gone
			t.Errorf("%s: panel of type %q", p.Title, p.Type)
		}
		p.checkPlace(t, d.Panels[:i])
		if p.Type == "row" {
			continue
		}
		if len(p.Targets) == 0 || p.DataSource != chosen() {
			t.Errorf("%s shows nothing, or of %v", p.Title, p.DataSource)
		}
		if p.Type == "timeseries" && (p.Options.Legend == nil || !p.Options.Legend.Show) {
			t.Errorf("%s: no legend", p.Title)
		}
		asked += len(p.Targets)
		p.checkTargets(t, c, d)
	}
	if asked < 40 {
		t.Errorf("only %d questions", asked)
	}
}

// checkPlace: 24 columns, and no panel lies on another.
func (p panel) checkPlace(t *testing.T, others []panel) {
	t.Helper()
	a := p.GridPos
	if a.X < 0 || a.Y < 0 || a.W < 1 || a.H < 1 || a.X+a.W > 24 {
		t.Errorf("%s is at %+v", p.Title, a)
	}
	for _, q := range others {
		if b := q.GridPos; a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
			t.Errorf("%s lies on %s", p.Title, q.Title)
		}
	}
}

// checkTargets: each question can be answered, in the panel's unit.
func (p panel) checkTargets(t *testing.T, c catalogue, d dashboard) {
	t.Helper()
	var refs []string
	for _, q := range p.Targets {
		if q.RefID == "" || slices.Contains(refs, q.RefID) || q.DataSource != chosen() {
			t.Errorf("%s: question %q of %v", p.Title, q.RefID, q.DataSource)
		}
		refs = append(refs, q.RefID)
		for _, name := range regexp.MustCompile(`\$([a-z]+)`).FindAllStringSubmatch(q.Expr, -1) {
			if !d.hasVariable(name[1]) {
				t.Errorf("%s: no variable %s", p.Title, name[1])
			}
		}
		expr := filled(q.Expr)
		for _, fault := range c.wrong(expr) {
			t.Errorf("%s: %s\n%s", p.Title, fault, q.Expr)
		}
		checkLegend(t, p.Title, q.Legend, resultLabels(t, expr))
		if unit, fits := fittingUnit(expr, p.Field.Defaults.Unit); !fits {
			t.Errorf("%s: the unit is %q, and this tells %s:\n%s", p.Title, p.Field.Defaults.Unit, unit, q.Expr)
		}
	}
}

func (d dashboard) hasVariable(name string) bool {
	return slices.ContainsFunc(d.Templating.List, func(v variable) bool { return v.Name == name })
}

func TestVariables(t *testing.T) {
	c, d := metrics(t), readDashboard(t)
	values := regexp.MustCompile(`label_values\(([a-z_]+), ([a-z_]+)\)`)
	sources := 0
	for _, v := range d.Templating.List {
		if v.Type == "datasource" {
			sources++
			if v.Name != "datasource" || string(v.Query) != `"prometheus"` {
				t.Errorf("data source %s of %s", v.Name, v.Query)
			}
			continue
		}
		m := values.FindStringSubmatch(string(v.Query))
		if v.Type != "query" || v.DataSource != chosen() || m == nil {
			t.Errorf("variable %s: %s of %v: %s", v.Name, v.Type, v.DataSource, v.Query)
			continue
		}
		if known, ok := c.labels(m[1]); !ok || !slices.Contains(known, m[2]) {
			t.Errorf("variable %s: no label %s of %s", v.Name, m[2], m[1])
		}
	}
	if sources != 1 {
		t.Errorf("%d data sources to choose, want one", sources)
	}
}

// filled replaces Grafana's variables by what it would put there.
func filled(expr string) string {
	return strings.NewReplacer("$__rate_interval", "1m", "$instance", ".*", "$provider", ".*").Replace(expr)
}

func checkLegend(t *testing.T, title, legend string, labels []string) {
	t.Helper()
	if labels == nil {
		return
	}
	for _, m := range regexp.MustCompile(`\{\{([a-z_]+)\}\}`).FindAllStringSubmatch(legend, -1) {
		if !slices.Contains(labels, m[1]) {
			t.Errorf("%s: the legend names %s, which the answer does not have", title, m[1])
		}
	}
}
