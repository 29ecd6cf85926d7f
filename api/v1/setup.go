package v1

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
)

// setup is what links that work once lead to.
func setup(d *door) {
	handle(d, access.Rule{Public: true, Area: access.Own}, huma.Operation{
		OperationID: "get-setup", Method: http.MethodGet, Path: "/setup", Summary: "Whether the first administrator is still to be made", Tags: []string{tagSession},
	}, d.getSetup)
	handle(d, access.Rule{Public: true, Area: access.Own, Write: true}, huma.Operation{
		OperationID: "set-up", Method: http.MethodPost, Path: "/setup", Summary: "Make the first administrator, by the link that the first start prints", Tags: []string{tagSession},
		Description: "410: the link was used, or is too old.",
	}, d.setUp)
	handle(d, access.Rule{Public: true, Area: access.Own, Write: true}, huma.Operation{
		OperationID: "reset-password", Method: http.MethodPost, Path: "/password-reset", Summary: "Set a password by a link", Tags: []string{tagSession},
		Description: "All sessions and API keys of this person end. 410: the link was used, or is too old.", DefaultStatus: http.StatusNoContent,
	}, d.resetPassword)
}

type setupAnswer struct {
	Body struct {
		Needed bool `json:"needed"`
	}
}

func (d *door) getSetup(ctx context.Context, _ *struct{}) (*setupAnswer, error) {
	there, err := d.DB.HasUsers(ctx)
	out := &setupAnswer{}
	out.Body.Needed = !there
	return out, err
}

type setUpInput struct {
	Body struct {
		Token    string `json:"token" minLength:"1" maxLength:"128"`
		Login    string `json:"login" minLength:"1" maxLength:"64"`
		Name     string `json:"name,omitempty" maxLength:"128"`
		Password string `json:"password" minLength:"1" maxLength:"256" format:"password"`
	}
}

func (d *door) setUp(ctx context.Context, in *setUpInput) (*principalAnswer, error) {
	p, cookie, err := d.Guard.Setup(ctx, in.Body.Token, in.Body.Login, in.Body.Name, in.Body.Password)
	if err != nil {
		return nil, refused(err)
	}
	return &principalAnswer{SetCookie: cookie.String(), Body: p}, nil
}

type resetInput struct {
	Body struct {
		Token    string `json:"token" minLength:"1" maxLength:"128"`
		Password string `json:"password" minLength:"1" maxLength:"256" format:"password"`
	}
}

func (d *door) resetPassword(ctx context.Context, in *resetInput) (*struct{}, error) {
	return nil, refused(d.Guard.ResetPassword(ctx, in.Body.Token, in.Body.Password))
}
