package v1_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"tandem/api/access"
	v1 "tandem/api/v1"
)

// rights are who may use an operation, as people decided and wrote down here; the
// rules of the operations are not looked at.
type rights struct {
	roles  []access.Role
	area   string // of the scope that a key needs; empty: none
	write  bool   // that scope is for writing
	people bool   // no key
	world  bool
}

func (r rights) role(role access.Role) bool { return r.world || slices.Contains(r.roles, role) }

// key says whether a key of that role with one scope may.
func (r rights) key(role access.Role, scope string) bool {
	switch {
	case r.world:
		return true
	case r.people || !slices.Contains(r.roles, role):
		return false
	}
	return r.area == "" || scope == "*" || scope == r.area+":write" || scope == r.area+":read" && !r.write
}

// part is what begins with a path: who may look, and who may change.
type part struct {
	area         string
	look, change string // a admin, o operator, y analyst, g agent, c customer
}

// parts of the API. The longest path counts.
func rightsTable() map[string]part {
	const staff, runners, admins, all = "aoy", "ao", "a", "aoygc"
	t := map[string]part{
		"/accounts": {"money", staff, admins}, "/ledger": {"money", staff, admins}, "/fx": {"money", staff, admins},
		"/tariffs":  {"money", staff, runners},
		"/simulate": {"routing", staff, staff},
		"/calls":    {"calls", staff, ""}, "/attempts": {"calls", staff, ""}, "/overview": {"calls", staff, ""}, "/quality": {"calls", staff, runners}, "/health": {"calls", staff, ""},
		"/live":   {"calls", staff, runners},
		"/places": {"calls", all, ""}, "/places/map": {"calls", staff, ""},
		"/audit": {"system", admins, ""}, "/users": {"system", admins, admins},
		"/keys": {"own", all, all}, "/session": {"own", all, all},
		"/search": {"", all, ""}, "/stream": {"", all, ""},
		"/mine/account": {"own", "gc", ""}, "/mine/calls": {"own", "gc", ""}, "/mine/live": {"own", "gc", ""},
		"/mine/balance": {"own", "c", ""}, "/mine/statement": {"own", "c", ""}, "/mine/rates": {"own", "c", ""},
	}
	for _, path := range []string{
		"addresses", "blocks", "decks", "duty-operators", "gates", "imports", "numbers", "policies", "policy-rules", "providers", "replays",
		"route-rules", "servers", "stop-rules", "subscribers",
	} {
		t["/"+path] = part{"routing", staff, runners}
	}
	for _, path := range []string{"alarms", "alarm-rules", "alarm-channels", "alarm-measures", "alarm-deliveries"} {
		t["/"+path] = part{"system", staff, runners}
	}
	t["/currencies"], t["/firewall"] = part{"routing", staff, ""}, part{"routing", staff, ""}
	return t
}

// rightsOf finds the rights of an operation. One that nobody has decided about fails.
func rightsOf(t *testing.T, op v1.Operation) rights {
	t.Helper()
	name := op.Method + " " + op.Path
	switch name {
	case "POST /session", "GET /setup", "POST /setup", "POST /password-reset":
		return rights{world: true}
	}
	var p part
	length, known := 0, false
	for path, of := range rightsTable() {
		if len(path) > length && (op.Path == path || strings.HasPrefix(op.Path, path+"/")) {
			p, length, known = of, len(path), true
		}
	}
	if !known {
		t.Fatalf("%s: say in rightsTable who may", name)
	}
	looks := op.Method == http.MethodGet
	r := rights{area: p.area, write: !looks, roles: rolesOf(p.change)}
	if looks {
		r.roles = rolesOf(p.look)
	}
	switch {
	case name == "POST /alarm-rules/try":
		r.write, r.roles = false, rolesOf(p.look)
	case name == "POST /simulate":
		r.write = false
	case name == "GET /session":
		r.area = ""
	case strings.HasPrefix(op.Path, "/session"), strings.HasPrefix(op.Path, "/keys"), strings.HasPrefix(op.Path, "/users") && !looks:
		r.people = true
	}
	return r
}

func rolesOf(letters string) []access.Role {
	names := map[rune]access.Role{'a': access.Admin, 'o': access.Operator, 'y': access.Analyst, 'g': access.Agent, 'c': access.Customer}
	var list []access.Role
	for _, l := range letters {
		list = append(list, names[l])
	}
	return list
}
