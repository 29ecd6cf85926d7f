package check

import (
	"context"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
)

// history is what a Prometheus has scraped and recorded, in memory.
type history struct {
	series []*track
	of     map[string]*track // by their labels
}

// track is one series, in the order of time.
type track struct {
	labels  labels.Labels
	samples []chunks.Sample
}

func newHistory() *history { return &history{of: map[string]*track{}} }

// add adds a sample behind those that the series has.
func (h *history) add(l labels.Labels, at time.Time, value float64) {
	name := l.String()
	s := h.of[name]
	if s == nil {
		s = &track{labels: l}
		h.of[name] = s
		h.series = append(h.series, s)
	}
	s.samples = append(s.samples, point{at.UnixMilli(), value})
}

// scraped adds a series in promtool's notation: one value each interval.
func (h *history) scraped(t *testing.T, series, values string, interval time.Duration) {
	t.Helper()
	l, list, err := parser.NewParser(parser.Options{}).ParseSeriesDesc(series + " " + values)
	if err != nil {
		t.Fatalf("%s %s: %v", series, values, err)
	}
	for i, v := range list {
		if !v.Omitted {
			h.add(l, start().Add(time.Duration(i)*interval), v.Value)
		}
	}
}

// start is when every test begins, as with promtool.
func start() time.Time { return time.Unix(0, 0).UTC() }

// Querier implements storage.Queryable.
func (h *history) Querier(from, to int64) (storage.Querier, error) {
	return &storage.MockQuerier{SelectMockFunction: func(_ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
		found := &found{}
		for _, s := range h.series {
			if !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !m.Matches(s.labels.Get(m.Name)) }) {
				if list := s.between(from, to); len(list) > 0 {
					found.list = append(found.list, storage.NewListSeries(s.labels, list))
				}
			}
		}
		slices.SortFunc(found.list, func(a, b storage.Series) int { return labels.Compare(a.Labels(), b.Labels()) })
		return found
	}}, nil
}

func (s *track) between(from, to int64) []chunks.Sample {
	at := func(ms int64) int {
		return sort.Search(len(s.samples), func(i int) bool { return s.samples[i].T() >= ms })
	}
	return s.samples[at(from):at(to+1)]
}

// found are the series of an answer.
type found struct {
	list []storage.Series
	next int
}

func (f *found) Next() bool                      { f.next++; return f.next <= len(f.list) }
func (f *found) At() storage.Series              { return f.list[f.next-1] }
func (*found) Err() error                        { return nil }
func (*found) Warnings() annotations.Annotations { return nil }

// point is a sample.
type point struct {
	at    int64 // ms
	value float64
}

func (p point) T() int64                    { return p.at }
func (point) ST() int64                     { return 0 }
func (p point) F() float64                  { return p.value }
func (point) H() *histogram.Histogram       { return nil }
func (point) FH() *histogram.FloatHistogram { return nil }
func (point) Type() chunkenc.ValueType      { return chunkenc.ValFloat }
func (p point) Copy() chunks.Sample         { return p }

// What is read is what was scraped.
func TestHistory(t *testing.T) {
	h := newHistory()
	h.scraped(t, `a{x="1"}`, "0+1x3 _ 7", time.Minute)
	h.scraped(t, `a{x="2"}`, "5x9", time.Minute)
	p := newProm(h)
	for expr, want := range map[string]string{
		`a`:                     `{__name__="a", x="1"} => 7, {__name__="a", x="2"} => 5`,
		`a{x="1"} offset 1m`:    `{__name__="a", x="1"} => 3`,
		`sum(increase(a[10m]))`: `{} => 7`,
		`a{x=~"3|4"}`:           ``,
	} {
		v, err := p.ask(context.Background(), expr, start().Add(5*time.Minute))
		if err != nil {
			t.Fatalf("%s: %v", expr, err)
		}
		var got []string
		for _, s := range v {
			text, _, _ := strings.Cut(s.String(), " @")
			got = append(got, text)
		}
		slices.Sort(got)
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%s: %s, want %s", expr, text, want)
		}
	}
}
