package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"github.com/rs/zerolog"

	"tandem/db"
)

// Config is what the guard works with.
type Config struct {
	DB *db.DB
	// Secure: browsers come over TLS, if only to a proxy before us. Cookies are
	// then sent over TLS alone.
	Secure bool
	// PublicURL is where people find the console, https://tandem.example.com; links
	// begin with it, and requests from there are not foreign. Empty: links are
	// relative.
	PublicURL string
	// TrustedProxies are the addresses whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	Idle           time.Duration // a session ends after that without a request; 0: 8 h
	Life           time.Duration // a session ends after that; 0: 7 days
	Log            zerolog.Logger
}

const (
	defaultIdle = 8 * time.Hour
	defaultLife = 7 * 24 * time.Hour
)

// Guard says who asks, and lets people in and out. Its state is in the database,
// so that what is revoked on one node is revoked on all.
type Guard struct {
	Config
	foreign *http.CrossOriginProtection
	hashes  *hashes
}

// NewGuard makes a guard.
func NewGuard(c Config) (*Guard, error) {
	if c.Idle == 0 {
		c.Idle = defaultIdle
	}
	if c.Life == 0 {
		c.Life = defaultLife
	}
	g := &Guard{Config: c, foreign: http.NewCrossOriginProtection(), hashes: newHashes()}
	if c.PublicURL != "" {
		origin, err := originOf(c.PublicURL)
		if err != nil {
			return nil, err
		}
		if err := g.foreign.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("public URL: %w", err)
		}
	}
	return g, nil
}

// Identify finds out who asks, and hands on a request whose context knows it. A
// request of nobody is handed on as such; one with a key that is not good, or with
// a cookie from a foreign page, is refused.
func (g *Guard) Identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visitor{address: ClientAddress(r, g.TrustedProxies), agent: r.UserAgent()}
		ctx := db.ForPeople(r.Context()) // a stranger's cookie, too, costs a look-up
		if secret, is := bearer(r); is {
			v.key = secret
		} else {
			if err := g.foreign.Check(r); err != nil {
				writeProblem(w, http.StatusForbidden, "this request comes from a foreign page: "+err.Error())
				return
			}
			v.token = g.token(r)
		}
		p, err := g.recognise(ctx, &v)
		switch {
		case err == nil:
			w.Header().Add("Vary", "Cookie, Authorization")
			next.ServeHTTP(w, r.WithContext(v.enter(ctx, p)))
		case errors.Is(err, errBadKey):
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			writeProblem(w, http.StatusUnauthorized, err.Error())
		default:
			g.Log.Warn().Err(err).Msg("who asks cannot be found out")
			writeProblem(w, http.StatusServiceUnavailable, "the database cannot be asked just now; try again")
		}
	})
}

// Valid says whether who asks in ctx may still: their session or key has not ended.
// It is for answers that go on for long, and does not prolong a session.
func (g *Guard) Valid(ctx context.Context) (bool, error) {
	v := visitorOf(ctx)
	v.peek = true
	p, err := g.recognise(ctx, &v)
	if errors.Is(err, errBadKey) {
		return false, nil
	}
	return err == nil && p.Known() && p.same(From(ctx)), err
}

// recognise finds the principal of a key or a cookie; the zero one: nobody.
func (g *Guard) recognise(ctx context.Context, v *visitor) (Principal, error) {
	switch {
	case v.key != "":
		return g.byKey(ctx, v)
	case v.token != "":
		return g.bySession(ctx, v)
	}
	return Principal{}, nil
}

func (g *Guard) bySession(ctx context.Context, v *visitor) (Principal, error) {
	s, err := g.DB.SessionOf(ctx, hashOf(v.token))
	if errors.Is(err, db.ErrNotFound) {
		return Principal{}, nil
	}
	if err != nil {
		return Principal{}, err
	}
	v.session = s.ID
	if s.Stale && !v.peek {
		if err := g.DB.TouchSession(ctx, s.ID, g.Idle); err != nil {
			return Principal{}, err
		}
	}
	return principalOf(s.User), nil
}

func principalOf(u db.User) Principal {
	return Principal{
		UserID: u.ID, Login: u.Login, Name: u.Name, Role: Role(u.Role), AccountID: u.AccountID, SubscriberID: u.SubscriberID,
		Language: u.Language, TimeZone: u.TimeZone, TOTP: u.TOTP,
	}
}
