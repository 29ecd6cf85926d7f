package db

import (
	"strconv"
	"strings"
	"time"

	"tandem/quality"
)

// argument is a value of the dimension, as the database compares it fastest.
func (d QualityDimension) argument(v string) any {
	switch d {
	case ByProvider, ByGate, ByAccount:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return n
		}
	default: // text
	}
	return v
}

// order is the ORDER BY of rows; empty: SQL cannot.
func (q *QualityQuery) order() string {
	groups := q.groups()
	var list []string
	switch text := measureOrder(q.Sort.By); {
	case q.Sort.By == "" && q.Sort.Latest && q.timed():
		groups[0] += " DESC"
	case q.Sort.By == "":
	case text == "":
		return ""
	case q.Sort.Largest:
		list = append(list, text+" IS NULL", text+" DESC")
	default:
		list = append(list, text+" IS NULL", text)
	}
	if list = append(list, groups...); len(list) == 0 {
		return " ORDER BY NULL"
	}
	return " ORDER BY " + strings.Join(list, ", ")
}

// measureOrder is what sorts by a measure as its value does; empty: nothing does.
func measureOrder(m quality.Measure) string {
	over := func(part, whole string) string { return "SUM(" + part + ") / NULLIF(SUM(" + whole + "), 0)" }
	switch m {
	case quality.MeasureBids, quality.MeasureSeizures, quality.MeasureEffective, quality.MeasureAnswers, quality.MeasureCost, quality.MeasureSale:
		return "SUM(" + string(m) + ")"
	case quality.MeasureTalk:
		return "SUM(talk_ms)"
	case quality.MeasureMargin:
		return "(SUM(sale) - SUM(cost))"
	case quality.MeasureMarginShare:
		return "(SUM(sale) - SUM(cost)) / IF(SUM(sale) > 0, SUM(sale), NULL)"
	case quality.MeasureABR:
		return over("answers", "bids")
	case quality.MeasureASR:
		return over("answers", "seizures")
	case quality.MeasureNER:
		return over("effective", "seizures")
	case quality.MeasureShort:
		return over("short_answers", "answers")
	case quality.MeasureACD:
		return over("talk_ms", "answers")
	case quality.MeasureBlameCaller, quality.MeasureBlameCalled, quality.MeasureBlameRoute, quality.MeasureBlameUs:
		return over(string(m), "bids")
	case quality.MeasureLoss:
		return over("rtp_lost", "rtp_expected")
	case quality.MeasureJitter:
		return over("rtp_jitter_us", "rtp_legs")
	case quality.MeasureMOS:
		return over("rtp_mos", "rtp_legs")
	case quality.MeasureSilent:
		return "SUM(rtp_silent) / NULLIF(SUM(rtp_silent) + SUM(rtp_legs), 0)"
	case quality.MeasurePDD50, quality.MeasurePDD95: // of a histogram
	}
	return ""
}

// measureParts are the columns that a measure is made of.
func measureParts(m quality.Measure) []string {
	switch m {
	case quality.MeasureABR:
		return []string{"answers"}
	case quality.MeasureASR:
		return []string{"answers", "seizures"}
	case quality.MeasureNER:
		return []string{"effective", "seizures"}
	case quality.MeasureShort:
		return []string{"short_answers", "answers"}
	case quality.MeasureACD:
		return []string{"talk_ms", "answers"}
	case quality.MeasurePDD50, quality.MeasurePDD95:
		return []string{"pdd_"}
	case quality.MeasureTalk:
		return []string{"talk_ms"}
	case quality.MeasureMargin:
		return []string{"sale", "cost"}
	case quality.MeasureMarginShare:
		return []string{"sale", "cost", "answers"}
	case quality.MeasureLoss, quality.MeasureJitter, quality.MeasureMOS, quality.MeasureSilent:
		return []string{"rtp_"}
	default: // a column
		return []string{string(m)}
	}
}

// sumsOf adds up the columns that measures need; the others are 0, so that rows
// of all reports are read alike.
func sumsOf(measures []quality.Measure) string {
	if measures == nil {
		return measureSums()
	}
	want := []string{"bids"}
	for _, m := range measures {
		want = append(want, measureParts(m)...)
	}
	names := measureColumns()
	for i, name := range names {
		names[i] = "'0'"
		for _, w := range want {
			if name == w || strings.HasSuffix(w, "_") && strings.HasPrefix(name, w) {
				names[i] = "SUM(" + name + ")"
			}
		}
	}
	return strings.Join(names, ", ")
}

// Length is how long a row of the grain is; 0 of the total.
func (g QualityGrain) Length() time.Duration {
	if level, err := g.level(); err == nil && g != GrainTotal && g != "" {
		return level.length()
	}
	return 0
}

// Begin is when the row began that a moment lies in; the moment itself of the total.
func (g QualityGrain) Begin(at time.Time) time.Time {
	if level, err := g.level(); err == nil && g != GrainTotal && g != "" {
		return level.bucket(at)
	}
	return at
}
