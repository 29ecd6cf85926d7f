package db

import (
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/routing"
)

func (r *reader) readPolicies() error {
	return r.each(`SELECT id, name, kind, band_percent, min_tier FROM policies ORDER BY id`, func(rows *sql.Rows) error {
		var p routing.Policy
		var band, tier string
		if err := rows.Scan(&p.ID, &p.Name, &p.Kind, &band, &tier); err != nil {
			return err
		}
		var ok [3]bool
		ok[0] = r.policyKind(p)
		p.Band, ok[1] = r.band(p.ID, band)
		p.MinTier, ok[2] = r.minTier("policies", p.ID, tier)
		if ok == [3]bool{true, true, true} {
			r.data.Policies = append(r.data.Policies, p)
		}
		return nil
	})
}

func (r *reader) policyKind(p routing.Policy) (ok bool) {
	kinds := []routing.PolicyKind{routing.LeastCost, routing.Priority, routing.Share, routing.BandShare, routing.Quality}
	if !slices.Contains(kinds, p.Kind) {
		r.problem("policies", p.ID, "kind", "%q: want one of %q", p.Kind, kinds)
		return false
	}
	return true
}

// band turns the column's percent, two digits after the point, into hundredths
// of a percent.
func (r *reader) band(id int64, percent string) (band int, ok bool) {
	band, err := strconv.Atoi(strings.Replace(percent, ".", "", 1))
	if err != nil || band < 0 {
		r.problem("policies", id, "band_percent", "%s: want 0 or more", percent)
		return 0, false
	}
	return band, true
}

func (r *reader) readPolicyRoutes() error {
	byID := map[int64]*routing.Policy{}
	for i := range r.data.Policies {
		byID[r.data.Policies[i].ID] = &r.data.Policies[i]
	}
	return r.each(`SELECT id, policy_id, provider_id, tier, place, weight FROM policy_routes ORDER BY policy_id, place, id`, func(rows *sql.Rows) error {
		var id, policy int64
		var route routing.PolicyRoute
		var tier sql.NullString
		if err := rows.Scan(&id, &policy, &route.ProviderID, &tier, &route.Place, &route.Weight); err != nil {
			return err
		}
		if route.Weight < 1 {
			r.problem("policy_routes", id, "weight", "%d: want 1 or more", route.Weight)
			return nil
		}
		var ok bool
		route.Tier, ok = r.tier("policy_routes", id, tier)
		if p := byID[policy]; ok && p != nil {
			p.Routes = append(p.Routes, route)
		}
		return nil
	})
}

// matchColumns are read into a match, in this order.
const matchColumns = `COALESCE(account_id, 0), a_prefix, b_prefix, days, start_minute, end_minute, time_zone, ` + placeColumns + `, quiet_from, quiet_to`

// match is routing.Match as the columns have it.
type match struct {
	account    int64
	a, b, zone string
	days       uint8
	start, end int
	placeRow
	quiet [2]sql.NullInt64
}

func (m *match) into() []any {
	return append(append([]any{&m.account, &m.a, &m.b, &m.days, &m.start, &m.end, &m.zone}, m.placeRow.into()...), &m.quiet[0], &m.quiet[1])
}

// match checks what a rule is for.
func (r *reader) match(table string, id int64, m match) (routing.Match, bool) {
	var ok [6]bool
	var zone *time.Location
	var window rate.Window
	ok[0] = r.prefix(table, id, "a_prefix", m.a)
	ok[1] = r.prefix(table, id, "b_prefix", m.b)
	zone, ok[2] = r.zone(table, id, m.zone)
	window, ok[3] = r.window(table, id, m)
	v := routing.Match{AccountID: m.account, APrefix: m.a, BPrefix: m.b, Window: window, Zone: zone}
	v.Place, ok[4] = r.place(table, id, &m.placeRow)
	v.Quiet, ok[5] = r.quiet(table, id, m.quiet)
	return v, ok == [6]bool{true, true, true, true, true, true}
}

func (r *reader) window(table string, id int64, m match) (w rate.Window, ok bool) {
	if m.start < 0 || m.end < 0 {
		r.problem(table, id, "start_minute, end_minute", "%d, %d: want minutes of the day, 0 to 1440", m.start, m.end)
		return rate.Window{}, false
	}
	w = rate.Window{Days: m.days, Start: uint16(m.start), End: uint16(m.end)}
	if err := w.Validate(); err != nil {
		r.problem(table, id, "days, start_minute, end_minute", "%v", err)
		return rate.Window{}, false
	}
	return w, true
}

func (r *reader) readPolicyRules() error {
	return r.each(`SELECT id, position, policy_id, `+matchColumns+` FROM policy_rules ORDER BY position, id`, func(rows *sql.Rows) error {
		var p routing.PolicyRule
		var m match
		if err := rows.Scan(append([]any{&p.ID, &p.Position, &p.PolicyID}, m.into()...)...); err != nil {
			return err
		}
		var ok bool
		if p.Match, ok = r.match("policy_rules", p.ID, m); ok {
			r.data.PolicyRules = append(r.data.PolicyRules, p)
		}
		return nil
	})
}

// readRouteRules leaves out, unread, what is switched off.
func (r *reader) readRouteRules() error {
	return r.each(`SELECT id, action, COALESCE(provider_id, 0), tier, COALESCE(gate_id, 0), `+matchColumns+`
		FROM route_rules WHERE enabled ORDER BY id`, func(rows *sql.Rows) error {
		var rule routing.RouteRule
		var tier sql.NullString
		var m match
		if err := rows.Scan(append([]any{&rule.ID, &rule.Action, &rule.ProviderID, &tier, &rule.GateID}, m.into()...)...); err != nil {
			return err
		}
		var ok [3]bool
		ok[0] = r.action(rule)
		rule.Tier, ok[1] = r.tier("route_rules", rule.ID, tier)
		rule.Match, ok[2] = r.match("route_rules", rule.ID, m)
		if _, err := m.read(); rule.Action == routing.Forbid && !ok[2] && digitsOnly(m.a) && digitsOnly(m.b) && err == nil {
			// Whoever blocks means it: without a time that can be read, at all times.
			rule.Window, rule.Zone, rule.Quiet, ok[2] = rate.Window{}, nil, routing.Quiet{}, true
		}
		if ok == [3]bool{true, true, true} {
			r.data.RouteRules = append(r.data.RouteRules, rule)
		}
		return nil
	})
}

func digitsOnly(s string) bool {
	return strings.Trim(s, "0123456789") == "" && len(s) <= e164.MaxDigits
}

func (r *reader) action(rule routing.RouteRule) (ok bool) {
	switch rule.Action {
	case routing.Prefer, routing.Force, routing.Forbid:
		return true
	}
	r.problem("route_rules", rule.ID, "action", "%q: want %s, %s or %s", rule.Action, routing.Prefer, routing.Force, routing.Forbid)
	return false
}

func (r *reader) readBlocks() error {
	return r.each(`SELECT id, side, prefix, COALESCE(account_id, 0), `+placeColumns+` FROM block_list ORDER BY id`, func(rows *sql.Rows) error {
		var b routing.Block
		var p placeRow
		if err := rows.Scan(append([]any{&b.ID, &b.Side, &b.Prefix, &b.AccountID}, p.into()...)...); err != nil {
			return err
		}
		if b.Side != routing.SideA && b.Side != routing.SideB {
			r.problem("block_list", b.ID, "side", "%q: want %s for the number shown or %s for the number called", b.Side, routing.SideA, routing.SideB)
			return nil
		}
		var ok bool
		if b.Place, ok = r.place("block_list", b.ID, &p); !ok || !r.prefix("block_list", b.ID, "prefix", b.Prefix) {
			return nil
		}
		// A block of no digits and no place would end every call.
		if b.Prefix == "" && b.Place.IsZero() {
			r.problem("block_list", b.ID, "prefix", "empty: want at least one digit, or a type, a country or a region")
			return nil
		}
		r.data.Blocks = append(r.data.Blocks, b)
		return nil
	})
}

func (r *reader) readLengths() error {
	return r.each(`SELECT prefix, seconds, calls FROM call_lengths ORDER BY prefix, seconds`, func(rows *sql.Rows) error {
		var l routing.LengthCount
		if err := rows.Scan(&l.Prefix, &l.Seconds, &l.Calls); err != nil {
			return err
		}
		r.data.Lengths = append(r.data.Lengths, l)
		return nil
	})
}
