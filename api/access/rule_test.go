package access_test

import (
	"testing"

	"tandem/api/access"
)

func TestRules(t *testing.T) {
	admin := access.Principal{UserID: 1, Role: access.Admin}
	customer := access.Principal{UserID: 2, Role: access.Customer}
	key := func(scopes ...string) access.Principal {
		return access.Principal{UserID: 1, Role: access.Admin, KeyID: 7, Scopes: scopes}
	}
	look := access.Rule{Area: access.Money, Roles: []access.Role{access.Admin}}
	change := access.Rule{Area: access.Money, Write: true, Roles: []access.Role{access.Admin}}
	for _, c := range []struct {
		name string
		rule access.Rule
		who  access.Principal
		want bool
	}{
		{"nothing is said: nobody", access.Rule{}, admin, false},
		{"nobody", look, access.Principal{}, false},
		{"a role that may", look, admin, true},
		{"a role that may not", look, customer, false},
		{"public", access.Rule{Public: true}, access.Principal{}, true},
		{"anyone", access.Rule{Anyone: true}, customer, true},
		{"anyone, but nobody", access.Rule{Anyone: true}, access.Principal{}, false},
		{"people only", access.Rule{Anyone: true, Session: true}, key("*"), false},
		{"all scopes", change, key("*"), true},
		{"no scope", look, key(), false},
		{"reading", look, key("money:read"), true},
		{"reading does not write", change, key("money:read"), false},
		{"writing reads", look, key("money:write"), true},
		{"another area", look, key("calls:write", "routing:write"), false},
		{"a scope does not replace a role", access.Rule{Area: access.Money, Roles: []access.Role{access.Customer}}, key("*"), false},
	} {
		if got := c.rule.Allows(c.who); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}
