package callflow

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/quality"
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
	Dropped    []DroppedRoute `json:"dropped"`
	Cut        int            `json:"cut,omitempty"` // candidates that were left out and not kept
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

// Weighed is what was known of a route when the call was decided; docs/quality.md.
type Weighed struct {
	Worth     money.Amount `json:"worth"`                   // of a call that ends on it, in the base currency
	Low       int32        `json:"answered_at_least_ppm"`   // the share of its calls that counted, in millionths
	Samples   uint32       `json:"samples"`                 // of its own calls to the destination that counted
	Exploring bool         `json:"exploring"`               // it came first to be tested, not for its worth
	Floored   bool         `json:"floored"`                 // a floor put it behind all others
	Demoted   *time.Time   `json:"demoted_since,omitempty"` // since when it had been worse than the destination's other routes
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
		t.Plan = append(t.Plan, tellRoute(s, &r.Routes[i], i+1, len(r.Routes)))
	}
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

func tellRoute(s *routing.Snapshot, r *routing.ReasonRoute, n, of int) PlannedRoute {
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
		v.Weighed = weighed(r.Weight)
		v.Reason += "; " + v.Weighed.words()
	}
	if r.Why != "" {
		v.Reason += ", preferred by " + r.Why
		v.Rule = r.Why
	}
	return v
}

func weighed(w *routing.Weight) *Weighed {
	v := &Weighed{Worth: w.Worth, Low: w.Low, Samples: w.Samples, Exploring: w.Exploring, Floored: w.Floored}
	if w.Demoted != 0 {
		v.Demoted = new(time.Unix(int64(w.Demoted), 0).UTC())
	}
	return v
}

// words says what was weighed as part of a sentence.
func (w *Weighed) words() string {
	var b strings.Builder
	fmt.Fprintf(&b, "worth %s a call that ends here: at least %s answered, by %d calls of its own", w.Worth, quality.Share(w.Low), w.Samples)
	if w.Floored {
		b.WriteString(", behind all others by a floor")
	}
	if w.Demoted != nil {
		fmt.Fprintf(&b, ", worse than the others since %s", w.Demoted.Format(time.DateTime))
	}
	if w.Exploring {
		b.WriteString(", first to be tested")
	}
	return b.String()
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
