package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
)

// What an expression tells.
const (
	count     = "a count"
	perSecond = "a count a second"
	seconds   = "seconds"
	share     = "a share"
	octets    = "bytes"
	busy      = "seconds of each second"
)

// fittingUnit says what an expression tells, and whether a unit of Grafana's shows
// that.
func fittingUnit(expr, unit string) (what string, fits bool) {
	p, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		return err.Error(), false
	}
	what = tells(p)
	return what, slices.Contains(map[string][]string{
		count: {"short"}, perSecond: {"cps"}, seconds: {"s"}, share: {"percentunit"}, octets: {"bytes"},
		busy: {"s", "short"}, // of a core: how many of them
	}[what], unit)
}

func tells(e parser.Expr) string {
	switch e := e.(type) {
	case *parser.VectorSelector:
		return ofName(e.Name)
	case *parser.MatrixSelector:
		return tells(e.VectorSelector)
	case *parser.ParenExpr:
		return tells(e.Expr)
	case *parser.AggregateExpr:
		if e.Op == parser.COUNT {
			return count
		}
		return tells(e.Expr)
	case *parser.Call:
		return ofCall(e)
	case *parser.BinaryExpr:
		if e.Op == parser.DIV {
			return ofDivision(e)
		}
		return tells(e.LHS) // > 0 leaves what it is
	}
	return "nothing known"
}

// ofName goes by the names of Prometheus: the unit is in them.
func ofName(name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(name, "_total"), "_bucket")
	switch {
	case strings.HasSuffix(name, "_seconds"), strings.HasSuffix(name, "_seconds_sum"):
		return seconds
	case strings.HasSuffix(name, "_bytes"):
		return octets
	}
	return count
}

func ofCall(e *parser.Call) string {
	what := tells(e.Args[len(e.Args)-1])
	switch e.Func.Name {
	case "rate":
		return map[string]string{count: perSecond, seconds: busy}[what]
	case "histogram_quantile": // of rates of buckets
		return map[string]string{perSecond: count, busy: seconds}[what]
	}
	return what // increase
}

func ofDivision(e *parser.BinaryExpr) string {
	a, b := tells(e.LHS), tells(e.RHS)
	switch {
	case strings.Contains(e.LHS.String(), "_sum{") && strings.Contains(e.RHS.String(), "_count{"): // the mean of a histogram
		return map[string]string{busy: seconds, perSecond: count}[a]
	case a == b:
		return share
	case a == busy && b == perSecond:
		return seconds // talk by answers
	}
	return a + " by " + b
}

func TestUnits(t *testing.T) {
	for expr, want := range map[string]string{
		`sum(tandem_calls_live)`: count, `sum by (x) (rate(tandem_calls_total[5m]))`: perSecond, `sum(increase(tandem_calls_total[1h]))`: count,
		`rate(a_total[5m]) / (rate(b_total[5m]) > 0)`: share, `rate(talk_seconds_total[5m]) / rate(b_total[5m])`: seconds,
		`histogram_quantile(0.9, sum by (le) (rate(pdd_seconds_bucket[5m])))`: seconds, `process_resident_memory_bytes`: octets,
		`rate(mos_sum{a="b"}[5m]) / (rate(mos_count{a="b"}[5m]) > 0)`: count, `rate(wait_seconds_total[5m])`: busy,
	} {
		if got, _ := fittingUnit(expr, ""); got != want {
			t.Errorf("%s: %s, want %s", expr, got, want)
		}
	}
	if _, fits := fittingUnit(`sum(rate(a_total[5m]))`, "short"); fits {
		t.Error("calls a second are shown as calls")
	}
}
