package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/db"
	"tandem/view"
)

// printQuality writes the report for people. Without times the lines with the most
// bids come first.
func printQuality(out io.Writer, q *db.QualityQuery, v *view.Quality, top int) {
	fmt.Fprintf(out, "bids from %s to %s UTC, sums in the base currency\n", moment(v.From), moment(v.To))
	if v.Grain != cmp.Or(q.Grain, db.GrainTotal) {
		fmt.Fprintf(out, "figures of shorter times are forgotten: each line is of one %s\n", v.Grain)
	}
	if len(v.Lines) == 0 {
		fmt.Fprintln(out, "none")
		printRest(out, v)
		return
	}
	lines := slices.Clone(v.Lines)
	heading := []string{"all"}
	if len(q.By) > 0 {
		heading = nil
	}
	for _, by := range q.By {
		heading = append(heading, string(by))
	}
	timed := lines[0].From != nil
	if timed {
		heading = append([]string{"from"}, heading...)
	} else {
		slices.SortStableFunc(lines, func(x, y view.QualityLine) int { return cmp.Compare(y.Bids, x.Bids) })
	}
	rows := [][]string{append(heading, "bids", "ABR", "ASR", "ASR 95 %", "NER", "ACD", "PDD p50", "p95", "short", "minutes", "cost", "sale", "margin", "caller", "called", "route", "us")}
	if v.Before != nil {
		fmt.Fprintf(out, "before: from %s to %s UTC\n", moment(v.Before.From), moment(v.Before.To))
		rows[0] = append(rows[0], "ASR before", "margin before", "differs")
	}
	for i := range topOf(lines, top) {
		rows = append(rows, qualityCells(q, &lines[i], timed))
	}
	printColumns(out, rows)
	printMore(out, len(lines), top)
	printRest(out, v)
}

func printRest(out io.Writer, v *view.Quality) {
	if v.Rest != nil {
		fmt.Fprintf(out, "left out: %s with %s\n", plural(v.Rest.Lines, "line"), plural(v.Rest.Bids, "bid"))
	}
}

func qualityCells(q *db.QualityQuery, l *view.QualityLine, timed bool) []string {
	var row []string
	if timed {
		row = append(row, l.From.UTC().Format("2006-01-02 15:04"))
	}
	for _, by := range q.By {
		row = append(row, printable(cmp.Or(l.Name[string(by)], l.By[string(by)], "-")))
	}
	if len(q.By) == 0 {
		row = append(row, "all")
	}
	row = append(row, whole(l.Bids), shareCell(l.ABR), shareCell(l.ASR), intervalCell(l.ASR), shareCell(l.NER), secondsCell(l.ACDMS), secondsCell(l.PDD50MS), secondsCell(l.PDD95MS),
		shareCell(l.Short), talkMinutes(l.TalkMS), shortPrice(l.Cost), shortPrice(l.Sale), shortPrice(l.Margin),
		whole(l.Blame.Caller), whole(l.Blame.Called), whole(l.Blame.Route), whole(l.Blame.Us))
	if l.Before == nil {
		return row
	}
	var differs []string
	for _, m := range slices.Sorted(maps.Keys(l.Changed)) {
		differs = append(differs, m+" "+l.Changed[m])
	}
	return append(row, shareCell(l.Before.ASR), shortPrice(l.Before.Margin), cmp.Or(strings.Join(differs, ", "), "-"))
}

func shareCell(s *view.QualityShare) string {
	if s == nil {
		return "-"
	}
	return s.Share.String()
}

func intervalCell(s *view.QualityShare) string {
	if s == nil {
		return "-"
	}
	percent := func(v int64) string { return strconv.FormatInt((v+5000)/10_000, 10) }
	return percent(int64(s.Low)) + "-" + percent(int64(s.High))
}

func secondsCell(ms *int64) string {
	if ms == nil {
		return "-"
	}
	return strconv.FormatFloat((time.Duration(*ms) * time.Millisecond).Seconds(), 'f', 1, 64)
}
