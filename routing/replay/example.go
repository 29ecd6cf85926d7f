package replay

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

// Example is a single call that another route carries.
type Example struct {
	CallID        string
	StartedAt     time.Time
	BNumber       e164.Number
	TalkMS        int64
	From, To      routing.Key // zero: no route
	Before, After money.Amount
	Gain          money.Amount
}

// examples keeps the calls with the largest difference.
type examples struct {
	room int
	list []Example
}

func (e *examples) add(c *Call, p *pair) {
	if e.room == 0 || !p.changed() {
		return
	}
	gain := p.gain()
	if len(e.list) == e.room {
		if abs(gain) <= abs(e.list[e.room-1].Gain) {
			return
		}
		e.list = e.list[:e.room-1]
	}
	v := Example{
		CallID: strings.Clone(c.ID), StartedAt: c.StartedAt, BNumber: e164.Number(strings.Clone(string(c.BNumber))), TalkMS: p.talkMS,
		From: p.before.key, To: p.after.key, Before: p.before.cost, After: p.after.cost, Gain: gain,
	}
	at, _ := slices.BinarySearchFunc(e.list, v, func(x, y Example) int {
		if c := cmp.Compare(abs(y.Gain), abs(x.Gain)); c != 0 {
			return c
		}
		return -1 // after its equals
	})
	e.list = slices.Insert(e.list, at, v)
}

func abs(a money.Amount) money.Amount { return max(a, -a) }
