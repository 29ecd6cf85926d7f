package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"tandem/internal/money"
)

// Policy orders the routes of the calls that a policy rule picks for it.
type Policy struct {
	ID          int64         `json:"id" readOnly:"true"`
	Name        string        `json:"name" doc:"1 to 64 characters, unique"`
	Kind        string        `json:"kind" enum:"least_cost,priority,share,band_share,quality"`
	BandPercent string        `json:"band_percent" required:"false" default:"0.00" doc:"band_share: how much dearer than the cheapest, two digits after the point"`
	MinTier     string        `json:"min_tier" required:"false" enum:"noncli,cli,premium" default:"noncli" doc:"No route of a lower tier"`
	Routes      []PolicyRoute `json:"routes" required:"false" nullable:"false" csv:"-" doc:"Its providers; priority and share leave out what is not here"`
}

// PolicyRoute is a provider, or one tier of it, in a policy.
type PolicyRoute struct {
	ProviderID int64   `json:"provider_id"`
	Provider   string  `json:"provider" readOnly:"true"`
	Tier       *string `json:"tier" required:"false" doc:"noncli, cli, premium; null: every tier"`
	Place      int     `json:"place" required:"false" doc:"priority: lower goes first"`
	Weight     int     `json:"weight" required:"false" minimum:"1" default:"1" doc:"share, band_share: its share, 1 to 10000"`
}

// Policies is the table of them.
func Policies() Table[Policy] {
	return Table[Policy]{
		name: "policies", kind: "policy", order: "name",
		fields: (*Policy).fields, check: (*Policy).check, load: loadPolicies, save: savePolicy,
		id: func(p *Policy) *int64 { return &p.ID }, title: func(p *Policy) string { return p.Name },
		filters: map[string]string{"kind": "t.kind = ?"},
		search:  []string{"t.name"},
		unique: map[string]FieldError{
			"policies_name":     {"name", "this name is taken"},
			"policy_routes_key": {"routes", "a provider is named twice for the same tier"},
		},
		owned: []string{"policy_routes"},
	}
}

func (p *Policy) fields() []field {
	return []field{
		{"id", "", "t.id", &p.ID},
		{"name", "name", "", &p.Name},
		{"kind", "kind", "", &p.Kind},
		{"band_percent", "band_percent", "", &p.BandPercent},
		{"min_tier", "min_tier", "", &p.MinTier},
	}
}

func (p *Policy) check() error {
	kinds := []string{"least_cost", "priority", "share", "band_share", "quality"}
	band, err := money.ParseAmount(p.BandPercent)
	if err := faults(
		goodName(p.Name),
		must(slices.Contains(kinds, p.Kind), "kind", "want "+strings.Join(kinds, ", ")),
		must(err == nil && band >= 0 && band <= bandMost && band%bandStep == 0, "band_percent", "want a percentage from 0 to 9999.99, with at most two digits after the point"),
		goodTier("min_tier", p.MinTier),
		must(len(p.Routes) <= 1000, "routes", "want at most 1000"),
	); err != nil {
		return err
	}
	p.Routes = slices.Clone(p.Routes)
	for i := range p.Routes {
		if err := p.Routes[i].check(fmt.Sprintf("routes[%d].", i)); err != nil {
			return err
		}
		if again := slices.IndexFunc(p.Routes[:i], p.Routes[i].same); again >= 0 {
			return &FieldError{Field: fmt.Sprintf("routes[%d].provider_id", i), Text: fmt.Sprintf("the same provider and tier as routes[%d]", again)}
		}
	}
	return nil
}

// Bounds of band_percent, in the unit of money.
const (
	bandStep = 10_000 // 0.01
	bandMost = 9_999_990_000
)

func (r PolicyRoute) check(at string) error {
	return faults(
		goodID(at+"provider_id", r.ProviderID),
		goodTierOrNone(at+"tier", r.Tier),
		must(r.Place >= 0 && r.Place <= 1_000_000, at+"place", "want 0 to 1000000"),
		must(r.Weight >= 1 && r.Weight <= 10_000, at+"weight", "want 1 to 10000"),
	)
}

func (r PolicyRoute) same(other PolicyRoute) bool {
	return r.ProviderID == other.ProviderID && (r.Tier == nil) == (other.Tier == nil) && (r.Tier == nil || *r.Tier == *other.Tier)
}

func loadPolicies(ctx context.Context, tx *sql.Tx, list []*Policy) error {
	ids, places := placesOf(list, func(p *Policy) int64 { return p.ID })
	for _, p := range list {
		p.Routes = []PolicyRoute{}
	}
	return eachIn(ctx, tx, `SELECT r.policy_id, r.provider_id, COALESCE(p.providername, ''), r.tier, r.place, r.weight
		FROM policy_routes r LEFT JOIN providers p ON p.id = r.provider_id
		WHERE r.policy_id IN (?) ORDER BY r.policy_id, r.place, r.id`, ids, func(rows *sql.Rows) error {
		var id int64
		var r PolicyRoute
		err := rows.Scan(&id, &r.ProviderID, &r.Provider, &r.Tier, &r.Place, &r.Weight)
		places[id].Routes = append(places[id].Routes, r)
		return err
	})
}

// savePolicy writes the routes anew: their order is part of what they say.
func savePolicy(ctx context.Context, tx *sql.Tx, p *Policy) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM policy_routes WHERE policy_id = ?`, p.ID); err != nil {
		return err
	}
	for i, r := range p.Routes {
		if err := mustExist(ctx, tx, "providers", r.ProviderID, fmt.Sprintf("routes[%d].provider_id", i)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO policy_routes (policy_id, provider_id, tier, place, weight) VALUES (?, ?, ?, ?, ?)`,
			p.ID, r.ProviderID, r.Tier, r.Place, r.Weight); err != nil {
			return err
		}
	}
	return nil
}

// mustExist is a FieldError when a table has no row with an id.
func mustExist(ctx context.Context, tx *sql.Tx, table string, id int64, field string) error {
	var there int
	err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table+" WHERE id = ?", id).Scan(&there)
	if err == nil && there == 0 {
		return &FieldError{Field: field, Text: "there is none with this id"}
	}
	return err
}
