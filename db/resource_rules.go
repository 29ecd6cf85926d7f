package db

import (
	"fmt"
	"slices"
	"strings"

	"tandem/internal/q850"
	"tandem/routing"
)

// PolicyRule picks the policy that orders the routes of some calls: the first
// that matches, by position.
type PolicyRule struct {
	ID       int64  `json:"id" readOnly:"true"`
	Position int    `json:"position" doc:"Lower is asked first"`
	PolicyID int64  `json:"policy_id"`
	Policy   string `json:"policy" readOnly:"true"`
	CallMatch
}

// PolicyRules is the table of them.
func PolicyRules() Table[PolicyRule] {
	return Table[PolicyRule]{
		name: "policy_rules", kind: "policy rule", order: "position",
		from:   "LEFT JOIN policies p ON p.id = t.policy_id LEFT JOIN accounts a ON a.id = t.account_id",
		fields: (*PolicyRule).fields, check: (*PolicyRule).check,
		id: func(r *PolicyRule) *int64 { return &r.ID },
		title: func(r *PolicyRule) string {
			return fmt.Sprintf("%d: %s", r.Position, r.Policy)
		},
		filters: map[string]string{"policy_id": "t.policy_id = ?", "account_id": "t.account_id = ?"},
		search:  []string{"p.name", "a.name", "t.a_prefix", "t.b_prefix"},
	}
}

func (r *PolicyRule) fields() []field {
	return slices.Concat([]field{
		{"id", "", "t.id", &r.ID},
		{"position", "position", "", &r.Position},
		{"policy_id", "policy_id", "", &r.PolicyID},
		{"policy", "", "COALESCE(p.name, '')", &r.Policy},
	}, r.CallMatch.fields())
}

func (r *PolicyRule) check() error {
	return faults(
		must(r.Position >= -1_000_000 && r.Position <= 1_000_000, "position", "want -1000000 to 1000000"),
		goodID("policy_id", r.PolicyID),
		r.CallMatch.check(),
	)
}

// RouteRule prefers, forces or blocks routes for some calls.
type RouteRule struct {
	ID     int64  `json:"id" readOnly:"true"`
	Action string `json:"action" enum:"prefer,force,block" doc:"A block that names neither provider, tier nor gate blocks the call"`
	CallMatch

	ProviderID *int64  `json:"provider_id" required:"false" doc:"null: any"`
	Provider   string  `json:"provider" readOnly:"true"`
	Tier       *string `json:"tier" required:"false" doc:"noncli, cli, premium; null: any"`
	GateID     *int64  `json:"gate_id" required:"false" doc:"null: any"`
	Gate       string  `json:"gate" readOnly:"true"`
	Enabled    *bool   `json:"enabled" required:"false" nullable:"false" doc:"Left out: true"`
	Comment    string  `json:"comment" required:"false"`
}

// RouteRules is the table of them.
func RouteRules() Table[RouteRule] {
	return Table[RouteRule]{
		name: "route_rules", kind: "route rule", order: "id",
		from: `LEFT JOIN accounts a ON a.id = t.account_id LEFT JOIN providers p ON p.id = t.provider_id
			LEFT JOIN gates g ON g.id = t.gate_id`,
		fields: (*RouteRule).fields, check: (*RouteRule).check,
		id: func(r *RouteRule) *int64 { return &r.ID }, title: (*RouteRule).title,
		filters: map[string]string{
			"enabled": filterEnabled, "action": "t.action = ?", "account_id": "t.account_id = ?", "provider_id": "t.provider_id = ?", "gate_id": "t.gate_id = ?",
		},
		search: []string{"t.comment", "a.name", "p.providername", "g.gatename", "t.a_prefix", "t.b_prefix"},
	}
}

func (r *RouteRule) title() string {
	return fmt.Sprintf("%s %s %s", r.Action, r.Provider, r.Gate)
}

func (r *RouteRule) fields() []field {
	return slices.Concat([]field{
		{"id", "", "t.id", &r.ID},
		{"action", "action", "", &r.Action},
	}, r.CallMatch.fields(), []field{
		{"provider_id", "provider_id", "", &r.ProviderID},
		{"provider", "", "COALESCE(p.providername, '')", &r.Provider},
		{"tier", "tier", "", &r.Tier},
		{"gate_id", "gate_id", "", &r.GateID},
		{"gate", "", "COALESCE(g.gatename, '')", &r.Gate},
		{"enabled", "enabled", "", &r.Enabled},
		{"comment", "comment", "", &r.Comment},
	})
}

func (r *RouteRule) check() error {
	orTrue(&r.Enabled)
	return faults(
		must(r.Action == "prefer" || r.Action == "force" || r.Action == "block", "action", "want prefer, force or block"),
		goodReference("provider_id", &r.ProviderID),
		goodTierOrNone("tier", r.Tier),
		goodReference("gate_id", &r.GateID),
		must(r.Action == "block" || r.ProviderID != nil || r.Tier != nil || r.GateID != nil, "provider_id", "name a provider, a tier or a gate to "+r.Action),
		goodText("comment", r.Comment, 255),
		r.CallMatch.check(),
	)
}

// StopRule says after a failed attempt whether the hunt goes on.
type StopRule struct {
	ID           int64  `json:"id" readOnly:"true"`
	ProviderID   *int64 `json:"provider_id" required:"false" doc:"null: every provider"`
	Provider     string `json:"provider" readOnly:"true"`
	SIPStatus    *int   `json:"sip_status" required:"false" doc:"300 to 699; null: any"`
	Cause        *int   `json:"cause" required:"false" doc:"Q.850, 1 to 127; null: any"`
	Rang         *bool  `json:"rang" required:"false" doc:"The far end rang before; null: whether or not"`
	Stop         bool   `json:"stop" doc:"true: end the hunt; false: try the next route"`
	ReleaseCause *int   `json:"release_cause" required:"false" doc:"To the caller when stopping; null: as received"`
	Comment      string `json:"comment" required:"false"`
}

// StopRules is the table of them.
func StopRules() Table[StopRule] {
	return Table[StopRule]{
		name: "stop_rules", kind: "stop rule", order: "id",
		from:   "LEFT JOIN providers p ON p.id = t.provider_id",
		fields: (*StopRule).fields, check: (*StopRule).check,
		id: func(r *StopRule) *int64 { return &r.ID }, title: func(r *StopRule) string { return r.Comment },
		filters: map[string]string{"provider_id": "t.provider_id = ?", "stop": "(t.stop <> 0) = (? = 'true')"},
		search:  []string{"t.comment", "p.providername"},
	}
}

func (r *StopRule) fields() []field {
	return []field{
		{"id", "", "t.id", &r.ID},
		{"provider_id", "provider_id", "", &r.ProviderID},
		{"provider", "", "COALESCE(p.providername, '')", &r.Provider},
		{"sip_status", "sip_status", "", &r.SIPStatus},
		{"cause", "cause", "", &r.Cause},
		{"rang", "rang", "", &r.Rang},
		{"stop", "stop", "", &r.Stop},
		{"release_cause", "release_cause", "", &r.ReleaseCause},
		{"comment", "comment", "", &r.Comment},
	}
}

func (r *StopRule) check() error {
	return faults(
		goodReference("provider_id", &r.ProviderID),
		within("sip_status", r.SIPStatus, 300, 699, "want a final answer, 300 to 699, or null for any"),
		within("cause", r.Cause, 1, 127, "want a Q.850 cause, 1 to 127, or null for any"),
		must(goodRelease(r.ReleaseCause), "release_cause", "want a Q.850 cause that Asterisk turns into a SIP answer, such as 17 or 34, or null for the one received"),
		goodText("comment", r.Comment, 255),
	)
}

// goodRelease says whether the caller's switch would understand the cause.
func goodRelease(cause *int) bool {
	if cause == nil {
		return true
	}
	if *cause < 1 || *cause > 127 {
		return false
	}
	_, mapped := q850.Cause(*cause).SIP()
	return mapped
}

func within(field string, v *int, least, most int, text string) error {
	return must(v == nil || *v >= least && *v <= most, field, text)
}

// Block refuses calls from or to the numbers with a prefix, or of a place.
type Block struct {
	ID        int64  `json:"id" readOnly:"true"`
	Side      string `json:"side" enum:"A,B" doc:"A: the number shown; B: the number called"`
	Prefix    string `json:"prefix" required:"false" doc:"Leading digits; empty: any, when there are types, countries or regions"`
	AccountID *int64 `json:"account_id" required:"false" doc:"null: for everybody"`
	Account   string `json:"account" readOnly:"true"`
	Comment   string `json:"comment" required:"false"`
	PlaceMatch
}

// Blocks is the block list.
func Blocks() Table[Block] {
	return Table[Block]{
		name: "block_list", kind: "block", order: "prefix",
		from:   "LEFT JOIN accounts a ON a.id = t.account_id",
		fields: (*Block).fields, check: (*Block).check,
		id: func(b *Block) *int64 { return &b.ID }, title: (*Block).title,
		filters: map[string]string{"side": "t.side = ?", "account_id": "t.account_id = ?", "prefix": "t.prefix LIKE CONCAT(?, '%')"},
		search:  []string{"t.prefix", "t.comment", "a.name"},
	}
}

func (b *Block) title() string {
	place := b.match()
	return strings.Join(slices.DeleteFunc([]string{b.Side, b.Prefix, routing.PlaceText(&place)}, func(s string) bool { return s == "" }), " ")
}

func (b *Block) fields() []field {
	return slices.Concat([]field{
		{"id", "", "t.id", &b.ID},
		{"side", "side", "", &b.Side},
		{"prefix", "prefix", "", &b.Prefix},
		{"account_id", "account_id", "", &b.AccountID},
		{"account", "", "COALESCE(a.name, '')", &b.Account},
		{"comment", "comment", "", &b.Comment},
	}, b.PlaceMatch.fields())
}

func (b *Block) check() error {
	return faults(
		must(b.Side == "A" || b.Side == "B", "side", "want A for the number shown, or B for the number called"),
		goodPrefix("prefix", b.Prefix, true),
		b.PlaceMatch.check(),
		must(b.Prefix != "" || !b.isZero(), "prefix", "want leading digits, or types, countries or regions: else nobody could call"),
		goodReference("account_id", &b.AccountID),
		goodText("comment", b.Comment, 255),
	)
}
