package db

import (
	"context"
	"database/sql"
	"strings"
)

// Provider is a carrier that we pay.
type Provider struct {
	ID            int64   `json:"id" readOnly:"true"`
	Name          string  `json:"name" doc:"1 to 64 characters, unique"`
	CurrencyID    int64   `json:"currency_id" doc:"What it bills in"`
	Currency      string  `json:"currency" readOnly:"true" doc:"ISO 4217"`
	Enabled       *bool   `json:"enabled" required:"false" nullable:"false" doc:"Left out: true"`
	NonCLIPrefix  *string `json:"noncli_prefix" required:"false" doc:"Technical prefix of the tier noncli; empty: sold without one; null: not sold. All three null: one way, tier cli, without a prefix"`
	CLIPrefix     *string `json:"cli_prefix" required:"false" doc:"Technical prefix of the tier cli"`
	PremiumPrefix *string `json:"premium_prefix" required:"false" doc:"Technical prefix of the tier premium"`
	CLIAllowed    bool    `json:"cli_allowed" required:"false" doc:"We may set the caller ID to any number that we may show"`
	DynamicCalls  bool    `json:"dynamic_calls" required:"false" doc:"Carries any caller ID, also numbers that are not ours"`
	AppendPlus    bool    `json:"append_plus" required:"false" doc:"Wants a + before a bare E.164 number"`
	DefaultCLI    string  `json:"default_cli" required:"false" doc:"E.164; shown when a call has no caller ID of its own"`
	Channels      int     `json:"channels" required:"false" doc:"Calls at the same time; 0: no limit"`
	CPS           int     `json:"cps" required:"false" doc:"New calls a second; 0: no limit"`
}

// Providers is the table of them.
func Providers() Table[Provider] {
	return Table[Provider]{
		name: "providers", kind: "provider", order: "name",
		from:   "LEFT JOIN currency c ON c.id = t.currency_id",
		fields: (*Provider).fields, check: (*Provider).check,
		within: func(ctx context.Context, tx *sql.Tx, p *Provider) error { return p.within(ctx, tx) },
		id:     func(p *Provider) *int64 { return &p.ID }, title: func(p *Provider) string { return p.Name },
		filters: map[string]string{"enabled": filterEnabled, "currency_id": "t.currency_id = ?", "name": "t.providername = ?"},
		search:  []string{"t.providername"},
		unique:  map[string]FieldError{"providers_providername": {"name", "this name is taken"}},
		kept: []keptKind{
			{"postings", "SELECT 1 FROM ledger WHERE debit = 'provider' AND debit_id = ? LIMIT 1"},
			{"postings", "SELECT 1 FROM ledger WHERE credit = 'provider' AND credit_id = ? LIMIT 1"},
		},
	}
}

// filterEnabled takes true or false.
const filterEnabled = "(t.enabled <> 0) = (? = 'true')"

func (p *Provider) fields() []field {
	return []field{
		{"id", "", "t.id", &p.ID},
		{"name", "providername", "", &p.Name},
		{"currency_id", "currency_id", "", &p.CurrencyID},
		{"currency", "", "c.iso", &p.Currency},
		{"enabled", "enabled", "", &p.Enabled},
		{"noncli_prefix", "noncli_prefix", "", &p.NonCLIPrefix},
		{"cli_prefix", "cli_prefix", "", &p.CLIPrefix},
		{"premium_prefix", "premcli_prefix", "", &p.PremiumPrefix},
		{"cli_allowed", "cli_allowed", "", yesNo{&p.CLIAllowed}},
		{"dynamic_calls", "dynamic_calls", "", yesNo{&p.DynamicCalls}},
		{"append_plus", "append_plus", "", &p.AppendPlus},
		{"default_cli", "dynamic_calls_caller_id", "", textOrNull{&p.DefaultCLI}},
		{"channels", "channels", "", &p.Channels},
		{"cps", "cps", "", &p.CPS},
	}
}

func (p *Provider) check() error {
	orTrue(&p.Enabled)
	return faults(
		goodName(p.Name),
		goodID("currency_id", p.CurrencyID),
		goodTechnicalPrefix("noncli_prefix", p.NonCLIPrefix),
		goodTechnicalPrefix("cli_prefix", p.CLIPrefix),
		goodTechnicalPrefix("premium_prefix", p.PremiumPrefix),
		goodNumber("default_cli", p.DefaultCLI, true),
		goodLimits(p.Channels, p.CPS),
	)
}

// within keeps the currency of a provider that has prices: they would silently
// become prices in another.
func (p *Provider) within(ctx context.Context, tx *sql.Tx) error {
	var priced int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM providers p WHERE p.id = ? AND p.currency_id <> ?
		AND (EXISTS (SELECT 1 FROM decks d WHERE d.provider_id = p.id) OR EXISTS (SELECT 1 FROM ledger l WHERE l.credit = 'provider' AND l.credit_id = p.id))`,
		p.ID, p.CurrencyID).Scan(&priced); err != nil {
		return err
	}
	return must(priced == 0, "currency_id", "its decks and what it is owed are in the currency that it has: make another provider for another currency")
}

func goodTechnicalPrefix(field string, prefix *string) error {
	return must(prefix == nil || len(*prefix) <= 15 && strings.Trim(*prefix, "0123456789*#") == "", field,
		"want up to 15 of 0-9 * #; empty: no prefix; null: the tier is not sold")
}
