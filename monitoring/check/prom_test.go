package check

import (
	"context"
	"fmt"
	"maps"
	"math"
	"net/url"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/template"
)

// prom does with rules what a Prometheus does, with its own engine and templates,
// at the times it is told. Its package of rules is not used: it brings along every
// cloud's service discovery.
type prom struct {
	history  *history
	engine   *promql.Engine
	recorded map[string]labels.Labels // series of the last round
	pending  map[string]*alert        // of the last round, those that fire included
}

// alert is an alert that is active, by one rule with one set of labels.
type alert struct {
	rule   rulefmt.Rule
	labels map[string]string // those of the rule included, not its name
	sample promql.Sample     // of the last round
	since  time.Time
	at     time.Time // of the last round
}

func newProm(h *history) *prom {
	return &prom{
		history: h,
		engine: promql.NewEngine(promql.EngineOpts{
			MaxSamples: 10_000_000, Timeout: time.Minute, EnableAtModifier: true, EnableNegativeOffset: true,
			Parser: parser.NewParser(parser.Options{}),
		}),
		recorded: map[string]labels.Labels{}, pending: map[string]*alert{},
	}
}

func (p *prom) ask(ctx context.Context, expr string, at time.Time) (promql.Vector, error) {
	q, err := p.engine.NewInstantQuery(ctx, p.history, nil, expr, at)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	v, err := q.Exec(ctx).Vector()
	return append(promql.Vector(nil), v...), err
}

// round evaluates all rules once, in their order.
func (p *prom) round(ctx context.Context, groups *rulefmt.RuleGroups, at time.Time) error {
	recorded, active := map[string]labels.Labels{}, map[string]*alert{}
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			v, err := p.ask(ctx, r.Expr, at)
			if err != nil {
				return fmt.Errorf("%s%s at %s: %w", r.Record, r.Alert, at.Sub(start()), err)
			}
			for _, s := range v {
				if r.Record != "" {
					l := labels.NewBuilder(s.Metric).Set(model.MetricNameLabel, r.Record).Labels()
					p.history.add(l, at, s.F)
					recorded[l.String()] = l
					continue
				}
				a := newAlert(r, s, at)
				name := fmt.Sprint(r.Alert, a.labels)
				if before := p.pending[name]; before != nil {
					a.since = before.since
				}
				active[name] = a
			}
		}
	}
	for name, l := range p.recorded {
		if _, still := recorded[name]; !still {
			p.history.add(l, at, math.Float64frombits(value.StaleNaN))
		}
	}
	p.recorded, p.pending = recorded, active
	return nil
}

func newAlert(r rulefmt.Rule, s promql.Sample, at time.Time) *alert {
	a := &alert{rule: r, labels: s.Metric.Map(), sample: s, since: at, at: at}
	delete(a.labels, model.MetricNameLabel)
	maps.Copy(a.labels, r.Labels) // none of them is a template
	return a
}

// fires says whether the alert is active for long enough.
func (a *alert) fires() bool { return a.at.Sub(a.since) >= time.Duration(a.rule.For) }

// texts are the annotations as people read them.
func (a *alert) texts(ctx context.Context, p *prom) (map[string]string, error) {
	texts := map[string]string{}
	series := a.sample.Metric.Map()
	for name, text := range a.rule.Annotations {
		filled, err := template.NewTemplateExpander(ctx, "{{$labels := .Labels}}{{$value := .Value}}"+text, a.rule.Alert,
			template.AlertTemplateData(series, nil, "", a.sample), model.TimeFromUnixNano(a.at.UnixNano()), p.ask, &url.URL{}, nil).Expand()
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", a.rule.Alert, name, err)
		}
		texts[name] = filled
	}
	return texts, nil
}
