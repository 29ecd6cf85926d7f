package v1

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
	"tandem/desk"
)

// handleDesk is handle for what the desk does: its errors speak of fields, too.
func handleDesk[I, O any](d *door, rule access.Rule, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	place := "body."
	if op.Method == http.MethodGet {
		place = "query."
	}
	handle(d, rule, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		return out, deskProblem(err, place)
	})
}

// deskProblem turns an error of the desk into an answer; any other one stays.
func deskProblem(err error, place string) error {
	var field *desk.FieldError
	var state *desk.StateError
	var none *desk.NoDeckError
	var missing *desk.NoSuchDeckError
	switch {
	case err == nil, errors.Is(err, db.ErrUnavailable):
		return err
	case errors.As(err, &field):
		name, text := field.JSON()
		return wrong(place+name, text)
	case errors.As(err, &missing):
		return huma.NewError(http.StatusNotFound, missing.What())
	case errors.As(err, &state):
		return huma.NewError(http.StatusConflict, state.Error())
	case errors.As(err, &none):
		return huma.NewError(http.StatusConflict, none.Owner+" has no deck in force")
	case errors.Is(err, db.ErrPast):
		return wrong(place+"at", err.Error())
	case errors.Is(err, db.ErrDeckState), errors.Is(err, db.ErrNoDeckBefore), errors.Is(err, db.ErrImportState), errors.Is(err, desk.ErrMeanwhile):
		return huma.NewError(http.StatusConflict, err.Error())
	case errors.Is(err, db.ErrTooMany):
		return huma.NewError(http.StatusTooManyRequests, err.Error())
	}
	return err
}
