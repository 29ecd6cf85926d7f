package access

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"tandem/db"
)

// How long links work.
const (
	setupLife    = 24 * time.Hour
	passwordLife = 24 * time.Hour
)

// ErrLink is told when a link is no good any more.
var ErrLink = errors.New("this link was used, or is too old: ask for another")

// FirstAdminLink makes a link by which somebody becomes the first administrator. It
// works once, for a day. Empty: there are users already. The token is behind the #,
// which browsers do not send: it stays out of the logs of proxies.
func FirstAdminLink(ctx context.Context, database *db.DB, publicURL string) (string, error) {
	token := newToken()
	offered, err := database.OfferSetup(ctx, hashOf(token), setupLife)
	if err != nil || !offered {
		return "", err
	}
	return strings.TrimRight(publicURL, "/") + "/setup#token=" + token, nil
}

// PasswordLink makes a link by which a user sets a password. It works once, for a
// day, and ends those before it.
func (g *Guard) PasswordLink(ctx context.Context, user int64) (link, token string, expires time.Time, err error) {
	token = newToken()
	err = g.DB.OfferPassword(ctx, hashOf(token), user, passwordLife)
	return strings.TrimRight(g.PublicURL, "/") + "/password#token=" + token, token, time.Now().Add(passwordLife).UTC().Truncate(time.Second), err
}

// Setup makes the first administrator, who has the link, and signs them in.
func (g *Guard) Setup(ctx context.Context, token, login, name, password string) (Principal, http.Cookie, error) {
	good, err := g.DB.SetupOffered(ctx, hashOf(token))
	if err == nil && !good {
		err = ErrLink
	}
	if err == nil {
		err = CheckPassword(login, password)
	}
	if err != nil {
		return Principal{}, http.Cookie{}, err
	}
	hash, err := g.hashes.make(ctx, password)
	if err != nil {
		return Principal{}, http.Cookie{}, err
	}
	u, err := g.DB.UseSetupLink(ctx, hashOf(token), db.UserSettings{Login: login, Name: name}, hash)
	if errors.Is(err, db.ErrNotFound) {
		err = ErrLink // somebody was faster
	}
	if err != nil {
		return Principal{}, http.Cookie{}, err
	}
	return g.open(ctx, u)
}

// ResetPassword sets the password of whom the link is for, and ends their sessions
// and keys. It signs nobody in: there may be a second factor.
func (g *Guard) ResetPassword(ctx context.Context, token, password string) error {
	u, err := g.DB.LinkUser(ctx, hashOf(token))
	if errors.Is(err, db.ErrNotFound) {
		return ErrLink
	}
	if err != nil {
		return err
	}
	if err := CheckPassword(u.Login, password); err != nil {
		return err
	}
	hash, err := g.hashes.make(ctx, password)
	if err != nil {
		return err
	}
	if err := g.DB.UsePasswordLink(ctx, hashOf(token), hash); errors.Is(err, db.ErrNotFound) {
		return ErrLink
	} else if err != nil {
		return err
	}
	return nil
}
