package callflow

import (
	"context"
	"errors"
	"time"

	"tandem/billing"
	"tandem/internal/money"
)

// Times of a check.
const (
	checkTime  = 3 * time.Second         // all that one check may take
	extendTime = 1500 * time.Millisecond // of it, for one request for money
	retryAfter = time.Second             // after Asterisk or the store gave no answer, or no money
	tooLate    = 300 * time.Millisecond  // before the limit strikes nothing is tried any more
	warnTime   = 15 * time.Second        // all that a whisper may take
	misfit     = time.Second             // a limit further from what is paid is not the one that should be there
)

// check looks at one call and says when to look again; zero: never.
func (k *Keeper) check(ctx context.Context, c *kept) time.Time {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	c.low = false
	line := k.cfg.Line(c.hold.Server)
	if line == nil {
		return time.Time{}
	}
	armed, err := line.Limit(ctx, c.hold.CallID)
	now := k.cfg.Now()
	switch {
	case errors.Is(err, ErrNoCall):
		return time.Time{} // its end report says the rest
	case err != nil:
		k.cfg.Log.Warn().Err(err).Str("call_id", c.hold.CallID).Msg("Asterisk does not tell how long the call may talk; its limit stays")
		return k.again(c, now)
	case !armed.Answered:
		return now.Add(k.beforeEnd(c.hold.Paid)) // the limit is counted from the answer
	}
	k.Answered(c.hold.CallID, now.Add(-armed.Talked))
	// Asterisk counts by its wall clock, which may be set back; ours only runs on.
	armed.Talked = max(armed.Talked, now.Sub(k.answeredAt(c)))
	if off := c.hold.Paid - armed.Talked - armed.Left; off.Abs() > misfit {
		// Paid by an extension that did not reach Asterisk, or a limit that lies
		// beyond what is paid.
		return k.arm(ctx, line, c, armed)
	}
	if armed.Left > k.cfg.Money.Lead {
		return now.Add(k.beforeEnd(armed.Left))
	}
	if armed.Left < tooLate {
		return time.Time{}
	}
	return k.extend(ctx, line, c, armed)
}

// again is the next try while the call may still be there.
func (k *Keeper) again(c *kept, now time.Time) time.Time {
	if now.After(c.hold.BeganAt.Add(c.hold.Paid + k.cfg.MaxTalk)) {
		return time.Time{}
	}
	return now.Add(retryAfter)
}

// extend sets aside the money of the next slice, or of as much of it as there is.
func (k *Keeper) extend(ctx context.Context, line Line, c *kept, armed Armed) time.Time {
	now := k.cfg.Now()
	account := k.cfg.Snapshot().Account(c.account)
	to := min(c.hold.Paid+k.cfg.Money.Slice, k.cfg.MaxTalk)
	if account == nil || !account.Enabled || to <= c.hold.Paid {
		return k.last(c, armed, to > c.hold.Paid)
	}
	answered := now.Add(-armed.Talked)
	budget := money.Amount(maxAmount)
	if account.CallLimit != nil {
		budget = *account.CallLimit
	}
	bounds := boundsOf(account, now)
	for range holdTries {
		talk, err := c.hold.Terms.Affords(answered, answered, budget, to)
		if err != nil || talk <= c.hold.Paid {
			k.cfg.Metrics.Extended("refused")
			return k.last(c, armed, true)
		}
		amount, err := c.hold.Terms.Dearest(answered, answered, talk)
		if err != nil {
			return k.last(c, armed, true)
		}
		// The slices before may have been set aside at another hour's price.
		amount = max(amount, c.hold.Amount)
		grant, err := k.ask(ctx, billing.Extension{
			CallID: c.hold.CallID, AccountID: c.hold.AccountID, From: c.hold.Paid, To: talk, Amount: amount, Bounds: bounds,
		})
		switch {
		case err != nil:
			k.cfg.Metrics.Extended("failed")
			k.cfg.Log.Error().Err(err).Str("call_id", c.hold.CallID).Msg("no more money can be set aside; the call ends when what is paid is talked")
			return k.last(c, armed, true) // the caller is told all the same
		case grant.Granted:
			k.cfg.Metrics.Extended("granted")
			k.grown(c, grant)
			return k.arm(ctx, line, c, armed)
		case grant.Limit == billing.LimitGone && grant.Paid > c.hold.Paid:
			k.grown(c, grant) // another node has extended it
			return k.arm(ctx, line, c, armed)
		case grant.Limit == billing.LimitGone:
			return time.Time{} // settled: the call is over
		}
		budget = min(budget, c.hold.Amount+grant.Room)
	}
	return k.last(c, armed, true)
}

const maxAmount = 1<<63 - 1

// ask leaves a check some of its time for what follows the answer.
func (k *Keeper) ask(ctx context.Context, e billing.Extension) (billing.Grant, error) {
	ctx, cancel := context.WithTimeout(ctx, extendTime)
	defer cancel()
	return k.cfg.Holds.Extend(ctx, e)
}

// grown takes over what the store has set aside.
func (k *Keeper) grown(c *kept, g billing.Grant) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c.hold.Amount, c.hold.Paid, c.warned = g.Amount, g.Paid, false
}

// arm moves Asterisk's limit to what is paid.
func (k *Keeper) arm(ctx context.Context, line Line, c *kept, armed Armed) time.Time {
	now := k.cfg.Now()
	spent := k.cfg.Sounds[MessageSpent]
	if c.hold.Paid >= k.cfg.MaxTalk {
		spent = "" // the longest call is over, not the money
	}
	left := c.hold.Paid - armed.Talked
	if err := line.Arm(ctx, c.hold.CallID, armed, left, c.hold.Paid, spent); err != nil {
		if errors.Is(err, ErrNoCall) {
			return time.Time{}
		}
		k.cfg.Log.Warn().Err(err).Str("call_id", c.hold.CallID).Msg("Asterisk's limit cannot be moved yet")
		return now.Add(retryAfter)
	}
	k.cfg.Log.Debug().Str("call_id", c.hold.CallID).Stringer("paid", c.hold.Paid).Stringer("held", c.hold.Amount).Msg("talk is paid")
	return now.Add(k.beforeEnd(left))
}

// last is a slice after which nothing follows: the caller is warned, and money is
// asked for again as long as the call goes on.
func (k *Keeper) last(c *kept, armed Armed, warn bool) time.Time {
	now := k.cfg.Now()
	warning := armed.Left - k.cfg.Money.Warn
	warn = warn && k.untold(c)
	c.low = warn && warning <= 0
	next := now.Add(min(retryAfter, armed.Left))
	if armed.Left < tooLate+retryAfter {
		return time.Time{}
	}
	if warn && warning > 0 && warning < retryAfter {
		next = now.Add(warning)
	}
	return next
}

// untold says whether the caller is still to be told that this slice is the last.
func (k *Keeper) untold(c *kept) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return !c.warned && !c.whispering
}

// warn tells the caller once; what did not come through is said again. It does so
// in the background: a sound may last longer than a check may take, and more money
// is asked for meanwhile.
func (k *Keeper) warn(ctx context.Context, c *kept) {
	line, sound := k.cfg.Line(c.hold.Server), k.cfg.Sounds[MessageLowTime]
	k.mu.Lock()
	defer k.mu.Unlock()
	if sound == "" || line == nil {
		c.warned = true
		return
	}
	paid := c.hold.Paid
	c.whispering = true
	k.whispers.Go(func() {
		err := k.whisper(ctx, line, c.hold.CallID, sound)
		k.mu.Lock()
		defer k.mu.Unlock()
		c.whispering = false
		if err == nil && c.hold.Paid == paid { // else it was not the last slice
			c.warned = true
		}
	})
}

func (k *Keeper) whisper(ctx context.Context, line Line, callID, sound string) error {
	ctx, cancel := context.WithTimeout(ctx, warnTime)
	defer cancel()
	err := line.Warn(ctx, callID, sound)
	switch {
	case err == nil:
		k.cfg.Metrics.Warned()
	case !errors.Is(err, ErrNoCall):
		k.cfg.Log.Warn().Err(err).Str("call_id", callID).Msg("the caller could not be told that the money is almost spent")
	}
	return err
}
