package v1

import (
	"tandem/api/access"
	"tandem/db"
)

// ProviderList filters providers.
type providerList struct {
	Listing

	Enabled    string `query:"enabled" enum:"true,false"`
	CurrencyID int64  `query:"currency_id"`
}

func providers(d *door) {
	mount[db.Provider, providerList](d, resource[db.Provider]{
		table: db.Providers(), id: func(p db.Provider) int64 { return p.ID },
		one: "provider", many: "providers", what: "providers", a: "a provider", tag: "Providers", area: access.Routing,
	})
}
