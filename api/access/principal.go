package access

import (
	"context"
	"slices"
)

// Role is what a person is to the platform.
type Role string

// Roles.
const (
	Admin    Role = "admin"    // everything
	Operator Role = "operator" // routing, prices, servers, calls; no users, no money but to look at
	Analyst  Role = "analyst"  // looks at routing, calls and quality, changes nothing
	Agent    Role = "agent"    // a telephone of a call centre: its own calls, without money
	Customer Role = "customer" // an account: its own calls, balance, statement, rates
)

// Roles are all of them.
func Roles() []Role { return []Role{Admin, Operator, Analyst, Agent, Customer} }

// Principal is who asks. The zero value is nobody.
type Principal struct {
	UserID       int64    `json:"user_id"`
	Login        string   `json:"login"`
	Name         string   `json:"name"`
	Role         Role     `json:"role"`
	AccountID    int64    `json:"account_id,omitempty"`    // of a customer or agent
	SubscriberID int64    `json:"subscriber_id,omitempty"` // of an agent
	Language     string   `json:"language"`                // en, ru; empty: the browser's
	TimeZone     string   `json:"time_zone"`               // empty: the browser's
	TOTP         bool     `json:"totp"`                    // they have a second factor
	KeyID        int64    `json:"key_id,omitempty"`        // asked by an API key; 0: by a session
	Scopes       []string `json:"scopes,omitempty"`        // of the key
}

// Known says whether somebody is there.
func (p Principal) Known() bool { return p.UserID != 0 }

// same: whoever it is, they may do and see the same.
func (p Principal) same(o Principal) bool {
	return p.UserID == o.UserID && p.Role == o.Role && p.AccountID == o.AccountID && p.SubscriberID == o.SubscriberID &&
		p.KeyID == o.KeyID && slices.Equal(p.Scopes, o.Scopes)
}

type contextKey struct{}

// With returns a context that carries who asks.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// From returns who asks; the zero Principal: nobody that is known.
func From(ctx context.Context) Principal {
	p, _ := ctx.Value(contextKey{}).(Principal)
	return p
}

// Area is a part of the platform, for the scopes of keys.
type Area string

// Areas.
const (
	Routing Area = "routing" // providers, gates, numbers, servers, decks, policies, rules, simulator
	Money   Area = "money"   // accounts, tariffs, ledger, postings and terms of calls
	Calls   Area = "calls"   // records, live calls, hang up
	System  Area = "system"  // users, keys, audit, health
	Own     Area = "own"     // what belongs to who asks
)

// Rule says who may use an operation.
type Rule struct {
	Area   Area   // none: any key
	Write  bool   // it changes something
	Roles  []Role // who may; none and not Public: nobody
	Public bool   // anybody, signed in or not
	Anyone bool   // whoever is signed in
	// Session: people only, no keys.
	Session bool
}

// Allows says whether who asks may.
func (r Rule) Allows(p Principal) bool {
	switch {
	case r.Public:
		return true
	case !p.Known(), r.Session && p.KeyID != 0:
		return false
	case !r.Anyone && !slices.Contains(r.Roles, p.Role):
		return false
	}
	return p.KeyID == 0 || r.Area == "" || r.scoped(p.Scopes)
}

// scoped: "*", "routing:write" (which includes reading) or "routing:read".
func (r Rule) scoped(scopes []string) bool {
	for _, s := range scopes {
		if s == "*" || s == string(r.Area)+":write" || (!r.Write && s == string(r.Area)+":read") {
			return true
		}
	}
	return false
}
