package quality

import (
	"time"

	"tandem/billing"
	"tandem/internal/money"
	"tandem/internal/q850"
)

// Attempt is a finished bid as far as quality is concerned.
type Attempt struct {
	Answered bool
	Busy     bool
	NoAnswer bool // it rang until somebody gave up waiting
	Declined bool // the called party rang and refused
	Rang     bool // 180, 183 or any other answer between 100 and 200 was heard

	// PDD, post-dial delay: from the bid to the first sign of life beyond 100
	// Trying: ringing, progress, or the answer where it came without either. RFC
	// 6076 §4.3 calls it session request delay; ITU-T E.721 calls about the same
	// post-selection delay. 0: there was none.
	PDD     time.Duration
	Elapsed time.Duration // from the bid to the end of the attempt, talk included
	Talk    time.Duration
	Blame   q850.Blame
	Cost    money.Amount
	Sale    money.Amount
	Media   billing.Media
}

// Seized says that the far side took the call up.
func (a *Attempt) Seized() bool { return a.Rang || a.PDD > 0 || a.Effective() }

// Effective says that the called party was reached.
func (a *Attempt) Effective() bool { return a.Answered || a.Busy || a.NoAnswer || a.Declined }

// AttemptOf reads the record of an attempt, which knows nothing of money.
func AttemptOf(r *billing.Attempt) Attempt {
	return Attempt{
		Answered: r.Result == billing.Answered,
		Busy:     r.Result == billing.Busy,
		NoAnswer: r.Result == billing.NoAnswer,
		Declined: r.Result == billing.Failed && r.Rang && r.Cause == q850.CallRejected,
		Rang:     r.Rang || r.Progress || r.SIPStatus > 100 && r.SIPStatus < 200,
		PDD:      r.PDD, Elapsed: r.Elapsed, Talk: r.Talk, Blame: r.Blame, Media: r.Media,
	}
}
