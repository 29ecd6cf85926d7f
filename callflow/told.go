package callflow

import (
	"fmt"
	"strconv"
	"strings"

	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

// Told is a decision's reasons in words.
type Told struct {
	Policy     string         `json:"policy"`      // what ordered the routes
	PolicyKind string         `json:"policy_kind"` // least_cost, priority, share, band_share, quality; empty: its policy is gone
	PolicyID   int64          `json:"policy_id,omitempty"`
	Base       string         `json:"base_currency"`          // of expected costs and of the sale
	Lengths    string         `json:"lengths"`                // whose call lengths were expected
	MeanTalk   int64          `json:"mean_talk_ms,omitempty"` // of an answered call, by the call lengths of today
	Sale       *money.Amount  `json:"sale,omitempty"`         // what the account pays for the expected call, in the base currency
	Markup     string         `json:"markup,omitempty"`       // how a cost-plus tariff sells
	Refused    routing.Reason `json:"refused,omitempty"`      // why no route may be used at all
	Detail     string         `json:"detail,omitempty"`       // which row says so
	Plan       []PlannedRoute `json:"plan"`

	// What calls there come to, whatever their route; of a policy that goes by quality.
	Destination *ToldDestination `json:"destination,omitempty"`
	Dropped     []DroppedRoute   `json:"dropped"`
	Cut         int              `json:"cut,omitempty"` // candidates that were left out and not kept
}

// PlannedRoute is one place of the plan.
type PlannedRoute struct {
	N        int           `json:"n"`
	Key      string        `json:"key"`
	Provider string        `json:"provider,omitempty"`
	Tier     string        `json:"tier,omitempty"`
	Dial     string        `json:"dial"`
	CLI      e164.Number   `json:"cli,omitempty"`
	Cost     *money.Amount `json:"cost,omitempty"` // expected, in the base currency
	Price    *PriceParts   `json:"price,omitempty"`
	Reason   string        `json:"reason"`
	Rule     string        `json:"preferred_by,omitempty"` // which rule puts it before others
	Weighed  *Weighed      `json:"weighed,omitempty"`      // of a policy that goes by quality: what it went by
}

// PriceParts are what an expected cost is made of, in the provider's currency.
type PriceParts struct {
	Deck          int64        `json:"deck"`
	Prefix        string       `json:"prefix"`
	Currency      string       `json:"currency"`
	PerMinute     money.Rate   `json:"per_minute"`
	ConnectionFee money.Amount `json:"connection_fee"`
	Minimum       money.Amount `json:"minimum_charge"`
	AttemptFee    money.Amount `json:"attempt_fee"`
	First         int32        `json:"first_s"`
	Next          int32        `json:"next_s"`
	Grace         int32        `json:"grace_s,omitempty"`
	Free          int32        `json:"free_s,omitempty"`
	Steps         string       `json:"steps,omitempty"`
	Expected      money.Amount `json:"expected"`
}

// DroppedRoute is a candidate that was not taken, with the code that says why.
type DroppedRoute struct {
	Key      string        `json:"key"`
	Provider string        `json:"provider"`
	Tier     string        `json:"tier,omitempty"`
	Reason   string        `json:"reason"`
	Detail   string        `json:"detail,omitempty"`
	Cost     *money.Amount `json:"cost,omitempty"`
}

// Tell puts stored reasons into words. Names are today's: what was decided is
// kept by number.
func Tell(s *routing.Snapshot, stored []byte) (Told, error) {
	r, err := routing.ParseReasons(stored)
	if err != nil {
		return Told{}, err
	}
	if len(stored) == 0 {
		return Told{}, nil
	}
	t := Told{
		Policy: policyName(s, &r), PolicyKind: policyKind(s, r.Policy), PolicyID: r.Policy, Base: s.Options.BaseCurrency, Lengths: lengthsOf(r.Lengths),
		MeanTalk: s.MeanTalk(r.Lengths).Milliseconds(), Refused: r.Refused, Detail: r.Detail, Cut: r.Cut,
	}
	if r.Sold {
		t.Sale = &r.Sale
	}
	if r.Markup != nil {
		t.Markup = r.Markup.String()
	}
	for i := range r.Routes {
		t.Plan = append(t.Plan, tellRoute(s, &r.Routes[i], r.Destination.Prefix, i+1, len(r.Routes)))
	}
	t.Destination = toldDestination(&r)
	for _, d := range r.Dropped {
		v := DroppedRoute{Key: d.Key.String(), Reason: string(d.Reason), Detail: d.Detail}
		if d.Key.ProviderID != 0 {
			v.Provider, v.Tier = providerName(s, d.Key.ProviderID), d.Key.Tier.String()
		}
		if d.Cost != 0 {
			v.Cost = &d.Cost
		}
		t.Dropped = append(t.Dropped, v)
	}
	return t, nil
}

// tellRoute tells the n-th of so many routes; where is the prefix that calls were
// counted at.
func tellRoute(s *routing.Snapshot, r *routing.ReasonRoute, where string, n, of int) PlannedRoute {
	v := PlannedRoute{N: n, Key: r.Key.String(), Dial: r.Dial, CLI: r.CLI, Reason: r.Why}
	if r.Key.ProviderID == 0 {
		return v
	}
	currency := s.Currency(r.Currency)
	v.Provider, v.Tier, v.Cost = providerName(s, r.Key.ProviderID), r.Key.Tier.String(), &r.Cost
	v.Price = &PriceParts{
		Deck: r.Deck, Prefix: r.Prefix, Currency: currency, PerMinute: r.Rate.PerMinute, ConnectionFee: r.Rate.ConnectionFee,
		Minimum: r.Rate.Minimum, AttemptFee: r.Rate.AttemptFee, First: r.Rate.First, Next: r.Rate.Next, Expected: r.Native,
		Grace: r.Rate.Grace, Free: r.Rate.Free, Steps: string(rate.AppendSteps(nil, r.Rate.Steps)),
	}
	var extra strings.Builder
	for _, part := range []struct {
		name string
		sum  money.Amount
	}{{"fee", r.Rate.ConnectionFee}, {"minimum", r.Rate.Minimum}, {"attempt", r.Rate.AttemptFee}} {
		if part.sum != 0 {
			fmt.Fprintf(&extra, ", %s %s", part.name, part.sum)
		}
	}
	for _, part := range []struct {
		words string
		value int32
	}{{", grace %d s", r.Rate.Grace}, {", %d s free", r.Rate.Free}} {
		if part.value != 0 {
			fmt.Fprintf(&extra, part.words, part.value)
		}
	}
	if v.Price.Steps != "" {
		fmt.Fprintf(&extra, ", steps %s", v.Price.Steps)
	}
	v.Reason = fmt.Sprintf("place %d of %d: expected %s %s (%s %s: %s/min by %d/%d%s, prefix %s)",
		n, of, r.Cost, s.Options.BaseCurrency, r.Native, currency, r.Rate.PerMinute, r.Rate.First, r.Rate.Next, extra.String(), r.Prefix)
	if r.Weight != nil {
		v.Weighed = weighed(r.Weight, where)
		v.Reason += "; " + v.Weighed.words()
	}
	if r.Why != "" {
		v.Reason += ", preferred by " + r.Why
		v.Rule = r.Why
	}
	return v
}

func policyName(s *routing.Snapshot, r *routing.Reasons) string {
	if r.Policy == 0 {
		return string(routing.LeastCost)
	}
	p := s.PolicyByID(r.Policy)
	if p == nil {
		return "policy " + strconv.FormatInt(r.Policy, 10)
	}
	switch {
	case p.Kind == routing.Quality && len(r.Routes) > 0 && r.Routes[0].Weight == nil:
		return fmt.Sprintf("%s (%s, of which nothing was known: by cost)", p.Name, p.Kind)
	case p.Kind == routing.Quality && len(r.Routes) > 0 && r.Routes[0].Weight.Exploring:
		return fmt.Sprintf("%s (%s, one of the few calls that test a route)", p.Name, p.Kind)
	case p.Kind == routing.Quality: // its ticket draws nothing but which calls test
	case p.Shares():
		return fmt.Sprintf("%s (%s, ticket %d)", p.Name, p.Kind, r.Ticket)
	}
	return fmt.Sprintf("%s (%s)", p.Name, p.Kind)
}

func policyKind(s *routing.Snapshot, id int64) string {
	if id == 0 {
		return string(routing.LeastCost)
	}
	if p := s.PolicyByID(id); p != nil {
		return string(p.Kind)
	}
	return ""
}

func lengthsOf(prefix string) string {
	if prefix == "" {
		return "all calls"
	}
	return "calls to " + prefix
}

func providerName(s *routing.Snapshot, id int64) string {
	if p := s.Provider(id); p != nil {
		return p.Name
	}
	return "provider " + strconv.FormatInt(id, 10)
}
