package v1

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
)

const tagKeys = "Keys"

// keys are for scripts and other machines. People make them for themselves, with
// their password; no key makes another.
func keys(d *door) {
	rule := func(write bool) access.Rule {
		return access.Rule{Area: access.Own, Write: write, Session: true, Anyone: true}
	}
	handle(d, rule(false), huma.Operation{
		OperationID: "list-keys", Method: http.MethodGet, Path: "/keys", Summary: "List one's keys", Tags: []string{tagKeys},
		Description: "Administrators may list everybody's.",
	}, d.listKeys)
	handle(d, rule(true), huma.Operation{
		OperationID: "create-key", Method: http.MethodPost, Path: "/keys", Summary: "Make a key for oneself", Tags: []string{tagKeys}, DefaultStatus: http.StatusCreated,
		Description: "The key itself is in this answer alone. Send it as Authorization: Bearer … 409: there are 20 already. 429: wrong passwords; wait as long as Retry-After says.",
	}, d.createKey)
	handle(d, rule(true), huma.Operation{
		OperationID: "delete-key", Method: http.MethodDelete, Path: "/keys/{id}", Summary: "Remove a key, at once", Tags: []string{tagKeys}, DefaultStatus: http.StatusNoContent,
		Description: "Administrators may remove everybody's.",
	}, func(ctx context.Context, in *ByID) (*struct{}, error) {
		return nil, d.DB.DeleteAPIKey(ctx, in.ID, keyOwner(ctx, true))
	})
}

type keysInput struct {
	Paging
	All    bool  `query:"all" doc:"Everybody's; for administrators"`
	UserID int64 `query:"user_id" minimum:"1" doc:"Of this user; for administrators"`
}

type keysAnswer struct{ Body Page[db.APIKey] }

func (d *door) listKeys(ctx context.Context, in *keysInput) (*keysAnswer, error) {
	after, user := int64(0), keyOwner(ctx, in.All || in.UserID != 0)
	if err := readCursor(in.Cursor, &after); err != nil {
		return nil, err
	}
	if user != 0 && (in.All || in.UserID != 0 && in.UserID != user) {
		return nil, huma.NewError(http.StatusForbidden, "only administrators see the keys of others")
	}
	if in.UserID != 0 {
		user = in.UserID
	}
	list, err := d.DB.APIKeys(ctx, user, after, in.Limit+1)
	return &keysAnswer{pageOf(list, in.Limit, func(k *db.APIKey) any { return k.ID })}, err
}

// keyOwner is whose keys somebody may handle; 0: everybody's.
func keyOwner(ctx context.Context, others bool) int64 {
	p := access.From(ctx)
	if p.Role == access.Admin && others {
		return 0
	}
	return p.UserID
}

type createKeyInput struct {
	Body struct {
		db.APIKeySettings

		ExpiresAt time.Time `json:"expires_at,omitzero" doc:"None: a year from now"`
		Password  string    `json:"old_password" minLength:"1" maxLength:"256" format:"password" writeOnly:"true" doc:"One's own: a key outlives the session that made it"`
	}
}

type createKeyAnswer struct {
	Body struct {
		db.APIKey

		Key string `json:"key" doc:"Shown now and never again"`
	}
}

func (d *door) createKey(ctx context.Context, in *createKeyInput) (*createKeyAnswer, error) {
	made, key, err := d.Guard.NewKey(ctx, in.Body.Password, in.Body.APIKeySettings, in.Body.ExpiresAt)
	if errors.Is(err, db.ErrTooManyKeys) {
		return nil, huma.NewError(http.StatusConflict, db.ErrTooManyKeys.Error())
	}
	if err != nil {
		return nil, refused(err)
	}
	out := &createKeyAnswer{}
	out.Body.APIKey, out.Body.Key = made, key
	return out, nil
}
