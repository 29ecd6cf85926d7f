package q850_test

import (
	"testing"

	"tandem/internal/q850"
)

// The table of DIALSTATUS / HANGUPCAUSE per SIP answer, as tried on Asterisk 22.10.1.
func TestFromSIP(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]q850.Cause{
		404: 1, 485: 1, 604: 1, 403: 21, 401: 21, 407: 21, 603: 21, 480: 19, 486: 17, 600: 17, 484: 28, 500: 38,
		503: 34, 408: 18, 410: 22, 488: 58, 502: 27, 504: 102, 420: 127, 599: 34, 0: 0, 183: 0, 200: 0,
	} {
		if got := q850.FromSIP(status); got != want {
			t.Errorf("SIP %d: cause %s, want %s", status, got, want)
		}
	}
}

func TestUnmappedCausesAreKnown(t *testing.T) {
	t.Parallel()
	for _, cause := range []q850.Cause{0, 16, 41, 44, 102} {
		if status, mapped := cause.SIP(); mapped || status != 603 {
			t.Errorf("cause %s: %d, mapped %t; Asterisk answers 603", cause, status, mapped)
		}
	}
	for cause, want := range map[q850.Cause]int{17: 486, 19: 480, 34: 503, 1: 404, 21: 403, 28: 484} {
		if status, mapped := cause.SIP(); !mapped || status != want {
			t.Errorf("cause %s: %d, mapped %t; want %d", cause, status, mapped, want)
		}
	}
}

func TestBlame(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cause q850.Cause
		rang  bool
		want  q850.Blame
	}{
		{q850.UserBusy, false, q850.BlameCalled},
		{q850.CallRejected, true, q850.BlameCalled},
		{q850.CallRejected, false, q850.BlameRoute},
		{q850.NoCircuit, true, q850.BlameRoute},
		{q850.InvalidNumberFormat, false, q850.BlameCaller},
	} {
		if got := c.cause.BlameOf(c.rang); got != c.want {
			t.Errorf("cause %s, rang %t: blame %q, want %q", c.cause, c.rang, got, c.want)
		}
	}
}
