package routing

import (
	"encoding/binary"
	"errors"
	"slices"

	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/internal/money"
)

// Reasons are what a plan is remembered by: every route with its place and the
// parts of its price, every other candidate with its reason. They are kept with
// the call in a compact form (some twenty bytes a candidate) and put into words
// only when somebody asks.
type Reasons struct {
	Refused Reason
	Detail  string // of Refused: which row says so
	Policy  int64  // 0: least cost
	Ticket  uint64
	Lengths string // prefix whose call lengths were expected
	Sale    money.Amount
	Sold    bool
	Markup  *Markup // of a cost-plus tariff, which has no one price
	Routes  []ReasonRoute
	Dropped []ReasonDrop
	Cut     int // candidates left out that found no room

	Destination Destination // of routes that were ordered by their quality
}

// ReasonRoute is one place of the plan.
type ReasonRoute struct {
	Key      Key
	Dial     string
	Why      string // of a route that has no price: a subscriber, another server; else which rule prefers it
	CLI      e164.Number
	Deck     int64
	Prefix   string
	Currency int64     // of the rate
	Rate     rate.Rate // without its times
	Native   money.Amount
	Cost     money.Amount
	Weight   *Weight // by what it was ordered; nil: not by its quality
}

// ReasonDrop is a candidate that was left out.
type ReasonDrop struct {
	Key    Key
	Reason Reason
	Detail string
	Cost   money.Amount // 0: not priced
}

// Bounds of the stored form. A plan over hundreds of providers keeps its routes
// and as many of the others as fit.
const (
	MaxReasonsBytes = 16 << 10
	maxDetail       = 64
	reasonsVersion  = 1
	// reasonsRated is the form with a markup, and with grace, free seconds and
	// steps of each rate. It is written only where there is any of them.
	reasonsRated = 2
	// reasonsWeighed is that form with what was weighed of each route. It is no
	// longer written.
	reasonsWeighed = 3
	// reasonsArgued is that form with the figures that a weight was worked out from.
	// It is written only where routes were ordered by their quality.
	reasonsArgued = 4
)

// ErrReasons is the answer to bytes that are no stored reasons.
var ErrReasons = errors.New("routing: no stored reasons")

// reasonCodes gives each reason its number in the stored form: its place. New
// ones are added at the end; nothing is ever moved or taken out.
func reasonCodes() []Reason {
	return []Reason{
		"", ReasonProviderDisabled, ReasonNoRate, ReasonNoFX, ReasonRateInvalid, ReasonTierTooLow, ReasonNoWayOut, ReasonGateDisabled,
		ReasonGateOtherServer, ReasonGateOtherNumber, ReasonGateTwin, ReasonBoundToGate, ReasonCLINotAllowed, ReasonCLINotOurs,
		ReasonNumberInOnly, ReasonOverLimit, ReasonServerUnbound, ReasonBlockedPrefix, ReasonRateCap, ReasonFeeCap, ReasonWouldLose,
		ReasonNoSellRate, ReasonRuleBlocks, ReasonRuleForces, ReasonNotInPolicy, ReasonNoChannel, ReasonNoCPS, ReasonGateFull,
		ReasonGateCPS, ReasonBreakerOpen, ReasonProbing, ReasonUnreachable, ReasonAccountFull, ReasonAccountCPS, ReasonBlockedA, ReasonBlockedB,
		ReasonNotAllowed, ReasonNoBalance, ReasonNoMoney, ReasonDailyLimit, ReasonCallLimit, ReasonMoneyUnknown,
		ReasonBlockedType, ReasonBlockedCountry, ReasonQuietHours,
	}
}

// Reasons is the plan as it is kept; valid until the plan is used again.
func (p *Plan) Reasons() *Reasons {
	r := &p.reasons
	*r = Reasons{
		Refused: p.Refused, Detail: p.Detail, Ticket: p.Ticket, Lengths: p.Lengths, Sale: p.Sale, Sold: p.Sold, Markup: p.Markup, Routes: r.Routes[:0], Dropped: r.Dropped[:0],
	}
	if p.Policy != nil {
		r.Policy = p.Policy.ID
	}
	if len(p.Routes) > 0 && p.Routes[0].Weight != nil {
		r.Destination = p.weighing.Destination
	}
	for i := range p.Routes {
		v := &p.Routes[i]
		r.Routes = append(r.Routes, ReasonRoute{
			Key: v.Key, Dial: p.Dial(i), Why: v.Rule, CLI: v.CLI, Deck: v.Deck, Prefix: string(v.Prefix), Currency: v.Provider.CurrencyID,
			Rate: v.Rate, Native: v.Native, Cost: v.Cost, Weight: v.Weight,
		})
	}
	for _, d := range p.Dropped {
		r.Dropped = append(r.Dropped, ReasonDrop{Key: d.Key, Reason: d.Reason, Detail: d.Detail[:min(len(d.Detail), maxDetail)], Cost: d.Cost})
	}
	return r
}

// Append writes the stored form: version, then numbers as varints and texts with
// their length. It never takes more than MaxReasonsBytes after the routes.
func (r *Reasons) Append(b []byte) []byte {
	version := r.version()
	b = append(b, version)
	b = appendReason(b, r.Refused)
	b = appendText(b, r.Detail)
	b = binary.AppendVarint(b, r.Policy)
	b = binary.AppendUvarint(b, r.Ticket)
	b = appendText(b, r.Lengths)
	b = appendBool(b, r.Sold)
	b = binary.AppendVarint(b, int64(r.Sale))
	if version >= reasonsRated {
		b = r.Markup.append(b)
	}
	if version >= reasonsArgued {
		b = binary.AppendUvarint(appendText(b, r.Destination.Prefix), uint64(max(0, r.Destination.Answered)))
	}
	b = binary.AppendUvarint(b, uint64(len(r.Routes)))
	for i := range r.Routes {
		b = r.Routes[i].append(b)
		if version >= reasonsRated {
			b = appendRated(b, &r.Routes[i].Rate)
		}
		if version >= reasonsArgued {
			b = r.Routes[i].Weight.append(b)
		}
	}
	kept := len(r.Dropped)
	count := len(b)
	b = binary.AppendUvarint(b, uint64(kept))
	for i, d := range r.Dropped {
		next := d.append(b)
		if len(next) > MaxReasonsBytes {
			kept = i
			break
		}
		b = next
	}
	if kept < len(r.Dropped) {
		// Their number has changed, and with it perhaps its length.
		b = append(binary.AppendUvarint(b[:count:count], uint64(kept)), b[count+uvarintLen(len(r.Dropped)):]...)
	}
	return binary.AppendUvarint(b, uint64(r.Cut+len(r.Dropped)-kept))
}

func uvarintLen(n int) int { return len(binary.AppendUvarint(nil, uint64(n))) }

func (v *ReasonRoute) append(b []byte) []byte {
	b = v.Key.append(b)
	b = appendText(b, v.Dial)
	b = appendText(b, v.Why)
	b = appendText(b, string(v.CLI))
	b = binary.AppendVarint(b, v.Deck)
	b = appendText(b, v.Prefix)
	b = binary.AppendVarint(b, v.Currency)
	for _, n := range []int64{
		int64(v.Rate.PerMinute), int64(v.Rate.ConnectionFee), int64(v.Rate.Minimum), int64(v.Rate.AttemptFee),
		int64(v.Rate.First), int64(v.Rate.Next), int64(v.Native), int64(v.Cost),
	} {
		b = binary.AppendVarint(b, n)
	}
	return b
}

// version is the oldest form that holds all there is.
func (r *Reasons) version() byte {
	version := byte(reasonsVersion)
	if r.Markup != nil {
		version = reasonsRated
	}
	for i := range r.Routes {
		if r.Routes[i].Weight != nil {
			return reasonsArgued
		}
		if v := &r.Routes[i].Rate; v.Grace != 0 || v.Free != 0 || v.Steps != [rate.MaxSteps]rate.Step{} {
			version = reasonsRated
		}
	}
	return version
}

func (m *Markup) append(b []byte) []byte {
	if m == nil {
		return appendBool(b, false)
	}
	return binary.AppendVarint(binary.AppendVarint(appendBool(b, true), int64(m.Percent)), int64(m.PerMinute))
}

func appendRated(b []byte, r *rate.Rate) []byte {
	b = binary.AppendVarint(binary.AppendVarint(b, int64(r.Grace)), int64(r.Free))
	for _, s := range r.Steps {
		b = binary.AppendVarint(binary.AppendVarint(b, int64(s.After)), int64(s.PerMinute))
	}
	return b
}

func (d ReasonDrop) append(b []byte) []byte {
	b = d.Key.append(b)
	b = appendReason(b, d.Reason)
	b = appendText(b, d.Detail)
	return binary.AppendVarint(b, int64(d.Cost))
}

func (k Key) append(b []byte) []byte {
	b = append(b, byte(k.Tier))
	for _, id := range []int64{k.ProviderID, k.GateID, k.AddressID, k.SubscriberID, k.ServerID} {
		b = binary.AppendVarint(b, id)
	}
	return b
}

func appendReason(b []byte, r Reason) []byte {
	return binary.AppendUvarint(b, uint64(max(0, slices.Index(reasonCodes(), r))))
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}
