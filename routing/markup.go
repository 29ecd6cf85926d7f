package routing

import (
	"strings"

	"tandem/billing/rate"
	"tandem/internal/money"
)

// String is how people write it: "cost + 10 % + 0.005 a minute".
func (m Markup) String() string {
	text := "cost"
	if m.Percent != 0 {
		text += signed(m.Percent < 0) + rate.Percent(abs(int64(m.Percent))).String() + " %"
	}
	if m.PerMinute != 0 {
		text += signed(m.PerMinute < 0) + shortRate(money.Rate(abs(int64(m.PerMinute)))) + " a minute"
	}
	return text
}

func signed(negative bool) string {
	if negative {
		return " - "
	}
	return " + "
}

func abs(v int64) int64 { return max(v, -v) }

// shortRate leaves out zeros at the end.
func shortRate(r money.Rate) string {
	return strings.TrimRight(strings.TrimRight(r.String(), "0"), ".")
}

// card marks up what the provider charges by. A rate that comes to more than can
// be charged is left out.
func (m *Markup) card(cost rate.Card) (rate.Card, bool) {
	out := rate.Card{Zone: cost.Zone}
	for _, r := range cost.Rates {
		if v, err := r.CostPlus(m.Percent, m.PerMinute); err == nil {
			out.Rates = append(out.Rates, v)
		}
	}
	return out, len(out.Rates) > 0
}

// markupReason says why a route cannot be sold with the plan's markup: its price
// does not fit, or an account that must not lose would pay less than it costs. A
// markup upwards never does.
func (p *Plan) markupReason(v *price) Reason {
	s := p.snapshot
	r := s.rates.rate(s.rates.trie.entries[v.entry])
	sale, err := r.CostPlus(p.Markup.Percent, p.Markup.PerMinute)
	if err != nil {
		return ReasonRateInvalid
	}
	if !p.request.Account.NoLoss || p.Markup.Percent >= 0 && p.Markup.PerMinute >= 0 {
		return ""
	}
	billed := uint64(0)
	if sale.Plain() {
		billed = p.profile.lengths.Billed(sale.First, sale.Next)
	}
	if p.profile.lengths.Expect(&sale, billed).Compare(v.exact) < 0 {
		return ReasonWouldLose
	}
	return ""
}

// goodMarkup checks that of a tariff. One that makes no sense must not let calls
// go unpaid.
func (b *builder) goodMarkup(t *Tariff) bool {
	if t.Markup == nil {
		return true
	}
	if _, err := (rate.Rate{}).CostPlus(t.Markup.Percent, t.Markup.PerMinute); err != nil {
		b.problem("tariffs", t.ID, "markup_percent", "%v; nothing is sold by the tariff", err)
		return false
	}
	return true
}
