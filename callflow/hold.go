package callflow

import (
	"context"
	"time"

	"tandem/billing"
	"tandem/internal/money"
	"tandem/routing"
)

// Money says how money is set aside for calls.
type Money struct {
	Slice time.Duration // talk that is paid at a time while the account's money is limited
	// Lead is how long before paid talk ends more is asked for, and Warn how long
	// before the end the caller is told that there is none.
	Lead, Warn time.Duration
	Within     time.Duration // how long setting money aside may take at the start of a call
}

// holdTries bounds how often a smaller sum is asked for, when other calls of the
// account take what was left a moment ago.
const holdTries = 4

// hold sets money aside for a call that is about to be dialled, and says how long
// it may talk. An account whose money is limited pays slice by slice; its first
// one is taken here, at once durable. What needs no check is kept with the
// record.
func (f *Flow) hold(ctx context.Context, s *routing.Snapshot, d Decision, in Seizure) Decision {
	account := s.Account(d.Record.AccountID)
	if account == nil {
		return d
	}
	h := billing.Hold{
		CallID: in.CallID, AccountID: account.ID, Paid: f.Limits.MaxTalk, Terms: termsOf(s, account, d.Plan),
		Server: in.Server, Node: f.Node, BeganAt: in.At,
	}
	if !h.Terms.Sold() {
		h.AccountID = 0
		return d.held(h, false)
	}
	window := answers{in.At, in.At.Add(f.Limits.HuntBudget + f.Limits.Ring)}
	bounds := boundsOf(account, in.At)
	most, err := h.Terms.Dearest(window.first, window.last, h.Paid)
	if err != nil {
		return f.unpaid(d, in, routing.ReasonRateInvalid)
	}
	h.Amount = most
	free := most == 0
	if account.CallLimit != nil && most > *account.CallLimit {
		if h, err = window.shorten(h, *account.CallLimit); err != nil || h.Paid == 0 {
			return f.unpaid(d, in, routing.ReasonCallLimit)
		}
	}
	if free || !bounds.Limited() {
		return d.held(h, false)
	}
	h.Limited = true
	if h.Paid > f.Money.Slice {
		h.Paid = f.Money.Slice
		if h.Amount, err = h.Terms.Dearest(window.first, window.last, h.Paid); err != nil {
			return f.unpaid(d, in, routing.ReasonRateInvalid)
		}
	}
	h, reason := f.setAside(ctx, h, bounds, window)
	if reason != "" {
		return f.unpaid(d, in, reason)
	}
	return d.held(h, true)
}

// setAside takes the money for the hold, or for as much talk as there is money.
func (f *Flow) setAside(ctx context.Context, h billing.Hold, b billing.Bounds, window answers) (billing.Hold, routing.Reason) {
	ctx, cancel := context.WithTimeout(ctx, f.Money.Within)
	defer cancel()
	for range holdTries {
		grant, err := f.Holds.Hold(ctx, h, b)
		if err != nil {
			f.Log.Error().Err(err).Str("call_id", h.CallID).Msg("no money can be set aside; the call is refused")
			return h, routing.ReasonMoneyUnknown
		}
		if grant.Granted {
			h.Amount, h.Paid = grant.Amount, grant.Paid
			return h, ""
		}
		shorter, err := window.shorten(h, grant.Room)
		if err != nil || shorter.Paid == 0 || shorter.Paid >= h.Paid {
			return h, limitReason(grant.Limit)
		}
		h = shorter
	}
	return h, routing.ReasonNoMoney
}

// answers are the moments between which the call may be answered.
type answers struct{ first, last time.Time }

// shorten makes a hold pay for as much talk as a budget does.
func (w answers) shorten(h billing.Hold, budget money.Amount) (billing.Hold, error) {
	var err error
	if h.Paid, err = h.Terms.Affords(w.first, w.last, budget, h.Paid); err != nil {
		return h, err
	}
	h.Amount, err = h.Terms.Dearest(w.first, w.last, h.Paid)
	return h, err
}

// boundsOf are what an account may spend, at a moment.
func boundsOf(a *routing.Account, at time.Time) billing.Bounds {
	zone := a.Zone
	if zone == nil {
		zone = time.UTC
	}
	y, m, day := at.In(zone).Date()
	return billing.Bounds{Credit: a.Credit, Daily: a.Daily, Day: time.Date(y, m, day, 0, 0, 0, 0, time.UTC)}
}

func limitReason(l billing.Limit) routing.Reason {
	switch l {
	case billing.LimitDaily:
		return routing.ReasonDailyLimit
	case billing.LimitNoBalance:
		return routing.ReasonNoBalance
	default:
		return routing.ReasonNoMoney
	}
}

// held is a decision whose call may talk as long as the hold pays for. taken says
// that the money is set aside already.
func (d Decision) held(h billing.Hold, taken bool) Decision {
	d.Hold = &h
	if !taken {
		d.Record.Hold = &h
	}
	return d
}

// unpaid refuses a call for its money and gives back the channel it had.
func (f *Flow) unpaid(d Decision, in Seizure, reason routing.Reason) Decision {
	f.Capacity.Release(in.CallID, f.Now())
	d.Plan.Refuse(reason)
	return d.reject(refusedBy(reason))
}
