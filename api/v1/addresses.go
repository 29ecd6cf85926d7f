package v1

import (
	"tandem/api/access"
	"tandem/db"
)

type addressList struct {
	Listing

	ProviderID int64  `query:"provider_id"`
	Direction  string `query:"direction" enum:"IN,OUT" doc:"IN/OUT is among both"`
	Protocol   string `query:"protocol" enum:"SIP,IAX2,H323"`
}

func addresses(d *door) {
	mount[db.Address, addressList](d, resource[db.Address]{
		table: db.Addresses(), id: func(a db.Address) int64 { return a.ID },
		one: "address", many: "addresses", what: "providers' addresses", a: "an address of a provider", tag: "Providers", area: access.Routing,
	})
}
