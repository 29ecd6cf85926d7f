package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"tandem/billing"
	"tandem/callflow"
	"tandem/db"
	"tandem/internal/q850"
)

// callView is a call as people and scripts read it: durations in milliseconds,
// no field that was never set.
type callView struct {
	CallID        string              `json:"call_id"`
	Direction     billing.Direction   `json:"direction"`
	Disposition   billing.Disposition `json:"disposition"`
	Server        string              `json:"server"`
	Node          string              `json:"node"`
	Origin        string              `json:"origin,omitempty"`
	Endpoint      string              `json:"endpoint"`
	Source        string              `json:"source"`
	AccountID     int64               `json:"account_id,omitempty"`
	Subscriber    int64               `json:"subscriber_id,omitempty"`
	ProviderID    int64               `json:"provider_id,omitempty"`
	NumberID      int64               `json:"number_id,omitempty"`
	Dialled       string              `json:"dialled"`
	ANumber       string              `json:"a_number"`
	BNumber       string              `json:"b_number"`
	RoutingNumber string              `json:"routing_number,omitempty"`
	CLI           string              `json:"cli"`
	StartedAt     time.Time           `json:"started_at"`
	AnsweredAt    time.Time           `json:"answered_at,omitzero"`
	EndedAt       time.Time           `json:"ended_at,omitzero"`
	TalkMS        int64               `json:"talk_ms"`
	PDDMS         int64               `json:"pdd_ms"`
	Cause         int                 `json:"cause"`
	SIPStatus     int                 `json:"sip_status"`
	HangupBy      billing.Side        `json:"hangup_by"`
	Route         string              `json:"route"`
	Snapshot      uint64              `json:"snapshot"`
	Reason        string              `json:"reason"`
	Cut           bool                `json:"cut,omitempty"`
	Money         *db.CallMoney       `json:"money,omitempty"`
	Attempts      []attemptView       `json:"attempts"`
	callflow.Told
}

type attemptView struct {
	N          int                 `json:"n"`
	Route      string              `json:"route"`
	Result     billing.Disposition `json:"result"`
	DialStatus string              `json:"dial_status"`
	SIPStatus  int                 `json:"sip_status"`
	Cause      int                 `json:"cause"`
	Rang       bool                `json:"rang"`
	PDDMS      int64               `json:"pdd_ms"`
	ElapsedMS  int64               `json:"elapsed_ms"`
	TalkMS     int64               `json:"talk_ms"`
	Blame      string              `json:"blame,omitempty"`
}

func viewCall(c billing.End, told callflow.Told) callView {
	s := c.Start
	v := callView{
		CallID: s.CallID, Direction: s.Direction, Disposition: c.Disposition, Server: s.Server, Node: s.Node, Origin: s.Origin,
		Endpoint: s.Endpoint, Source: s.Source, AccountID: s.AccountID, Subscriber: s.SubscriberID, ProviderID: s.ProviderID,
		NumberID: s.NumberID, Dialled: s.Dialled, ANumber: string(s.ANumber), BNumber: string(s.BNumber), CLI: string(s.CLI),
		StartedAt: s.StartedAt, AnsweredAt: c.AnsweredAt, EndedAt: c.EndedAt, TalkMS: c.Talk.Milliseconds(), PDDMS: c.PDD.Milliseconds(),
		Cause: int(c.Cause), SIPStatus: c.SIPStatus, HangupBy: c.HangupBy, Route: c.Route, Snapshot: s.Snapshot, Reason: s.Reason,
		RoutingNumber: string(s.RoutingNumber), Cut: c.Cut, Told: told,
	}
	for _, a := range c.Attempts {
		v.Attempts = append(v.Attempts, attemptView{
			N: a.N, Route: a.Key, Result: a.Result, DialStatus: a.DialStatus, SIPStatus: a.SIPStatus, Cause: int(a.Cause), Rang: a.Rang,
			PDDMS: a.PDD.Milliseconds(), ElapsedMS: a.Elapsed.Milliseconds(), TalkMS: a.Talk.Milliseconds(), Blame: string(a.Blame),
		})
	}
	return v
}

// printCall writes a call's whole story: record, attempts, and why each route
// stood where it stood.
func printCall(out io.Writer, v callView, cause q850.Cause) error {
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
func inMoney(v callView) string {
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
	if v.Cut {
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

func ended(v callView) string {
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
