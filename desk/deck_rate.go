package desk

import (
	"fmt"
	"time"

	"tandem/billing/deck"
	"tandem/billing/rate"
	"tandem/internal/money"
)

// DeckRate is a rate of a deck as people and scripts read it.
type DeckRate struct {
	Prefix        string       `json:"prefix"`
	Destination   string       `json:"destination"`
	Blocked       bool         `json:"blocked" doc:"Never route here, whatever a shorter prefix says"`
	PerMinute     money.Rate   `json:"per_minute"`
	ConnectionFee money.Amount `json:"connection_fee"`
	MinimumCharge money.Amount `json:"minimum_charge"`
	AttemptFee    money.Amount `json:"attempt_fee"`
	First         int32        `json:"first_s"`
	Next          int32        `json:"next_s"`
	Grace         int32        `json:"grace_s"`
	Free          int32        `json:"free_s"`
	Steps         string       `json:"steps,omitempty" doc:"Prices that begin later in the call"`
	EffectiveFrom *time.Time   `json:"effective_from,omitempty"`
	EffectiveTo   *time.Time   `json:"effective_to,omitempty"`
	Days          []int        `json:"days,omitempty" doc:"Of the week, 1 is Monday; none: every day"`
	Time          string       `json:"time,omitempty" doc:"Hours of the day, on the clock of the deck's time zone; none: all day"`
}

// ViewRate is a rate to be shown.
func ViewRate(r *deck.Rate) DeckRate {
	v := DeckRate{
		Prefix: r.Prefix, Destination: r.Destination, Blocked: r.Blocked, PerMinute: r.PerMinute, ConnectionFee: r.ConnectionFee,
		MinimumCharge: r.Minimum, AttemptFee: r.AttemptFee, First: r.First, Next: r.Next, Grace: r.Grace, Free: r.Free,
		Steps: string(rate.AppendSteps(nil, r.Steps)),
	}
	if !r.From.IsZero() {
		v.EffectiveFrom = &r.From
	}
	if !r.To.IsZero() {
		v.EffectiveTo = &r.To
	}
	w := r.Window
	for day := range 7 {
		if w.Days&(1<<day) != 0 {
			v.Days = append(v.Days, day+1)
		}
	}
	if w.Start != 0 || w.End != 0 {
		v.Time = fmt.Sprintf("%02d:%02d-%02d:%02d", w.Start/60, w.Start%60, w.End/60, w.End%60)
	}
	return v
}
