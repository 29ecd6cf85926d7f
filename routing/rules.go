package routing

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/internal/e164"
)

// matches says whether a call is one that the rule is for. at is the moment on
// any clock, w the place of the number called.
func (m *Match) matches(account int64, a, b e164.Number, at time.Time, w *where) bool {
	if m.AccountID != 0 && m.AccountID != account ||
		!strings.HasPrefix(string(b), m.BPrefix) || !strings.HasPrefix(string(a), m.APrefix) {
		return false
	}
	return m.inWindow(at) && w.is(&m.Place, m.Quiet, at)
}

func (m *Match) inWindow(at time.Time) bool {
	if m.Window.IsZero() {
		return true
	}
	if m.Zone == nil {
		return m.Window.Contains(at.UTC())
	}
	return m.Window.Contains(at.In(m.Zone))
}

// byAccount lists rules for each account that has some of its own, with the
// general ones, and for everybody else under 0; the order is kept.
type byAccount[T any] map[int64][]*T

func (l byAccount[T]) of(account int64) []*T {
	if own, ok := l[account]; ok {
		return own
	}
	return l[0]
}

func groupByAccount[T any](rules []T, account func(*T) int64) byAccount[T] {
	l := byAccount[T]{0: nil}
	for i := range rules {
		l[account(&rules[i])] = nil
	}
	for id := range l {
		for i := range rules {
			if of := account(&rules[i]); of == 0 || of == id {
				l[id] = append(l[id], &rules[i])
			}
		}
	}
	return l
}

// blockedFor is who may not use a prefix.
type blockedFor struct {
	everybody bool
	accounts  []int64
	name      string // for people: the first row of this prefix
}

// Blocked says whether a call may not be made at all: the number shown or the
// number called is on a block list of everybody or of the account, by its digits or
// by its place; row says on which row.
func (s *Snapshot) Blocked(account int64, a, b e164.Number) (reason Reason, row string) {
	called := s.where(b)
	return s.blocked(account, a, b, &called)
}

func (s *Snapshot) blocked(account int64, a, b e164.Number, called *where) (reason Reason, row string) {
	if row := onList(&s.blockedA, account, a); row != "" {
		return ReasonBlockedA, row
	}
	if row := onList(&s.blockedB, account, b); row != "" {
		return ReasonBlockedB, row
	}
	if len(s.blockedPlaces) == 0 {
		return "", ""
	}
	if row := onPlaces(s.blockedPlaces, account, SideB, b, called); row != nil {
		return placeReason(&row.Place, Quiet{}), row.name
	}
	shown := s.where(a)
	if row := onPlaces(s.blockedPlaces, account, SideA, a, &shown); row != nil {
		return ReasonBlockedA, row.name
	}
	return "", ""
}

func onList(list *prefixMap[blockedFor], account int64, n e164.Number) (row string) {
	if len(list.values) == 0 || n == "" {
		return ""
	}
	var found [maxDepth + 1]*blockedFor
	for _, v := range found[:list.path(string(n), &found)] {
		if v.everybody || slices.Contains(v.accounts, account) {
			return v.name
		}
	}
	return ""
}

func (b *builder) addBlocks(blocks []Block) {
	b.blockedA, b.blockedB = newPrefixMap[blockedFor](), newPrefixMap[blockedFor]()
	for _, v := range blocks {
		if !v.Place.IsZero() {
			b.addPlaceBlock(v)
			continue
		}
		if !validPrefix(v.Prefix) {
			b.problem("block_list", v.ID, "prefix", "%q: want 1 to %d digits", v.Prefix, maxDepth)
			continue
		}
		list := &b.blockedB
		if v.Side == SideA {
			list = &b.blockedA
		}
		at := list.at(v.Prefix)
		if at.name == "" {
			at.name = fmt.Sprintf("block_list id %d, prefix %s", v.ID, v.Prefix)
		}
		if v.AccountID == 0 {
			at.everybody = true
		} else {
			at.accounts = append(at.accounts, v.AccountID)
		}
	}
	if len(b.placed) > 0 {
		b.blockedPlaces = groupByAccount(b.placed, func(v *placeBlock) int64 { return v.AccountID })
	}
}

func (b *builder) addRouteRules(rules []RouteRule) {
	var good []RouteRule
	for _, r := range rules {
		r.name = "route_rules id " + strconv.FormatInt(r.ID, 10) + placeSuffix(&r.Match)
		switch {
		case r.Action != Prefer && r.Action != Force && r.Action != Forbid:
			b.problem("route_rules", r.ID, "action", "%q: want %s, %s or %s", r.Action, Prefer, Force, Forbid)
		case r.ProviderID != 0 && b.providers[r.ProviderID] == nil:
			b.problem("route_rules", r.ID, "provider_id", "no provider %d", r.ProviderID)
		case r.Action != Forbid && r.ProviderID == 0 && r.Tier == nil && r.GateID == 0:
			b.problem("route_rules", r.ID, "provider_id", "%s names no route: set provider, tier or gate", r.Action)
		case !b.goodMatch("route_rules", r.ID, r.Match):
		default:
			good = append(good, r)
		}
	}
	b.routeRules = groupByAccount(good, func(r *RouteRule) int64 { return r.AccountID })
}

// goodMatch tells what keeps a rule from being used. A rule that cannot be read
// is left out as a whole: half a condition would hit calls it is not for.
func (b *builder) goodMatch(table string, id int64, m Match) bool {
	for _, p := range []struct{ column, prefix string }{{"a_prefix", m.APrefix}, {"b_prefix", m.BPrefix}} {
		if p.prefix != "" && !validPrefix(p.prefix) {
			b.problem(table, id, p.column, "%q: want at most %d digits", p.prefix, maxDepth)
			return false
		}
	}
	if m.AccountID != 0 && b.accounts[m.AccountID] == nil {
		b.problem(table, id, "account_id", "no account %d", m.AccountID)
		return false
	}
	if err := m.Window.Validate(); err != nil {
		b.problem(table, id, "start_minute", "%v", err)
		return false
	}
	return b.goodPlace(table, id, &m.Place, m.Quiet)
}

// covers says whether the rule speaks of a way out; a gate of 0 asks about the
// provider's tier as a whole.
func (r *RouteRule) covers(provider int64, tier Tier, gate int64) bool {
	return (r.ProviderID == 0 || r.ProviderID == provider) && (r.Tier == nil || *r.Tier == tier) && (r.GateID == 0 || r.GateID == gate)
}

// blocksAll says that the rule leaves no route at all.
func (r *RouteRule) blocksAll() bool {
	return r.Action == Forbid && r.ProviderID == 0 && r.Tier == nil && r.GateID == 0
}
