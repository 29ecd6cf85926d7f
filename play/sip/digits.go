package sip

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// suffixDigits is how many last digits of the B-number are a code.
const suffixDigits = 4

// Profile decides what becomes of a call offered to a carrier.
type Profile func(Invite) Outcome

// Code is one line of the table of B-number endings.
type Code struct {
	// Suffix is the ending: digits, SSS for one of Statuses, NN for seconds, CC
	// for a Q.850 cause.
	Suffix string `json:"suffix"`
	// Says is the outcome in words.
	Says string `json:"says"`

	outcome func(arg int, hunt func() bool) Outcome
}

// Statuses are the final responses a B-number can ask for.
func Statuses() []int {
	return []int{403, 404, 408, 410, 480, 484, 486, 488, 500, 502, 503, 504, 600, 603, 604}
}

// Outcomes is the table that Digits goes by, in the order it is searched. A
// number with any other ending is answered like Answer.
func Outcomes() []Code {
	seconds := func(n int) time.Duration { return time.Duration(n) * time.Second }
	return []Code{
		{"0SSS", "refused at once with status SSS", func(n int, _ func() bool) Outcome { return Fail(n) }},
		{"1SSS", "rings 1 s, then status SSS", func(n int, _ func() bool) Outcome { return FailAfterRing(n) }},
		{"2SSS", "early media (183) for 1 s, then status SSS", func(n int, _ func() bool) Outcome { return FailAfterEarly(n) }},
		{"5SSS", "first carrier of the hunt: status SSS; the next one answers", func(n int, first func() bool) Outcome {
			if first() {
				return Fail(n)
			}
			return Answer()
		}},
		{"5100", "first carrier of the hunt: silent after 100; the next one answers", func(_ int, first func() bool) Outcome {
			if first() {
				return Silent()
			}
			return Answer()
		}},
		{"91NN", "answered; the called party hangs up after NN s", func(n int, _ func() bool) Outcome { return AnswerFor(seconds(n)) }},
		{"92NN", "rings NN s, then answers", func(n int, _ func() bool) Outcome { return AnswerLate(seconds(n)) }},
		{"9301", "rings, never answers", func(int, func() bool) Outcome { return RingOnly() }},
		{"9302", "silent after 100 Trying", func(int, func() bool) Outcome { return Silent() }},
		{"9303", "no response at all", func(int, func() bool) Outcome { return Mute() }},
		{"9304", "early media (183), then answers", func(int, func() bool) Outcome { return AnswerAfterEarly() }},
		{"9305", "rings; answers in the moment of the CANCEL", func(int, func() bool) Outcome { return CrossCancel() }},
		{"9306", "302 redirect to another host", func(int, func() bool) Outcome { return Redirect("sip:79000000000@127.9.9.9:5060") }},
		{"9307", "answered at once", func(int, func() bool) Outcome { return AnswerAtOnce() }},
		{"94CC", "503 at once with Reason: Q.850;cause=CC", func(n int, _ func() bool) Outcome { return Fail(statusServiceDown, ReasonHeader(n)) }},
		{"95CC", "rings 1 s, then 480 with Reason: Q.850;cause=CC", func(n int, _ func() bool) Outcome { return FailAfterRing(statusUnavailable, ReasonHeader(n)) }},
	}
}

// Digits is the profile that reads the outcome from the end of the B-number.
// Carriers that share an Exchange agree on who was asked first in a hunt; nil
// makes one that is not shared.
func Digits(exchange *Exchange) Profile {
	if exchange == nil {
		exchange = NewExchange()
	}
	codes, statuses := Outcomes(), Statuses()
	return func(in Invite) Outcome {
		suffix, ok := lastDigits(in.Called)
		if !ok {
			return Answer()
		}
		for _, code := range codes {
			if arg, ok := code.match(suffix, statuses); ok {
				return code.outcome(arg, func() bool { return exchange.first(in.Called, in.At) })
			}
		}
		return Answer()
	}
}

// match reports whether the ending is this code's, and the number in it.
func (c Code) match(suffix string, statuses []int) (int, bool) {
	for i := range suffixDigits {
		if c.Suffix[i] >= '0' && c.Suffix[i] <= '9' {
			if c.Suffix[i] != suffix[i] {
				return 0, false
			}
			continue
		}
		arg, err := strconv.Atoi(suffix[i:])
		if err != nil {
			return 0, false
		}
		return arg, c.Suffix[i] != 'S' || slices.Contains(statuses, arg)
	}
	return 0, true
}

// lastDigits is the code at the end of a called number.
func lastDigits(called string) (string, bool) {
	if len(called) < suffixDigits {
		return "", false
	}
	suffix := called[len(called)-suffixDigits:]
	for i := range suffixDigits {
		if suffix[i] < '0' || suffix[i] > '9' {
			return "", false
		}
	}
	return suffix, true
}

// String is the line as a human reads it.
func (c Code) String() string {
	return fmt.Sprintf("…%s  %s", c.Suffix, c.Says)
}
