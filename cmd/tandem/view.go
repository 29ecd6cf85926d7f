package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"tandem/internal/q850"
	"tandem/view"
)

// printCall writes a call's whole story: record, attempts, and why each route
// stood where it stood.
func printCall(out io.Writer, v view.Call, cause q850.Cause) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	line := func(name, format string, args ...any) { fmt.Fprintf(w, name+"\t"+format+"\n", args...) }
	line("call", "%s on %s, decided by %s with snapshot %d", v.CallID, v.Server, orDash(v.Node), v.Snapshot)
	line("direction", "%s, from %s at %s", v.Direction, orDash(v.Endpoint), orDash(v.Source))
	line("numbers", "dialled %s, B-number %s, shows %s", orDash(v.Dialled), orDash(v.BNumber), orDash(v.CLI))
	line("started", "%s", v.StartedAt.Format(time.RFC3339Nano))
	line("ended", "%s by %s: %s, SIP %d, cause %s", ended(v), orDash(string(v.HangupBy)), v.Disposition, v.SIPStatus, cause)
	line("talk", "%d ms, post-dial delay %d ms, route %s", v.TalkMS, v.PDDMS, orDash(v.Route))
	line("reason", "%s", orDash(v.Reason))
	if v.Money != nil {
		line("money", "%s", inMoney(v))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(v.Attempts) > 0 {
		fmt.Fprintln(w, "\nattempt\troute\tresult\tDIALSTATUS\tSIP\tcause\tpost-dial delay\ttook\tblame")
	}
	for _, a := range v.Attempts {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%d ms\t%d ms\t%s\n",
			a.N, a.Route, a.Result, a.DialStatus, orNothing(a.SIPStatus), orNothing(a.Cause), a.PDDMS, a.ElapsedMS, orDash(a.Blame))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return printPlan(out, v.Told)
}

// inMoney says what the call came to.
func inMoney(v view.Call) string {
	m := v.Money
	if m.ClosedBy == "" {
		return "not settled yet"
	}
	words := []string{"not sold"}
	if m.Sale != nil {
		words[0] = "sold for " + m.Sale.String() + " " + m.Currency
		if m.Held != nil {
			words[0] += " of " + m.Held.String() + " held"
		}
	}
	if v.CutShort {
		words = append(words, "ended by its limit")
	}
	for _, c := range m.Costs {
		words = append(words, fmt.Sprintf("attempt %d cost %s %s", c.N, c.Cost, c.Currency))
	}
	if m.Margin != nil {
		words = append(words, "margin "+m.Margin.String())
	}
	if m.Problem != "" {
		words = append(words, "could not be charged: "+m.Problem)
	}
	return strings.Join(words, ", ") + "; closed by " + m.ClosedBy
}

func ended(v view.Call) string {
	if v.EndedAt.IsZero() {
		return "in progress"
	}
	return v.EndedAt.Format(time.RFC3339Nano)
}

func orNothing(n int) string {
	if n == 0 {
		return "-"
	}
	return strconv.Itoa(n)
}
