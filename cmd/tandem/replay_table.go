package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tandem/desk"
	"tandem/internal/money"
	"tandem/routing"
	"tandem/routing/replay"
)

// printReplay writes the report for people; top bounds the rows of a table, 0
// does not.
func printReplay(out io.Writer, h *desk.ReplayHead, r *replay.Report, top int) {
	printReplayHead(out, h, r)
	printReplayTotal(out, r)
	for i := range r.Tables {
		t := &r.Tables[i]
		if t.By == replay.ByProvider {
			printColumns(out, providerColumns(t.Rows, top))
		} else {
			printColumns(out, rowColumns("by "+string(t.By), t.Rows, top))
		}
		printMore(out, len(t.Rows), top)
	}
	fmt.Fprintln(out, "\nWhat changes most")
	if len(r.Changes) == 0 && len(r.Moves) == 0 {
		fmt.Fprintln(out, "nothing: every call has the route and the price that it had")
	}
	if len(r.Changes) > 0 {
		printColumns(out, rowColumns("destination", r.Changes, top))
		printMore(out, len(r.Changes), top)
	}
	if len(r.Moves) > 0 {
		printColumns(out, moveColumns(r.Moves, top))
		printMore(out, len(r.Moves), top)
	}
	if len(r.Examples) > 0 {
		printColumns(out, exampleColumns(r.Examples))
	}
	printRecorded(out, r)
}

func printReplayHead(out io.Writer, h *desk.ReplayHead, r *replay.Report) {
	whose := ""
	if h.Account != "" {
		whose = " of " + h.Account
	}
	fmt.Fprintf(out, "%d outgoing calls%s from %s to %s UTC", r.Calls, whose, moment(h.From), moment(h.To))
	if h.Sample > 1 {
		fmt.Fprintf(out, ", a sample of one in %d: the sums are of those only", h.Sample)
	}
	fmt.Fprintf(out, "\neach decided as if made in the week from %s UTC, sums in %s\n", moment(h.At), r.Base)
	fmt.Fprintln(out, "before: routing as it is")
	fmt.Fprintln(out, "after: ", strings.Join(draftsOf(h), "; "))
	if len(r.Skipped) > 0 {
		parts, all := []string{}, int64(0)
		for _, s := range r.Skipped {
			parts = append(parts, fmt.Sprintf("%s %d", s.Reason, s.Calls))
			all += s.Calls
		}
		fmt.Fprintf(out, "skipped: %d (%s)\n", all, strings.Join(parts, ", "))
	}
}

// draftsOf says what the after side has of its own.
func draftsOf(h *desk.ReplayHead) []string {
	var parts []string
	for _, d := range h.Decks {
		instead := "where there was none"
		switch d.Replaces {
		case 0:
		case d.ID:
			instead = "which is in force already"
		default:
			instead = fmt.Sprintf("instead of deck %d", d.Replaces)
		}
		parts = append(parts, fmt.Sprintf("deck %d (%s, version %d) %s", d.ID, d.Owner, d.Version, instead))
	}
	if h.Policy != nil {
		parts = append(parts, fmt.Sprintf("policy %s (%s) for all calls", h.Policy.Name, h.Policy.Kind))
	}
	if len(parts) == 0 {
		parts = append(parts, "the same; name a draft with --deck or --policy")
	}
	return parts
}

func printReplayTotal(out io.Writer, r *replay.Report) {
	t := &r.Total
	b, a := &t.Before, &t.After
	count := func(name string, x, y int64) []string {
		return []string{name, whole(x), whole(y), signedCount(y - x), percentOf(y-x, x)}
	}
	sum := func(name string, x, y money.Amount) []string {
		return []string{name, shortPrice(x), shortPrice(y), signedAmount(y - x), percentOf(int64(y-x), int64(x))}
	}
	rows := [][]string{
		{"total", "before", "after", "difference", ""},
		count("calls with a route", b.Calls, a.Calls),
		count("calls without", b.NoRoute, a.NoRoute),
		{"minutes", talkMinutes(b.TalkMS), talkMinutes(a.TalkMS), signedMinutes(a.TalkMS - b.TalkMS), percentOf(a.TalkMS-b.TalkMS, b.TalkMS)},
		sum("cost", b.Cost, a.Cost),
	}
	if b.Sold+a.Sold > 0 {
		rows = append(rows, count("calls sold", b.Sold, a.Sold), sum("sale", b.Sale, a.Sale), sum("margin", b.Margin(), a.Margin()))
	}
	printColumns(out, rows)
	fmt.Fprintf(out, "\n%d of %d calls take another route (%s); gain %s\n", t.Changed, t.Calls, partOf(t.Changed, t.Calls), signedAmount(t.Gain))
	for _, v := range []struct {
		name    string
		reasons []replay.ReasonCount
	}{{"before", r.NoRoute.Before}, {"after", r.NoRoute.After}} {
		if len(v.reasons) > 0 {
			fmt.Fprintf(out, "why calls have no route %s: %s\n", v.name, reasonCounts(v.reasons))
		}
	}
}

func reasonCounts(list []replay.ReasonCount) string {
	parts := make([]string, 0, len(list))
	for _, v := range list {
		parts = append(parts, fmt.Sprintf("%s %d", v.Reason, v.Calls))
	}
	return strings.Join(parts, ", ")
}

func rowColumns(title string, list []replay.Row, top int) [][]string {
	rows := [][]string{{title, "calls", "changed", "lost", "won", "minutes", "cost before", "cost after", "margin before", "margin after", "gain"}}
	for i := range topOf(list, top) {
		v := &list[i]
		rows = append(rows, []string{
			v.Name, whole(v.Calls), whole(v.Changed), whole(v.Lost), whole(v.Won), talkMinutes(v.TalkMS),
			shortPrice(v.Before.Cost), shortPrice(v.After.Cost), marginOf(&v.Before), marginOf(&v.After), signedAmount(v.Gain),
		})
	}
	return rows
}

func providerColumns(list []replay.Row, top int) [][]string {
	rows := [][]string{{
		"by provider", "calls before", "calls after", "lost", "won", "minutes before", "minutes after", "cost before", "cost after", "margin before", "margin after",
	}}
	for i := range topOf(list, top) {
		v := &list[i]
		rows = append(rows, []string{
			v.Name, whole(v.Before.Calls), whole(v.After.Calls), whole(v.Lost), whole(v.Won), talkMinutes(v.Before.TalkMS), talkMinutes(v.After.TalkMS),
			shortPrice(v.Before.Cost), shortPrice(v.After.Cost), marginOf(&v.Before), marginOf(&v.After),
		})
	}
	return rows
}

func moveColumns(list []replay.Move, top int) [][]string {
	rows := [][]string{{"calls move from", "to", "calls", "minutes", "cost before", "cost after", "gain"}}
	for _, m := range topOf(list, top) {
		to := wayName(m.To)
		if m.From == m.To {
			to = "another way out of it"
		}
		rows = append(rows, []string{
			wayName(m.From), to, whole(m.Calls), talkMinutes(m.TalkMS), shortPrice(m.Before), shortPrice(m.After), signedAmount(m.Gain),
		})
	}
	return rows
}

func exampleColumns(list []replay.Example) [][]string {
	rows := [][]string{{"call", "started", "B-number", "talk", "from", "to", "cost before", "cost after", "gain"}}
	for _, v := range list {
		rows = append(rows, []string{
			v.CallID, v.StartedAt.UTC().Format(time.DateTime), string(v.BNumber), strconv.FormatInt(v.TalkMS, 10) + " ms",
			routeKeyName(v.From), routeKeyName(v.To), shortPrice(v.Before), shortPrice(v.After), signedAmount(v.Gain),
		})
	}
	return rows
}

// printRecorded says how far the replay is from what happened.
func printRecorded(out io.Writer, r *replay.Report) {
	v := &r.Recorded
	if v.Carried == 0 {
		return
	}
	fmt.Fprintf(out, "\nAs recorded: %d answered calls were carried by a provider, %d (%s) by the provider and tier that before gives them; %d not at the first attempt.\n",
		v.Carried, v.SameWay, partOf(v.SameWay, v.Carried), v.Retried)
	if v.Priced > 0 {
		fmt.Fprintf(out, "%d of them can be priced by the routes that carried them: %s as recorded, %s before (%s).\n",
			v.Priced, shortPrice(v.Cost), shortPrice(v.Replayed), percentOf(int64(v.Replayed-v.Cost), int64(v.Cost)))
	}
}

func printMore(out io.Writer, rows, top int) {
	if top > 0 && rows > top {
		fmt.Fprintf(out, "… and %d more; --top 0 prints all\n", rows-top)
	}
}

func topOf[T any](list []T, top int) []T {
	if top > 0 && len(list) > top {
		return list[:top]
	}
	return list
}

// printColumns writes rows under each other after an empty line: text to the
// left, numbers to the right. The first row is the heading.
func printColumns(out io.Writer, rows [][]string) {
	widths, text := make([]int, len(rows[0])), make([]bool, len(rows[0]))
	for n, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			if n > 0 && !numericCell(cell) || i == 0 {
				text[i] = true
			}
		}
	}
	fmt.Fprintln(out)
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i > 0 {
				line.WriteString("  ")
			}
			if text[i] {
				line.WriteString(cell + pad)
			} else {
				line.WriteString(pad + cell)
			}
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	}
}

// numericCell says that a cell is a number, or the lack of one.
func numericCell(cell string) bool {
	return cell == "" || cell == "-" || strings.Trim(cell, "0123456789.+- %ms") == "" && strings.ContainsAny(cell, "0123456789")
}

func whole(n int64) string { return strconv.FormatInt(n, 10) }

func signedCount(n int64) string {
	if n > 0 {
		return "+" + whole(n)
	}
	return whole(n)
}

func signedAmount(a money.Amount) string {
	if a > 0 {
		return "+" + shortPrice(a)
	}
	return shortPrice(a)
}

// talkMinutes has two digits after the point, rounded half up.
func talkMinutes(ms int64) string {
	hundredths := (ms + 300) / 600
	return fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100)
}

func signedMinutes(ms int64) string {
	switch {
	case ms < 0:
		return "-" + talkMinutes(-ms)
	case ms > 0:
		return "+" + talkMinutes(ms)
	}
	return talkMinutes(0)
}

// percentOf is a difference as a part of what it differs from.
func percentOf(difference, of int64) string {
	if of == 0 || difference == 0 {
		return "-"
	}
	return fmt.Sprintf("%+.1f %%", 100*float64(difference)/float64(max(of, -of)))
}

func partOf(part, of int64) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(of))
}

// marginOf is told only where something is sold.
func marginOf(s *replay.Side) string {
	if s.Sold == 0 {
		return "-"
	}
	return shortPrice(s.Margin())
}

func wayName(w replay.Way) string {
	if w.ProviderID == 0 {
		return "no route"
	}
	return w.Provider + " " + w.Tier.String()
}

func routeKeyName(k routing.Key) string {
	if k == (routing.Key{}) {
		return "no route"
	}
	return k.String()
}
