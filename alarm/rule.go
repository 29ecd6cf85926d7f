package alarm

import (
	"slices"
	"time"
)

// Condition is what is bad.
type Condition string

// The conditions.
const (
	Below Condition = "below"
	Above Condition = "above"
	Drop  Condition = "drop" // so many percent below its own past, beyond chance
	Rise  Condition = "rise"
)

// AllConditions are all of them.
func AllConditions() []Condition { return []Condition{Below, Above, Drop, Rise} }

// OfPast says whether the past is looked at.
func (c Condition) OfPast() bool { return c == Drop || c == Rise }

// Severity is how bad it is.
type Severity string

// The severities, the least first.
const (
	Info     Severity = "info"
	Warning  Severity = "warning"
	Critical Severity = "critical"
)

// Severities are all of them, the least first.
func Severities() []Severity { return []Severity{Info, Warning, Critical} }

// AtLeast says whether it is as bad as that.
func (s Severity) AtLeast(o Severity) bool {
	return slices.Index(Severities(), s) >= slices.Index(Severities(), o)
}

// Rule says when somebody is to be told of what.
type Rule struct {
	ID         int64
	Name       string
	Measure    Measure
	Condition  Condition
	Value      Value  // of the measure; with Drop and Rise percent of its own past
	Clear      *Value // it is over only there; nil: Value
	Each       []string
	Only       []Only
	Window     time.Duration
	For        time.Duration // it must be so before it fires
	ClearFor   time.Duration // and over before it is resolved
	MinSamples int64
	MinMoney   Value         // of sums of money with Drop and Rise, in the base currency; 0: any
	Repeat     time.Duration // told again; 0: never
	Severity   Severity
	Silent     Silence
	Channels   []int64
}

// Only picks what has one of some values.
type Only struct {
	What   string   `json:"what" enum:"provider,tier,gate,server,account,country,prefix,network"`
	Values []string `json:"values" nullable:"false" doc:"1 to 100: numbers of providers, gates, accounts; else as they are written"`
}
