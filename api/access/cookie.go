package access

import (
	"net/http"
	"net/url"
	"time"
)

// maxToken bounds what is looked up.
const maxToken = 128

// cookieName: browsers take a cookie whose name begins with __Host- only over TLS,
// from this host itself and for all of it.
func (g *Guard) cookieName() string {
	if g.Secure {
		return "__Host-tandem"
	}
	return "tandem_session"
}

// cookie carries a session's token; empty: the browser forgets it.
func (g *Guard) cookie(token string) http.Cookie {
	c := http.Cookie{ //nolint:gosec // G124: without TLS before us, as in play, no secure cookie would come back
		Name: g.cookieName(), Value: token, Path: "/", HttpOnly: true, Secure: g.Secure, SameSite: http.SameSiteLaxMode,
		MaxAge: int(g.Life / time.Second),
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

// token is what the request's cookie carries; empty: none, or nothing of ours.
func (g *Guard) token(r *http.Request) string {
	c, err := r.Cookie(g.cookieName())
	if err != nil || len(c.Value) > maxToken {
		return ""
	}
	return c.Value
}

func originOf(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err //nolint:wrapcheck // it names the address
	}
	return u.Scheme + "://" + u.Host, nil
}
