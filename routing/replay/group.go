package replay

import (
	"cmp"
	"strings"

	"tandem/routing"
)

// group adds a call to the rows of every dimension.
func (r *replay) group(p *pair) {
	area := r.areas.of(r.before.request.BNumber)
	r.areas.destinations.rows[area.destination].add(p)
	r.areas.countries.rows[area.country].add(p)

	account := r.before.request.Account
	r.accounts.rows[r.accounts.at(account.ID, func() string { return account.Name })].add(p)

	if r.byPrefix { // there may be hundreds of thousands
		r.prefixes.rows[r.prefixOf(p)].add(p)
	}
	r.carry(p)
}

// prefixOf is the row of the prefix that the call is carried by.
func (r *replay) prefixOf(p *pair) int {
	prefix := string(cmp.Or(p.before.prefix, p.after.prefix))
	if i, ok := r.prefixes.places[prefix]; ok {
		return i
	}
	prefix = strings.Clone(prefix)
	return r.prefixes.at(prefix, func() string { return cmp.Or(prefix, "no route") })
}

// carry adds a call to the provider of each side.
func (r *replay) carry(p *pair) {
	before, after := p.before.key.ProviderID, p.after.key.ProviderID
	if before != 0 {
		r.carrier(before).carry(p, true, after == before)
	}
	if after != 0 && after != before {
		r.carrier(after).carry(p, false, true)
	}
}

func (r *replay) carrier(provider int64) *Row {
	return &r.carriers.rows[r.carriers.at(provider, func() string { return r.providerName(provider) })]
}

// providerName is the provider's name on either side; empty for none.
func (r *replay) providerName(id int64) string {
	for _, s := range []*routing.Snapshot{r.before.snapshot, r.after.snapshot} {
		if p := s.Provider(id); p != nil {
			return p.Name
		}
	}
	return ""
}
