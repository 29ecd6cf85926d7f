package routing

import (
	"slices"
	"strconv"

	"tandem/internal/q850"
)

// Result is Asterisk's word for how a Dial ended (DIALSTATUS). HANGUPCAUSE alone
// would not do: it keeps the value of an earlier attempt when Asterisk's own
// timer ended this one, and the dialplan then reports none.
type Result string

// The values of DIALSTATUS that matter.
const (
	ResultAnswer      Result = "ANSWER"
	ResultBusy        Result = "BUSY"
	ResultNoAnswer    Result = "NOANSWER"
	ResultCancel      Result = "CANCEL"
	ResultCongestion  Result = "CONGESTION"
	ResultUnavailable Result = "CHANUNAVAIL"
)

// Outcome is what is known of a finished attempt.
type Outcome struct {
	Result    Result
	SIPStatus int        // last answer of the far side, 1xx when none was final; 0: none came
	Cause     q850.Cause // of this attempt alone, never left over from an earlier one; 0: none came
	Rang      bool       // 180 was seen
	Agreeing  int        // earlier attempts of the same call that ended with the same SIP status
}

// Verdict says whether the hunt goes on, and if not, with which cause the
// caller is released (always one that Asterisk maps to a SIP answer).
type Verdict struct {
	Stop    bool
	Release q850.Cause
	Rule    string
}

// Judge decides after an attempt. The provider's own rules come first, then the
// general rows of stop_rules, then the defaults of defaultVerdict; among rows
// the most specific one wins.
func (s *Snapshot) Judge(provider int64, o Outcome) Verdict {
	if o.Result == ResultAnswer || o.Result == ResultCancel {
		return Verdict{Stop: true, Rule: "call over"}
	}
	for _, id := range []int64{provider, 0} {
		for _, rule := range s.stopRules[id] {
			if !rule.matches(o) {
				continue
			}
			v := Verdict{Stop: rule.Stop, Rule: "stop_rules id " + strconv.FormatInt(rule.ID, 10)}
			if v.Stop {
				v.Release = release(rule.Release, o)
			}
			return v
		}
		if provider == 0 {
			break
		}
	}
	return defaultVerdict(o)
}

// AgreeingNotFound is how many providers must say 404 before we believe that
// the number does not exist: many send 404 when they have no route.
const AgreeingNotFound = 2

// defaultVerdict holds the defaults: stop when the called party has spoken
// (busy, rang and did not answer, declined) or the number is bad; go on when
// the route failed.
func defaultVerdict(o Outcome) Verdict {
	cause := o.OwnCause()
	switch {
	case o.Result == ResultBusy || cause == q850.UserBusy:
		return Verdict{true, q850.UserBusy, "default: busy"}
	case o.Result == ResultNoAnswer && o.Rang:
		return Verdict{true, q850.NoAnswer, "default: rang, no answer"}
	case cause == q850.CallRejected && o.Rang:
		return Verdict{true, q850.CallRejected, "default: rang, declined"}
	case cause == q850.NumberChanged:
		return Verdict{true, q850.NumberChanged, "default: number changed"}
	case cause == q850.InvalidNumberFormat:
		return Verdict{true, q850.InvalidNumberFormat, "default: number incomplete"}
	case o.SIPStatus == 404 && o.Agreeing+1 >= AgreeingNotFound:
		return Verdict{true, q850.UnallocatedNumber, "default: number unknown to two routes"}
	}
	return Verdict{Rule: "default: the route failed, try the next"}
}

// OwnCause is the attempt's cause: the SIP answer's when there was one, since the
// Reason header may override HANGUPCAUSE.
func (o Outcome) OwnCause() q850.Cause {
	if c := q850.FromSIP(o.SIPStatus); c != q850.None {
		return c
	}
	return o.Cause
}

func (r StopRule) matches(o Outcome) bool {
	return (r.SIPStatus == 0 || r.SIPStatus == o.SIPStatus) &&
		(r.Cause == q850.None || r.Cause == o.OwnCause() || r.Cause == o.Cause) &&
		(r.Rang == nil || *r.Rang == o.Rang)
}

// specific counts how much a rule asks for.
func (r StopRule) specific() int {
	n := 0
	if r.SIPStatus != 0 {
		n += 4
	}
	if r.Cause != q850.None {
		n += 2
	}
	if r.Rang != nil {
		n++
	}
	return n
}

// release is a cause that the caller's switch understands.
func release(wanted q850.Cause, o Outcome) q850.Cause {
	for _, c := range []q850.Cause{wanted, o.OwnCause()} {
		if _, mapped := c.SIP(); mapped {
			return c
		}
	}
	return q850.NoCircuit
}

func (b *builder) addStopRules(rules []StopRule) {
	for _, r := range rules {
		if r.ProviderID != 0 && b.providers[r.ProviderID] == nil {
			b.problem("stop_rules", r.ID, "provider_id", "no provider %d", r.ProviderID)
			continue
		}
		if _, mapped := r.Release.SIP(); r.Release != q850.None && !mapped {
			b.problem("stop_rules", r.ID, "release_cause", "%s would reach the caller as 603 Decline; the attempt's own cause is used", r.Release)
			r.Release = q850.None
		}
		b.stopRules[r.ProviderID] = append(b.stopRules[r.ProviderID], r)
	}
	for _, list := range b.stopRules {
		slices.SortStableFunc(list, func(x, y StopRule) int { return y.specific() - x.specific() })
	}
}
