package v1

import (
	"tandem/api/access"
	"tandem/db"
)

type gateList struct {
	Listing

	Enabled    string `query:"enabled" enum:"true,false"`
	ProviderID int64  `query:"provider_id" doc:"Of the number"`
	ServerID   int64  `query:"server_id"`
	NumberID   int64  `query:"number_id"`
	Name       string `query:"name" maxLength:"64"`
}

func gates(d *door) {
	mount[db.Gate, gateList](d, resource[db.Gate]{
		table: db.Gates(), id: func(g db.Gate) int64 { return g.ID },
		one: "gate", many: "gates", what: "gates", a: "a gate", tag: "Gates", area: access.Routing,
	})
}
