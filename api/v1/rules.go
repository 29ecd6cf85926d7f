package v1

import "tandem/api/access"

// Rules that most operations have.

// look: everybody who works on the platform.
func look(area access.Area) access.Rule {
	return access.Rule{Area: area, Roles: []access.Role{access.Admin, access.Operator, access.Analyst}}
}

// change: those who run the platform.
func change(area access.Area) access.Rule {
	return access.Rule{Area: area, Write: true, Roles: []access.Role{access.Admin, access.Operator}}
}

// govern: administrators only.
func govern(area access.Area, write bool) access.Rule {
	return access.Rule{Area: area, Write: write, Roles: []access.Role{access.Admin}}
}

// own: customers and agents, for what is theirs.
func own(roles ...access.Role) access.Rule { return access.Rule{Area: access.Own, Roles: roles} }
