package v1_test

import (
	"cmp"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tandem/api/access"
	v1 "tandem/api/v1"
)

var update = flag.Bool("update", false, "write testdata/access.txt anew")

// Who may use what is a table that people review: a change of rights is a change
// of this file. go test ./api/v1 -run Access -update writes it.
func TestAccessTable(t *testing.T) {
	_, api := v1.New(v1.Config{})
	var table strings.Builder
	fmt.Fprintf(&table, "%-7s %-46s %-14s %s\n", "", "", "scope of a key", "roles")
	for _, op := range operations(t, api) {
		fmt.Fprintf(&table, "%-7s %-46s %-14s %s\n", op.Method, op.Path, scopeText(op.Rule), rolesText(op.Rule))
	}
	const file = "testdata/access.txt"
	if *update {
		if err := os.WriteFile(file, []byte(table.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != table.String() {
		t.Errorf("rights have changed (%v): if that is wanted, run with -update and let somebody review %s", err, file)
		for line := range strings.Lines(table.String()) {
			if !strings.Contains(string(want), line) {
				t.Logf("+ %s", strings.TrimSpace(line))
			}
		}
		for line := range strings.Lines(string(want)) {
			if !strings.Contains(table.String(), line) {
				t.Logf("- %s", strings.TrimSpace(line))
			}
		}
	}
}

// Every operation has a rule, and the rule makes sense: an operation that nobody
// thought about does not get in.
func TestEveryOperationHasARule(t *testing.T) {
	_, api := v1.New(v1.Config{})
	for _, op := range operations(t, api) {
		r := op.Rule
		switch {
		case !op.Ruled:
			t.Errorf("%s %s has no rule", op.Method, op.Path)
		case op.ID == "":
			t.Errorf("%s %s has no id", op.Method, op.Path)
		case !r.Public && !r.Anyone && len(r.Roles) == 0:
			t.Errorf("%s %s: nobody may", op.Method, op.Path)
		case r.Area == "" && !slices.Contains([]string{"get-session", "stream", "search"}, op.ID): // those two ask by what is looked for
			t.Errorf("%s %s: its rule names no area, so that any key may", op.Method, op.Path)
		case r.Public && !slices.Contains([]string{"sign-in", "get-setup", "set-up", "reset-password"}, op.ID):
			t.Errorf("%s %s: everybody in the world may", op.Method, op.Path)
		case !r.Write && !r.Session && op.Method != http.MethodGet && op.ID != "simulate-call" && op.ID != "try-alarm-rule":
			t.Errorf("%s %s: a key that may only read may do this", op.Method, op.Path)
		case r.Write && op.Method == http.MethodGet:
			t.Errorf("%s %s: a GET that changes something", op.Method, op.Path)
		}
	}
}

// TestAccessMatrix asks for every operation as everybody, over HTTP, and compares
// the answer with a table written by hand.
func TestAccessMatrix(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ops := operations(t, h.api)
	for _, role := range access.Roles() {
		t.Run(string(role), func(t *testing.T) {
			for _, op := range ops {
				h.expect(t, h.session(role), op, rightsOf(t, op).role(role), http.StatusForbidden)
			}
		})
		t.Run("key of "+string(role), func(t *testing.T) {
			key := h.key(role, "*")
			for _, op := range ops {
				h.expect(t, key, op, rightsOf(t, op).key(role, "*"), http.StatusForbidden)
			}
		})
	}
	t.Run("nobody", func(t *testing.T) {
		for _, op := range ops {
			h.expect(t, h.nobody(), op, rightsOf(t, op).world, http.StatusUnauthorized)
		}
	})
	for _, scope := range access.Scopes() {
		t.Run("key with "+scope, func(t *testing.T) {
			key := h.key(access.Admin, scope)
			for _, op := range ops {
				h.expect(t, key, op, rightsOf(t, op).key(access.Admin, scope), http.StatusForbidden)
			}
		})
	}
}

// Keys of every role with every scope, by the rules alone: that rules are kept over
// HTTP is shown above.
func TestKeysMatrix(t *testing.T) {
	_, api := v1.New(v1.Config{})
	allowed := 0
	for _, op := range operations(t, api) {
		for _, role := range access.Roles() {
			for _, scope := range access.Scopes() {
				who := access.Principal{UserID: 1, KeyID: 1, Role: role, Scopes: []string{scope}, AccountID: 1, SubscriberID: 1}
				got, want := op.Rule.Allows(who), rightsOf(t, op).key(role, scope)
				if got != want {
					t.Errorf("%s %s: key of %s with %s: %t, want %t", op.Method, op.Path, role, scope, got, want)
				}
				if got {
					allowed++
				}
			}
		}
	}
	if allowed < 500 {
		t.Errorf("only %d combinations are allowed", allowed)
	}
}

// A key may what both its owner, as they are today, and the key itself may.
func TestKeysWhenTheirOwnerChanges(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	order := []access.Role{access.Admin, access.Operator, access.Analyst, access.Agent, access.Customer}
	want := map[access.Role]string{ // of a key of this role, while its owner is each of those
		access.Admin:    "admin operator analyst - -",
		access.Operator: "operator operator analyst - -",
		access.Analyst:  "analyst analyst analyst - -",
		access.Agent:    "- - - agent -",
		access.Customer: "- - - - customer",
	}
	for made, row := range want {
		key, id := h.key(made, "*"), h.user(made).ID
		for i, role := range strings.Fields(row) {
			h.exec(`UPDATE users SET role = ? WHERE id = ?`, string(order[i]), id)
			a, me := key.get("/session"), access.Principal{}
			if role == "-" {
				a.want(t, http.StatusUnauthorized)
				continue
			}
			if a.want(t, http.StatusOK).into(t, &me); string(me.Role) != role {
				t.Errorf("a key of %s, whose owner became %s, is %s; want %s", made, order[i], me.Role, role)
			}
		}
	}
}

// expect asks for an operation in a way that changes nothing: things that are not
// there, a body that no operation takes.
func (h *house) expect(t *testing.T, c *client, op v1.Operation, allowed bool, refusal int) {
	t.Helper()
	if allowed && op.ID == "stream" { // it goes on until we leave
		return
	}
	path := regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(op.Path, "987654321")
	var body any
	if op.Method != http.MethodGet && op.Method != http.MethodDelete {
		body = `{"no operation": "knows this"}`
	}
	a := c.do(op.Method, path, body)
	switch {
	case !allowed && a.status != refusal:
		t.Errorf("%s: %d, want %d\n%s", a.asked, a.status, refusal, a.body)
	case allowed && (a.status == http.StatusForbidden || a.status == http.StatusUnauthorized) && op.ID != "sign-in":
		t.Errorf("%s: refused\n%s", a.asked, a.body)
	case a.status == http.StatusInternalServerError:
		t.Errorf("%s: %s\n%s", a.asked, a.body, h.log)
	}
	if refused := a.status == http.StatusForbidden || a.status == http.StatusUnauthorized; refused && a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s: refused with %s", a.asked, a.header.Get("Content-Type"))
	}
}

// operations are all that there are, by path.
func operations(t *testing.T, api *v1.Description) []v1.Operation {
	t.Helper()
	list := api.Operations()
	slices.SortFunc(list, func(a, b v1.Operation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	if len(list) < 20 {
		t.Fatalf("only %d operations", len(list))
	}
	return list
}

func scopeText(r access.Rule) string {
	switch {
	case r.Public:
		return "-"
	case r.Session:
		return "no key"
	case r.Area == "":
		return "any"
	case r.Write:
		return string(r.Area) + ":write"
	}
	return string(r.Area) + ":read"
}

func rolesText(r access.Rule) string {
	switch {
	case r.Public:
		return "everybody in the world"
	case r.Anyone:
		return "whoever is signed in"
	}
	list := make([]string, len(r.Roles))
	for i, role := range r.Roles {
		list[i] = string(role)
	}
	return strings.Join(list, " ")
}
