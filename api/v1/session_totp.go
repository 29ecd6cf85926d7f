package v1

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
)

// secondFactor is how people set up a second factor for themselves: they are shown
// a secret, and confirm with a code that their device has it.
func secondFactor(d *door) {
	rule := access.Rule{Area: access.Own, Write: true, Anyone: true, Session: true}
	handle(d, rule, huma.Operation{
		OperationID: "offer-second-factor", Method: http.MethodPost, Path: "/session/totp", Summary: "Make a second factor", Tags: []string{tagSession},
		Description: "It is in force when a code has confirmed it.",
	}, d.offerTOTP)
	handle(d, rule, huma.Operation{
		OperationID: "confirm-second-factor", Method: http.MethodPut, Path: "/session/totp", Summary: "Confirm the second factor with a code", Tags: []string{tagSession},
		Description: "All other sessions of this person end.", DefaultStatus: http.StatusNoContent,
	}, d.confirmTOTP)
	handle(d, rule, huma.Operation{
		OperationID: "drop-second-factor", Method: http.MethodDelete, Path: "/session/totp", Summary: "Turn the second factor off", Tags: []string{tagSession},
		DefaultStatus: http.StatusNoContent,
	}, d.dropTOTP)
}

type offerInput struct {
	Body struct {
		Password string `json:"old_password" minLength:"1" maxLength:"256" format:"password" doc:"The one that is in force"`
	}
}

type offerAnswer struct {
	Body struct {
		Secret string `json:"secret" doc:"To type into the device"`
		URL    string `json:"url" doc:"To show as a QR code: otpauth://totp/…"`
	}
}

func (d *door) offerTOTP(ctx context.Context, in *offerInput) (*offerAnswer, error) {
	secret, url, err := d.Guard.OfferTOTP(ctx, in.Body.Password)
	if err != nil {
		return nil, refused(err)
	}
	out := &offerAnswer{}
	out.Body.Secret, out.Body.URL = secret, url
	return out, nil
}

type codeInput struct {
	Body struct {
		Code string `json:"code" minLength:"6" maxLength:"16"`
	}
}

func (d *door) confirmTOTP(ctx context.Context, in *codeInput) (*struct{}, error) {
	return nil, refused(d.Guard.ConfirmTOTP(ctx, in.Body.Code))
}

type dropInput struct {
	Code string `query:"code" required:"true" minLength:"6" maxLength:"16" doc:"The device's code of now; it works once"`
}

func (d *door) dropTOTP(ctx context.Context, in *dropInput) (*struct{}, error) {
	return nil, refused(d.Guard.DropTOTP(ctx, in.Code))
}
