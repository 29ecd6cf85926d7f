package main

import (
	"encoding/csv"
	"io"

	"tandem/internal/money"
	"tandem/routing/replay"
)

// printReplayCSV writes everything as one table: the column "by" tells what a
// row is of. Sums that are not known are empty.
func printReplayCSV(out io.Writer, r *replay.Report) error {
	w := csv.NewWriter(out)
	rows := [][]string{{
		"by", "name", "to", "calls", "answered", "minutes", "changed", "lost", "won", "gain", "currency",
		"before_calls", "before_no_route", "before_minutes", "before_cost", "before_sold", "before_sale", "before_margin",
		"after_calls", "after_no_route", "after_minutes", "after_cost", "after_sold", "after_sale", "after_margin",
	}}
	width := len(rows[0])
	rows = append(rows, csvRow("total", &r.Total, r.Base))
	for _, t := range r.Tables {
		for i := range t.Rows {
			rows = append(rows, csvRow(string(t.By), &t.Rows[i], r.Base))
		}
	}
	for _, m := range r.Moves {
		rows = append(rows, []string{
			"move", wayName(m.From), wayName(m.To), whole(m.Calls), "", talkMinutes(m.TalkMS), whole(m.Calls), "", "", m.Gain.String(), r.Base,
			"", "", "", m.Before.String(), "", "", "", "", "", "", m.After.String(),
		})
	}
	for _, v := range r.Examples {
		rows = append(rows, []string{
			"call " + v.CallID, routeKeyName(v.From), routeKeyName(v.To), "1", "", talkMinutes(v.TalkMS), "1", "", "", v.Gain.String(), r.Base,
			"", "", "", v.Before.String(), "", "", "", "", "", "", v.After.String(),
		})
	}
	if v := &r.Recorded; v.Priced > 0 {
		rows = append(rows, []string{
			"as_recorded", "before", "", whole(v.Priced), "", "", whole(v.Carried - v.SameWay), "", "", "", r.Base, "", "", "", v.Replayed.String(),
		}, []string{
			"as_recorded", "by the routes that carried them", "", whole(v.Priced), "", "", "", "", "", "", r.Base, "", "", "", v.Cost.String(),
		})
	}
	for _, v := range r.Skipped {
		rows = append(rows, []string{"skipped", string(v.Reason), "", whole(v.Calls)})
	}
	for i, list := range [][]replay.ReasonCount{r.NoRoute.Before, r.NoRoute.After} {
		for _, v := range list {
			rows = append(rows, []string{[]string{"no_route_before", "no_route_after"}[i], string(v.Reason), "", whole(v.Calls)})
		}
	}
	for _, row := range rows {
		if err := w.Write(append(row, make([]string, width-len(row))...)); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func csvRow(by string, r *replay.Row, currency string) []string {
	row := []string{
		by, r.Name, "", whole(r.Calls), whole(r.Answered), talkMinutes(r.TalkMS), whole(r.Changed), whole(r.Lost), whole(r.Won), "", currency,
	}
	if by != string(replay.ByProvider) {
		row[9] = r.Gain.String()
	}
	for _, s := range []*replay.Side{&r.Before, &r.After} {
		row = append(row, whole(s.Calls), whole(s.NoRoute), talkMinutes(s.TalkMS), s.Cost.String(), whole(s.Sold), soldOnly(s, s.Sale), soldOnly(s, s.Margin()))
	}
	return row
}

// soldOnly is a sum of sold calls, empty where there are none.
func soldOnly(s *replay.Side, a money.Amount) string {
	if s.Sold == 0 {
		return ""
	}
	return a.String()
}
