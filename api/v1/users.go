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

const tagUsers = "Users"

// users are the people who sign in. Administrators alone see and change them.
func users(d *door) {
	see, write := govern(access.System, false), govern(access.System, true)
	write.Session = true // a key that makes administrators could do everything
	handle(d, see, huma.Operation{OperationID: "list-users", Method: http.MethodGet, Path: "/users", Summary: "List users, by login", Tags: []string{tagUsers}}, d.listUsers)
	handle(d, see, huma.Operation{OperationID: "get-user", Method: http.MethodGet, Path: "/users/{id}", Summary: "A user", Tags: []string{tagUsers}}, d.getUser)
	handle(d, write, huma.Operation{
		OperationID: "create-user", Method: http.MethodPost, Path: "/users", Summary: "Add a user", Tags: []string{tagUsers}, DefaultStatus: http.StatusCreated,
		Description: "Without a password they cannot sign in until they have set one, see /users/{id}/password-reset.",
	}, d.createUser)
	handle(d, write, huma.Operation{
		OperationID: "update-user", Method: http.MethodPut, Path: "/users/{id}", Summary: "Change a user", Tags: []string{tagUsers},
		Description: "A role is another at the next request; who is disabled is out at once, and so are their keys.",
	}, d.updateUser)
	handle(d, write, huma.Operation{
		OperationID: "delete-user", Method: http.MethodDelete, Path: "/users/{id}", Summary: "Remove a user, with their sessions and keys", Tags: []string{tagUsers},
		DefaultStatus: http.StatusNoContent,
	}, d.deleteUser)
	handle(d, write, huma.Operation{
		OperationID: "make-password-link", Method: http.MethodPost, Path: "/users/{id}/password-reset", Summary: "Make a link by which a user sets a password", Tags: []string{tagUsers},
		Description: "It works once, for a day, and ends those before it. The password that is there works until then; with the new one all sessions and API keys end.",
	}, d.passwordLink)
	handle(d, write, huma.Operation{
		OperationID: "reset-second-factor", Method: http.MethodDelete, Path: "/users/{id}/totp", Summary: "Turn off the second factor of a user who has lost their device", Tags: []string{tagUsers},
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *ByID) (*struct{}, error) {
		return nil, d.DB.SetTOTP(ctx, in.ID, "", 0)
	})
	handle(d, write, huma.Operation{
		OperationID: "sign-out-user", Method: http.MethodDelete, Path: "/users/{id}/sessions", Summary: "Sign a user out everywhere", Tags: []string{tagUsers},
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *signOutInput) (*struct{}, error) {
		return nil, d.DB.CloseSessions(ctx, in.ID, 0, in.Keys)
	})
}

type signOutInput struct {
	ByID

	Keys bool `query:"keys" doc:"Their API keys end, too"`
}

// ByID names one object.
type ByID struct {
	ID int64 `path:"id" minimum:"1"`
}

type userAnswer struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     db.User
}

// answerUser: the version is of the settings alone. Somebody signing in is no change.
func answerUser(u db.User) *userAnswer { return &userAnswer{ETag: etagOf(u.UserSettings), Body: u} }

type usersInput struct {
	Paging
	Text      string `query:"q" maxLength:"64" doc:"In login, name or e-mail"`
	Role      string `query:"role" enum:"admin,operator,analyst,agent,customer"`
	AccountID int64  `query:"account_id" minimum:"1"`
	Enabled   string `query:"enabled" enum:"true,false"`
}

type usersAnswer struct{ Body Page[db.User] }

func (d *door) listUsers(ctx context.Context, in *usersInput) (*usersAnswer, error) {
	f := db.UserFilter{Text: in.Text, Role: in.Role, AccountID: in.AccountID, Limit: in.Limit + 1}
	if in.Enabled != "" {
		f.Enabled = new(in.Enabled == "true")
	}
	if err := readCursor(in.Cursor, &f.After); err != nil {
		return nil, err
	}
	list, err := d.DB.Users(ctx, f)
	return &usersAnswer{pageOf(list, in.Limit, func(u *db.User) any { return u.Login })}, err
}

func (d *door) getUser(ctx context.Context, in *ByID) (*userAnswer, error) {
	u, err := d.DB.User(ctx, in.ID)
	return answerUser(u), err
}

type createUserInput struct {
	Body struct {
		db.UserSettings

		Password string `json:"password,omitempty" maxLength:"256" format:"password" writeOnly:"true" doc:"None: they set one by a link"`
	}
}

func (d *door) createUser(ctx context.Context, in *createUserInput) (*userAnswer, error) {
	hash := ""
	if in.Body.Password != "" {
		err := access.CheckPassword(in.Body.Login, in.Body.Password)
		if err == nil {
			hash, err = d.Guard.HashPassword(ctx, in.Body.Password)
		}
		if err != nil {
			return nil, refused(err)
		}
	}
	u, err := d.DB.CreateUser(ctx, in.Body.UserSettings, hash)
	out := answerUser(u)
	out.Location = Prefix + "/users/" + strconv.FormatInt(u.ID, 10)
	return out, err
}

type updateUserInput struct {
	ByID
	IfMatch
	Body db.UserSettings
}

func (d *door) updateUser(ctx context.Context, in *updateUserInput) (*userAnswer, error) {
	u, err := d.DB.UpdateUser(ctx, in.ID, in.Body, func(now db.User) error { return in.check(now.UserSettings) })
	return answerUser(u), err
}

type deleteUserInput struct {
	ByID
	IfMatch
}

func (d *door) deleteUser(ctx context.Context, in *deleteUserInput) (*struct{}, error) {
	err := d.DB.DeleteUser(ctx, in.ID, func(now db.User) error { return in.check(now.UserSettings) })
	if errors.Is(err, db.ErrLastAdmin) {
		return nil, huma.NewError(http.StatusConflict, db.ErrLastAdmin.Error())
	}
	return nil, err
}

type linkAnswer struct {
	Body struct {
		Link      string    `json:"link" doc:"To hand to the user, by a way that nobody else reads"`
		Token     string    `json:"token" doc:"The part behind the #"`
		ExpiresAt time.Time `json:"expires_at"`
	}
}

func (d *door) passwordLink(ctx context.Context, in *ByID) (*linkAnswer, error) {
	link, token, expires, err := d.Guard.PasswordLink(ctx, in.ID)
	out := &linkAnswer{}
	out.Body.Link, out.Body.Token, out.Body.ExpiresAt = link, token, expires
	return out, err
}
