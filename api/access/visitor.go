package access

import (
	"context"
	"net/http"
	"net/netip"
	"strings"

	"tandem/db"
)

// visitor is what a request brings, besides what it asks for.
type visitor struct {
	address netip.Addr
	agent   string
	token   string // of the cookie
	key     string // of the Authorization header
	session int64  // id; 0: none
	peek    bool   // looking leaves no trace
}

type visitorKey struct{}

func visitorOf(ctx context.Context) visitor {
	v, _ := ctx.Value(visitorKey{}).(visitor)
	return v
}

// enter returns a context that knows who asks: for rules, for the guard itself and
// for the audit log.
func (v visitor) enter(ctx context.Context, p Principal) context.Context {
	ctx = context.WithValue(ctx, visitorKey{}, v)
	return With(db.WithActor(ctx, v.actor(p)), p)
}

func (v visitor) actor(p Principal) db.Actor {
	a := db.Actor{UserID: p.UserID, KeyID: p.KeyID, Name: p.Login}
	if a.Name == "" {
		a.Name = "nobody"
	}
	if v.address.IsValid() {
		a.Address = v.address.String()
	}
	return a
}

// bearer is the key of the Authorization header.
func bearer(r *http.Request) (secret string, is bool) {
	scheme, rest, found := strings.Cut(r.Header.Get("Authorization"), " ")
	if !found || !strings.EqualFold(scheme, "bearer") {
		return "", false
	}
	return strings.TrimSpace(rest), true
}
