package access

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"tandem/db"
)

// Errors of those who want in.
var (
	// ErrCredentials is one for all: who guesses learns nothing.
	ErrCredentials = errors.New("login or password is wrong")
	// ErrCode: the password was right.
	ErrCode = errors.New("the code of the second factor is wrong, or was used before")
	// ErrNeedsCode: the password was right, and there is a second factor.
	ErrNeedsCode = errors.New("the code of the second factor is needed")
)

// SignIn lets somebody in who knows the password, and the code of their second
// factor if they have one. The cookie is for their browser.
func (g *Guard) SignIn(ctx context.Context, login, password, code string) (Principal, http.Cookie, error) {
	a, err := g.attempt(ctx, login)
	if err != nil {
		return Principal{}, http.Cookie{}, err
	}
	c, err := g.DB.CredentialOf(ctx, login)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return Principal{}, http.Cookie{}, err
	}
	same, err := g.hashes.match(ctx, password, c.Password)
	switch {
	case errors.Is(err, ErrBusy):
		return Principal{}, http.Cookie{}, errors.Join(err, a.was(ctx, false, true))
	case err != nil:
		return Principal{}, http.Cookie{}, err
	case !same || !c.User.Enabled:
		a.named(g.Log.Info()).Str("address", visitorOf(ctx).address.String()).Msg("sign-in refused")
		return Principal{}, http.Cookie{}, ErrCredentials
	}
	if c.TOTPSecret != "" {
		if strings.TrimSpace(code) == "" {
			return Principal{}, http.Cookie{}, errors.Join(ErrNeedsCode, a.was(ctx, false, true))
		}
		good, err := g.useCode(ctx, c.User.ID, c.TOTPSecret, code)
		if err == nil && !good {
			err = ErrCode
		}
		if err != nil {
			return Principal{}, http.Cookie{}, err
		}
	}
	if err := a.was(ctx, true, false); err != nil {
		return Principal{}, http.Cookie{}, err
	}
	return g.open(ctx, c.User)
}

// open makes a session. One that the browser had before ends: nobody goes on in a
// session that somebody else has begun.
func (g *Guard) open(ctx context.Context, u db.User) (Principal, http.Cookie, error) {
	v := visitorOf(ctx)
	if v.session != 0 {
		if err := g.DB.CloseSession(ctx, v.session); err != nil {
			return Principal{}, http.Cookie{}, err
		}
	}
	p := principalOf(u)
	actor := v.actor(p)
	token := newToken()
	s := db.Session{Address: actor.Address, Agent: shortened(v.agent)}
	err := g.DB.OpenSession(db.WithActor(ctx, actor), u.ID, hashOf(token), s, g.Idle, g.Life)
	if errors.Is(err, db.ErrNotFound) {
		err = ErrCredentials // disabled meanwhile
	}
	return p, g.cookie(token), err
}

// maxAgent is how much of a browser's name is kept.
const maxAgent = 200

func shortened(text string) string {
	text = strings.ToValidUTF8(text, "")
	if r := []rune(text); len(r) > maxAgent {
		return string(r[:maxAgent])
	}
	return text
}

// SignOut ends the session of who asks. The cookie takes the old one's place.
func (g *Guard) SignOut(ctx context.Context) (http.Cookie, error) {
	return g.cookie(""), g.DB.CloseSession(ctx, visitorOf(ctx).session)
}

// SessionID is the session of who asks; 0: it is a key, or nobody.
func SessionID(ctx context.Context) int64 { return visitorOf(ctx).session }

// ChangePassword lets who asks have another password. All their sessions end, and
// the one that asks goes on under another cookie: a stolen one is worth nothing.
// Their keys end unless they are to be kept.
func (g *Guard) ChangePassword(ctx context.Context, old, password string, keepKeys bool) (http.Cookie, error) {
	c, err := g.prove(ctx, old)
	if err == nil {
		err = CheckPassword(c.User.Login, password)
	}
	if err == nil && old == password {
		err = &db.FieldError{Field: "password", Text: "this is the password that you have"}
	}
	if err != nil {
		return http.Cookie{}, err
	}
	hash, err := g.hashes.make(ctx, password)
	if err != nil {
		return http.Cookie{}, err
	}
	if err := g.DB.SetPassword(ctx, c.User.ID, hash, keepKeys); err != nil {
		return http.Cookie{}, err
	}
	_, cookie, err := g.open(ctx, c.User)
	return cookie, err
}

// prove wants the password of who asks: a session left open is not enough for what
// would shut its owner out.
func (g *Guard) prove(ctx context.Context, password string) (db.Credential, error) {
	a, err := g.attemptInside(ctx, From(ctx).Login)
	if err != nil {
		return db.Credential{}, err
	}
	c, err := g.DB.CredentialOfUser(ctx, From(ctx).UserID)
	if err != nil {
		return db.Credential{}, err
	}
	same, err := g.hashes.match(ctx, password, c.Password)
	switch {
	case err != nil:
		return db.Credential{}, errors.Join(err, a.was(ctx, false, errors.Is(err, ErrBusy)))
	case !same:
		return db.Credential{}, &db.FieldError{Field: "old_password", Text: "this is not your password"}
	}
	return c, a.was(ctx, true, false)
}
