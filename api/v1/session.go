package v1

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
)

const tagSession = "Session"

// session is how people come in and out, and what they say of themselves.
func session(d *door) {
	signedIn := access.Rule{Area: access.Own, Anyone: true, Session: true}
	handle(d, access.Rule{Public: true, Area: access.Own, Write: true}, huma.Operation{
		OperationID: "sign-in", Method: http.MethodPost, Path: "/session", Summary: "Sign in", Tags: []string{tagSession},
		Description: "Answers with a cookie. 401 with body.totp among the errors: the password is right, and the code of the second factor is needed. 429: wait as long as Retry-After says.",
	}, d.signIn)
	handle(d, access.Rule{Anyone: true}, huma.Operation{
		OperationID: "get-session", Method: http.MethodGet, Path: "/session", Summary: "Who asks", Tags: []string{tagSession},
	}, func(ctx context.Context, _ *struct{}) (*principalAnswer, error) {
		return &principalAnswer{Body: access.From(ctx)}, nil
	})
	handle(d, signedIn, huma.Operation{
		OperationID: "sign-out", Method: http.MethodDelete, Path: "/session", Summary: "Sign out", Tags: []string{tagSession}, DefaultStatus: http.StatusNoContent,
	}, d.signOut)
	handle(d, signedIn, huma.Operation{
		OperationID: "change-password", Method: http.MethodPut, Path: "/session/password", Summary: "Change one's password", Tags: []string{tagSession},
		Description: "All other sessions of this person end, and their API keys unless they are kept; this session goes on under another cookie.", DefaultStatus: http.StatusNoContent,
	}, d.changePassword)
	handle(d, signedIn, huma.Operation{
		OperationID: "set-preferences", Method: http.MethodPut, Path: "/session/preferences", Summary: "Set one's language and time zone", Tags: []string{tagSession},
	}, d.setPreferences)
	handle(d, signedIn, huma.Operation{
		OperationID: "list-other-sessions", Method: http.MethodGet, Path: "/session/others", Summary: "Where else this person is signed in", Tags: []string{tagSession},
	}, d.otherSessions)
	handle(d, signedIn, huma.Operation{
		OperationID: "close-other-sessions", Method: http.MethodDelete, Path: "/session/others", Summary: "Sign out everywhere else", Tags: []string{tagSession},
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		return nil, d.DB.CloseSessions(ctx, access.From(ctx).UserID, access.SessionID(ctx), false)
	})
}

// principalAnswer says who is signed in.
type principalAnswer struct {
	SetCookie string `header:"Set-Cookie"`
	Body      access.Principal
}

// noAnswer says that it is done.
type noAnswer struct {
	SetCookie string `header:"Set-Cookie"`
}

type signInInput struct {
	Body struct {
		Login    string `json:"login" minLength:"1" maxLength:"64"`
		Password string `json:"password" minLength:"1" maxLength:"256" format:"password"`
		TOTP     string `json:"totp,omitempty" maxLength:"16" doc:"Code of the second factor, for those who have one"`
	}
}

func (d *door) signIn(ctx context.Context, in *signInInput) (*principalAnswer, error) {
	p, cookie, err := d.Guard.SignIn(ctx, in.Body.Login, in.Body.Password, in.Body.TOTP)
	if err != nil {
		return nil, refused(err)
	}
	return &principalAnswer{SetCookie: cookie.String(), Body: p}, nil
}

func (d *door) signOut(ctx context.Context, _ *struct{}) (*noAnswer, error) {
	cookie, err := d.Guard.SignOut(ctx)
	return &noAnswer{SetCookie: cookie.String()}, err
}

type passwordInput struct {
	Body struct {
		Old string `json:"old_password" minLength:"1" maxLength:"256" format:"password"`
		New string `json:"password" minLength:"1" maxLength:"256" format:"password"`

		KeepKeys bool `json:"keep_keys,omitempty" doc:"One's API keys go on; otherwise whoever knew the old password may still have one"`
	}
}

func (d *door) changePassword(ctx context.Context, in *passwordInput) (*noAnswer, error) {
	cookie, err := d.Guard.ChangePassword(ctx, in.Body.Old, in.Body.New, in.Body.KeepKeys)
	if err != nil {
		return nil, refused(err)
	}
	return &noAnswer{SetCookie: cookie.String()}, nil
}

type preferencesInput struct {
	Body struct {
		Language string `json:"language" maxLength:"16" doc:"en or ru; empty: the browser's"`
		TimeZone string `json:"time_zone" maxLength:"64" doc:"IANA name; empty: the browser's"`
	}
}

func (d *door) setPreferences(ctx context.Context, in *preferencesInput) (*principalAnswer, error) {
	p := access.From(ctx)
	if err := d.DB.SetPreferences(ctx, p.UserID, in.Body.Language, in.Body.TimeZone); err != nil {
		return nil, err
	}
	p.Language, p.TimeZone = in.Body.Language, in.Body.TimeZone
	return &principalAnswer{Body: p}, nil
}

type sessionsAnswer struct{ Body Page[db.Session] }

func (d *door) otherSessions(ctx context.Context, _ *struct{}) (*sessionsAnswer, error) {
	all, err := d.DB.Sessions(ctx, access.From(ctx).UserID)
	if err != nil {
		return nil, err
	}
	others := []db.Session{}
	for _, s := range all {
		if s.ID != access.SessionID(ctx) {
			others = append(others, s)
		}
	}
	return &sessionsAnswer{Page[db.Session]{Items: others}}, nil
}

// refused turns the errors of those who want in into answers.
func refused(err error) error {
	var throttled *access.ThrottledError
	var field *db.FieldError
	switch {
	case errors.As(err, &throttled):
		wait := strconv.FormatInt(int64(throttled.Wait/time.Second), 10)
		return huma.ErrorWithHeaders(huma.NewError(http.StatusTooManyRequests, throttled.Error()), http.Header{"Retry-After": {wait}})
	case errors.Is(err, access.ErrBusy):
		return huma.ErrorWithHeaders(huma.NewError(http.StatusServiceUnavailable, err.Error()), http.Header{"Retry-After": {"5"}})
	case errors.Is(err, access.ErrLink):
		return huma.NewError(http.StatusGone, access.ErrLink.Error())
	case errors.As(err, &field):
		return err
	case errors.Is(err, access.ErrCredentials):
		return huma.NewError(http.StatusUnauthorized, access.ErrCredentials.Error())
	case errors.Is(err, access.ErrNeedsCode):
		return huma.NewError(http.StatusUnauthorized, access.ErrNeedsCode.Error(), &huma.ErrorDetail{Location: "body.totp", Message: "needed"})
	case errors.Is(err, access.ErrCode):
		return huma.NewError(http.StatusUnauthorized, access.ErrCode.Error(), &huma.ErrorDetail{Location: "body.totp", Message: "wrong, or used before"})
	}
	return err
}
