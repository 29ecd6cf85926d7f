package callflow

import (
	"time"

	"tandem/billing"
	"tandem/internal/money"
)

// Running is one call in progress with its money.
type Running struct {
	CallID     string       `json:"call_id"`
	Server     string       `json:"server"`
	Node       string       `json:"node"`
	AccountID  int64        `json:"account_id"`
	BeganAt    time.Time    `json:"began_at"`
	AnsweredAt *time.Time   `json:"answered_at,omitempty"` // nil: not answered yet, as far as is known
	TalkS      int64        `json:"talk_s"`                // whole seconds of talk so far
	Sold       bool         `json:"sold"`                  // the account pays
	CurrencyID int64        `json:"currency_id,omitempty"` // of the sums
	Cost       money.Amount `json:"cost"`                  // what the talk so far comes to
	Held       money.Amount `json:"held"`                  // set aside for it
	LeftS      int64        `json:"left_s"`                // seconds of talk that are paid and not talked yet
	Limited    bool         `json:"limited"`               // paid slice by slice
	Low        bool         `json:"low"`                   // the caller was told that the money is almost spent

	Paid time.Duration `json:"-"` // talk, from the answer, that is paid
}

// Running lists the calls in progress.
func (k *Keeper) Running() []Running {
	return k.RunningSince(func(string) time.Time { return time.Time{} })
}

// RunningSince lists the calls in progress. answered says when a call was seen
// answered by somebody else; zero: it was not.
func (k *Keeper) RunningSince(answered func(callID string) time.Time) []Running {
	now := k.cfg.Now()
	views := k.views()
	list := make([]Running, len(views)) // priced without the lock: new calls wait for it
	for i := range views {
		v := &views[i]
		v.answered = earliest(v.answered, answered(v.hold.CallID))
		list[i] = views[i].running(now)
	}
	return list
}

// RunningOf is a call in progress that another node keeps, by its hold.
func RunningOf(h *billing.OpenHold, account int64, answered, now time.Time) Running {
	v := view{hold: h.Hold, account: account, answered: earliest(h.AnsweredAt, answered)}
	return v.running(now)
}

// earliest is the truest of two sightings of one answer: nobody sees it before it
// happens. Zero is no sighting.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func (k *Keeper) views() []view {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := make([]view, 0, len(k.calls))
	for _, c := range k.calls {
		list = append(list, c.view)
	}
	return list
}

func (c *view) running(now time.Time) Running {
	r := Running{
		CallID: c.hold.CallID, Server: c.hold.Server, Node: c.hold.Node, AccountID: c.account, BeganAt: c.hold.BeganAt,
		Held: c.hold.Amount, LeftS: int64(c.hold.Paid / time.Second), Limited: c.hold.Limited, Low: c.warned,
		Paid: c.hold.Paid,
	}
	talk := time.Duration(0)
	if !c.answered.IsZero() {
		at := c.answered.UTC()
		r.AnsweredAt = &at
		talk = min(max(0, now.Sub(c.answered)), c.hold.Paid)
		r.TalkS, r.LeftS = int64(talk/time.Second), int64((c.hold.Paid-talk)/time.Second)
	}
	cost, currency, sold := c.hold.Terms.Running(c.answered, talk)
	r.Cost, r.CurrencyID, r.Sold = min(cost, c.hold.Amount), currency, sold
	return r
}
