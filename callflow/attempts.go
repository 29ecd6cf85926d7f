package callflow

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tandem/billing"
	"tandem/internal/q850"
	"tandem/routing"
)

// Attempt is one finished bid as Asterisk saw it.
type Attempt struct {
	N          int
	Key        routing.Key
	StartedAt  time.Time
	DialStatus string
	Cause      q850.Cause // 0: none of this attempt's own
	SIPStatus  int
	Ring       time.Duration // bid to 180; 0: none came
	Progress   time.Duration // bid to 183; 0: none came
	Elapsed    time.Duration // bid to end, talk included
	Talk       time.Duration
}

// ParseAttempts reads the attempt log that the dialplan keeps on the channel
// (format: package dialplan). It comes from Asterisk, whose values come from
// strangers, so every field is checked.
func ParseAttempts(log string) ([]Attempt, error) {
	if log == "" {
		return nil, nil
	}
	lines := strings.Split(strings.Trim(log, "/"), "/")
	if len(lines) > routing.MaxRoutes {
		return nil, fmt.Errorf("%w: %d attempts in the log", ErrBadRequest, len(lines))
	}
	attempts := make([]Attempt, 0, len(lines))
	for i, line := range lines {
		a, err := parseAttempt(line)
		if err != nil {
			return nil, fmt.Errorf("%w: attempt %d: %w", ErrBadRequest, i+1, err)
		}
		if a.N != i+1 {
			return nil, fmt.Errorf("%w: attempt %d is numbered %d", ErrBadRequest, i+1, a.N)
		}
		attempts = append(attempts, a)
	}
	return attempts, nil
}

func parseAttempt(line string) (Attempt, error) {
	fields := strings.Split(line, ":")
	if len(fields) != 10 {
		return Attempt{}, fmt.Errorf("%d fields, want 10", len(fields))
	}
	key, err := routing.ParseKey(fields[1])
	if err != nil {
		return Attempt{}, err
	}
	var numbers [10]int64
	for _, i := range []int{0, 2, 4, 5, 6, 7, 8, 9} {
		if numbers[i], err = count(fields[i]); err != nil {
			return Attempt{}, fmt.Errorf("field %d: %w", i+1, err)
		}
	}
	if numbers[4] > 127 {
		return Attempt{}, fmt.Errorf("cause %d: want at most 127", numbers[4])
	}
	if numbers[5] > 699 {
		return Attempt{}, fmt.Errorf("SIP status %d: want at most 699", numbers[5])
	}
	status := fields[3]
	if status == "" || len(status) > 16 || strings.Trim(status, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return Attempt{}, fmt.Errorf("dial status %q", status)
	}
	return Attempt{
		N: int(numbers[0]), Key: key, StartedAt: time.UnixMilli(numbers[2]).UTC(), DialStatus: status,
		Cause: q850.Cause(numbers[4]), SIPStatus: int(numbers[5]),
		Ring: millis(numbers[6]), Progress: millis(numbers[7]), Elapsed: millis(numbers[8]), Talk: millis(numbers[9]),
	}, nil
}

// count reads digits; nothing counts as 0. Fifteen digits hold any time in
// milliseconds that a call can have.
func count(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	if len(s) > 15 || s[0] == '+' || s[0] == '-' {
		return 0, fmt.Errorf("%q is no count", s)
	}
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no count", s)
	}
	return v, nil
}

func millis(v int64) time.Duration { return time.Duration(v) * time.Millisecond }

func (a Attempt) rang() bool { return a.Ring > 0 }

// pdd is bid to the first sign of life beyond 100 Trying, which may be the answer
// itself; 0 when none came, and when nobody saw it.
func (a Attempt) pdd() time.Duration {
	switch {
	case a.Ring > 0 && a.Progress > 0:
		return min(a.Ring, a.Progress)
	case a.Ring > 0 || a.Progress > 0:
		return a.Ring + a.Progress
	case a.result() == billing.Answered:
		return max(0, a.Elapsed-a.Talk)
	}
	return 0
}

func (a Attempt) outcome() routing.Outcome {
	return routing.Outcome{Result: routing.Result(a.DialStatus), SIPStatus: a.SIPStatus, Cause: a.Cause, Rang: a.rang()}
}

// result is the attempt's end in the words of the record.
func (a Attempt) result() billing.Disposition {
	switch routing.Result(a.DialStatus) {
	case routing.ResultAnswer:
		return billing.Answered
	case routing.ResultBusy:
		return billing.Busy
	case routing.ResultCancel:
		return billing.Cancelled
	case routing.ResultNoAnswer:
		if a.rang() {
			return billing.NoAnswer
		}
		return billing.Failed
	default: // CHANUNAVAIL, CONGESTION, and words for our own mistakes
		return billing.Failed
	}
}

func (a Attempt) blame() q850.Blame {
	switch a.result() {
	case billing.Answered:
		return q850.BlameNone
	case billing.Cancelled:
		return q850.BlameCaller
	case billing.Busy, billing.NoAnswer:
		return q850.BlameCalled
	default:
		if a.Key.SubscriberID != 0 {
			return q850.BlameCalled // a telephone that is not registered
		}
		return a.outcome().OwnCause().BlameOf(a.rang())
	}
}

func (a Attempt) record(callID string) billing.Attempt {
	return billing.Attempt{
		CallID: callID, N: a.N, Key: a.Key.String(), ProviderID: a.Key.ProviderID, Tier: tierName(a.Key),
		GateID: a.Key.GateID, AddressID: a.Key.AddressID, StartedAt: a.StartedAt, Result: a.result(),
		DialStatus: a.DialStatus, SIPStatus: a.SIPStatus, Cause: a.outcome().OwnCause(), Rang: a.rang(), Progress: a.Progress > 0,
		PDD: a.pdd(), Elapsed: a.Elapsed, Talk: a.Talk, Blame: a.blame(),
	}
}

func tierName(k routing.Key) string {
	if k.ProviderID == 0 {
		return ""
	}
	return k.Tier.String()
}

// agreeing counts how many attempts before the last ended with its SIP status.
func agreeing(attempts []Attempt) int {
	last, n := attempts[len(attempts)-1], 0
	for _, a := range attempts[:len(attempts)-1] {
		if a.SIPStatus >= 300 && a.SIPStatus == last.SIPStatus {
			n++
		}
	}
	return n
}
