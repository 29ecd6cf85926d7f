package callflow_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/billing"
	"tandem/callflow"
	"tandem/internal/e164"
	"tandem/internal/q850"
	"tandem/internal/scripttest"
	"tandem/routing"
)

// Scripts in testdata tell calls in the trade's words against the company of
// fixture_test.go:
//
//	out  ENDPOINT DIALLED [cli=] [server=alpha] [hops=0]   -> dial KEYS | redirect KEY DIAL | reject CAUSE REASON
//	in   SOURCE   DID     [cli=] [server=] [agent=LOGIN]   -> dial KEYS | echo | reject CAUSE REASON
//	next LOG place=1 left=KEYS [elapsed=10s]               -> place N | reject CAUSE REASON
//	end  DIRECTION log=LOG [action=] [by=] [talk=] [reject=] [cause=] -> DISPOSITION SIP by SIDE [route KEY] [pdd MS]
func TestScripts(t *testing.T) {
	t.Parallel()
	scripttest.Run(t, func(t *testing.T, lines []scripttest.Line) int {
		t.Helper()
		s := company(t)
		for _, line := range lines {
			ask, want, isQuestion := strings.Cut(line.Text, "->")
			if !isQuestion {
				t.Fatalf("%s: no ->", line.Where)
			}
			if got := answer(t, s, strings.Fields(ask)); got != strings.Join(strings.Fields(want), " ") {
				t.Errorf("%s: %s\n  got  %s\n  want %s", line.Where, strings.TrimSpace(ask), got, strings.TrimSpace(want))
			}
		}
		return len(lines)
	})
}

func answer(t *testing.T, s *routing.Snapshot, fields []string) string {
	t.Helper()
	pairs := map[string]string{"server": "alpha", "hops": "0"}
	var plain []string
	for _, f := range fields {
		if k, v, ok := strings.Cut(f, "="); ok {
			pairs[k] = v
		} else {
			plain = append(plain, f)
		}
	}
	in := callflow.Seizure{CallID: "alpha-1.1", Server: pairs["server"], CLI: pairs["cli"], Hops: int(number(t, pairs["hops"])), At: noon}
	switch plain[0] {
	case "out":
		in.Endpoint, in.Dialled = plain[1], plain[2]
		return decision(callflow.Outbound(s, limits(), in, callflow.World{}))
	case "in":
		in.Source, in.Dialled, in.Endpoint = plain[1], plain[2], "trunk-1"
		return decision(callflow.Inbound(s, in, func(int64, e164.Number) *routing.Subscriber { return s.Login(pairs["agent"]) }, callflow.World{}))
	case "next":
		return next(t, s, plain[1], pairs)
	case "end":
		return end(t, s, in, plain[1], pairs)
	}
	t.Fatalf("unknown word %q", plain[0])
	return ""
}

func decision(d callflow.Decision) string {
	words := []string{string(d.Action)}
	switch d.Action {
	case callflow.Reject:
		words = append(words, strconv.Itoa(int(d.Refusal.Cause)), strings.SplitN(d.Refusal.Reason, ":", 2)[0])
	case callflow.Redirect:
		words = append(words, d.Offers[0].Key.String(), d.Offers[0].Dial)
	case callflow.Dial:
		for _, o := range d.Offers {
			word := o.Key.String()
			if o.CLI != "" {
				word += "/" + string(o.CLI)
			}
			words = append(words, word)
		}
	case callflow.Echo:
	}
	return strings.Join(words, " ")
}

func next(t *testing.T, s *routing.Snapshot, log string, pairs map[string]string) string {
	t.Helper()
	attempts, err := callflow.ParseAttempts(log)
	if err != nil {
		return "error"
	}
	elapsed := time.Second
	if v := pairs["elapsed"]; v != "" {
		if elapsed, err = time.ParseDuration(v); err != nil {
			t.Fatal(err)
		}
	}
	h := callflow.Hunt{CallID: "alpha-1.1", StartedAt: noon, At: noon.Add(elapsed), Log: log, Place: int(number(t, pairs["place"]))}
	if left := pairs["left"]; left != "" {
		h.KeysLeft = strings.Split(left, "/")
	}
	step, err := callflow.Continue(s, limits(), h, attempts)
	switch {
	case err != nil:
		return "error"
	case step.Next > 0:
		return fmt.Sprintf("place %d", step.Next)
	}
	return fmt.Sprintf("reject %d %s", step.Refusal.Cause, step.Refusal.Reason)
}

func end(t *testing.T, s *routing.Snapshot, in callflow.Seizure, direction string, pairs map[string]string) string {
	t.Helper()
	in.Endpoint, in.Dialled, in.Source = "anna", "84951112233", "192.0.2.1:5060"
	r := callflow.Report{
		Seizure: in, Direction: billing.Direction(direction), EndedAt: noon.Add(time.Minute), Log: pairs["log"],
		Action: callflow.Action(pairs["action"]), HungUp: billing.Side(pairs["by"]),
		Talk: time.Duration(number(t, pairs["talk"])) * time.Millisecond,
	}
	r.RejectCause = q850.Cause(number(t, pairs["reject"]))
	r.Cause = q850.Cause(number(t, pairs["cause"]))
	e, err := callflow.Conclude(s, limits(), r, noon.Add(time.Hour))
	if err != nil {
		return "error"
	}
	words := fmt.Sprintf("%s %d by %s", e.Disposition, e.SIPStatus, e.HangupBy)
	if e.Route != "" {
		words += " route " + e.Route
	}
	if e.PDD > 0 {
		words += fmt.Sprintf(" pdd %d", e.PDD.Milliseconds())
	}
	return words
}

func number(t *testing.T, s string) int64 {
	t.Helper()
	if s == "" {
		return 0
	}
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
