package v1

import (
	"tandem/api/access"
	"tandem/db"
)

type routeRuleList struct {
	Listing

	Enabled    string `query:"enabled" enum:"true,false"`
	Action     string `query:"action" enum:"prefer,force,block"`
	AccountID  int64  `query:"account_id"`
	ProviderID int64  `query:"provider_id"`
	GateID     int64  `query:"gate_id"`
}

type stopRuleList struct {
	Listing

	ProviderID int64  `query:"provider_id"`
	Stop       string `query:"stop" enum:"true,false"`
}

type blockList struct {
	Listing

	Side      string `query:"side" enum:"A,B"`
	AccountID int64  `query:"account_id"`
	Prefix    string `query:"prefix" pattern:"^[0-9]*$" maxLength:"15" doc:"Leading digits of the prefix"`
}

func routeRules(d *door) {
	mount[db.RouteRule, routeRuleList](d, resource[db.RouteRule]{
		table: db.RouteRules(), id: func(r db.RouteRule) int64 { return r.ID },
		one: "route-rule", many: "route-rules", what: "route rules", a: "a route rule", tag: "Policies and rules", area: access.Routing,
	})
	mount[db.StopRule, stopRuleList](d, resource[db.StopRule]{
		table: db.StopRules(), id: func(r db.StopRule) int64 { return r.ID },
		one: "stop-rule", many: "stop-rules", what: "stop rules", a: "a stop rule", tag: "Policies and rules", area: access.Routing,
	})
	mount[db.Block, blockList](d, resource[db.Block]{
		table: db.Blocks(), id: func(b db.Block) int64 { return b.ID },
		one: "block", many: "blocks", what: "the block list", a: "a block", tag: "Policies and rules", area: access.Routing,
	})
}
