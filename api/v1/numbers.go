package v1

import (
	"tandem/api/access"
	"tandem/db"
)

type numberList struct {
	Listing

	Enabled    string `query:"enabled" enum:"true,false"`
	ProviderID int64  `query:"provider_id"`
	ServerID   int64  `query:"server_id"`
	AccountID  int64  `query:"account_id"`
	Direction  string `query:"direction" enum:"IN,OUT" doc:"IN/OUT is among both"`
	Prefix     string `query:"prefix" pattern:"^[0-9]*$" maxLength:"15" doc:"Leading digits"`
	From       string `query:"from" pattern:"^[0-9]*$" maxLength:"15" doc:"The first number of a range"`
	To         string `query:"to" pattern:"^[0-9]*$" maxLength:"15" doc:"The last number of a range"`
	Number     string `query:"number" pattern:"^[0-9]*$" maxLength:"15"`
	Free       string `query:"free" enum:"true,false" doc:"true: nobody's yet"`
	Bound      string `query:"bound" enum:"true,false" doc:"true: bound to a gate"`
}

func numbers(d *door) {
	mount[db.Number, numberList](d, resource[db.Number]{
		table: db.Numbers(), id: func(n db.Number) int64 { return n.ID },
		one: "number", many: "numbers", what: "numbers of the pool", a: "a number of the pool", tag: "Numbers", area: access.Routing,
	})
}
