package v1

import (
	"tandem/api/access"
	"tandem/db"
)

type policyList struct {
	Listing

	Kind string `query:"kind" enum:"least_cost,priority,share,band_share,quality"`
}

type policyRuleList struct {
	Listing

	PolicyID  int64 `query:"policy_id"`
	AccountID int64 `query:"account_id"`
}

func policies(d *door) {
	mount[db.Policy, policyList](d, resource[db.Policy]{
		table: db.Policies(), id: func(p db.Policy) int64 { return p.ID },
		one: "policy", many: "policies", what: "policies", a: "a policy", tag: "Policies and rules", area: access.Routing,
	})
	mount[db.PolicyRule, policyRuleList](d, resource[db.PolicyRule]{
		table: db.PolicyRules(), id: func(r db.PolicyRule) int64 { return r.ID },
		one: "policy-rule", many: "policy-rules", what: "policy rules", a: "a policy rule", tag: "Policies and rules", area: access.Routing,
	})
}
