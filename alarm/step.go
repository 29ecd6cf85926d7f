package alarm

import "time"

// State is where an alarm is.
type State string

// The states.
const (
	Pending  State = "pending" // it is bad, for too short
	Firing   State = "firing"
	Resolved State = "resolved"
)

// Why an alarm is over.
const (
	ByValue  = "value"
	ByNoData = "no_data" // nothing was heard for long
	ByRule   = "rule"    // its rule was changed, switched off or deleted
)

// Course is how far an alarm has come. The zero value is none.
type Course struct {
	State      State
	Since      time.Time
	FiredAt    time.Time // zero: not yet
	ClearSince time.Time // it has been over since; zero: it is not
	SeenAt     time.Time // there was enough to judge by last
	ResolvedAt time.Time
	ResolvedBy string
}

// Gone says that there is nothing to keep: it was never bad for long enough.
func (c Course) Gone() bool { return c.State == "" }

// leastSilence is how long an alarm outlives its figures at least.
const leastSilence = time.Hour

// Step says where a verdict takes an alarm.
//
//	(none) ──bad──▶ pending ──bad for For──▶ firing ──good for ClearFor──▶ resolved
//	          ▲        │
//	          ╰──good──╯
//
// Between keeps it as it is, and so does Unknown: a carrier that is left by routing
// because it fails has too few calls to be called better. After four windows, at
// least an hour, of silence it is resolved for that reason.
func (r *Rule) Step(c Course, v Verdict, now time.Time) Course {
	switch {
	case c.State == "" || c.State == Resolved:
		if v != Bad {
			return Course{}
		}
		c = Course{State: Pending, Since: now, SeenAt: now}
	case v == Unknown:
		return r.unheard(c, now)
	}
	c.SeenAt = now
	switch v {
	case Bad:
		c.ClearSince = time.Time{}
	case Between:
		if c.State == Pending {
			return Course{}
		}
		c.ClearSince = time.Time{}
	case Good:
		if c.State == Pending {
			return Course{}
		}
		if c.ClearSince.IsZero() {
			c.ClearSince = now
		}
		if now.Sub(c.ClearSince) >= r.ClearFor {
			return c.resolved(ByValue, now)
		}
	case Unknown:
	}
	if c.State == Pending && now.Sub(c.Since) >= r.For {
		c.State, c.FiredAt = Firing, now
	}
	return c
}

func (r *Rule) unheard(c Course, now time.Time) Course {
	if now.Sub(c.SeenAt) < max(4*r.Window, leastSilence) {
		return c
	}
	if c.State == Pending {
		return Course{}
	}
	return c.resolved(ByNoData, now)
}

func (c Course) resolved(by string, now time.Time) Course {
	c.State, c.ResolvedAt, c.ResolvedBy = Resolved, now, by
	return c
}

// End is what becomes of an alarm whose rule is there no more.
func (c Course) End(now time.Time) Course {
	if c.State != Firing {
		return Course{}
	}
	return c.resolved(ByRule, now)
}
