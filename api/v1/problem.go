package v1

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tandem/db"
)

// problem turns an error of the platform into an answer. The text of an error that
// nobody foresaw stays in the log.
func (d *door) problem(err error) error {
	var said huma.StatusError
	var field *db.FieldError
	var referred *db.ReferredError
	var serving *db.ServingError
	switch {
	case errors.As(err, &said):
		return err
	case errors.As(err, &field):
		return huma.NewError(http.StatusUnprocessableEntity, "validation failed", &huma.ErrorDetail{Location: "body." + field.Field, Message: field.Text})
	case errors.As(err, &referred):
		return huma.NewError(http.StatusConflict, referred.Error())
	case errors.As(err, &serving):
		return huma.NewError(http.StatusConflict, serving.Error())
	case errors.Is(err, db.ErrNotFound):
		return huma.NewError(http.StatusNotFound, err.Error())
	case errors.Is(err, db.ErrChanged):
		return huma.NewError(http.StatusPreconditionFailed, "somebody has changed it meanwhile: read it again, and decide")
	case db.IsBadText(err):
		return wrong("query", "nothing can have this text: ids of calls and keys of postings are plain Latin letters, digits and signs")
	case errors.Is(err, db.ErrTooMuch):
		return tooMuch(err)
	case errors.Is(err, db.ErrOverloaded):
		return later(huma.Error503ServiceUnavailable("too many questions at the same time: ask again in a moment; whether a change was made, read first"))
	case errors.Is(err, db.ErrUnavailable):
		d.Log.Warn().Err(err).Msg("database away while the API asks")
		return later(huma.Error503ServiceUnavailable("the database cannot be asked just now; whether a change was made is not known: read again, and repeat"))
	case errors.Is(err, context.Canceled):
		return huma.NewError(499, "given up")
	}
	d.Log.Error().Err(err).Msg("an operation of the API failed")
	return huma.NewError(http.StatusInternalServerError, "this is a defect; the node's log tells more")
}

// later says when to ask again.
func later(err error) error {
	return huma.ErrorWithHeaders(err, http.Header{"Retry-After": {retryAfter}})
}

// hideValues keeps what was sent out of answers: it may be a password; and what the
// program calls its parts.
func hideValues(_ huma.Context, _ string, v any) (any, error) {
	if e, ok := v.(*huma.ErrorModel); ok {
		for _, detail := range e.Errors {
			detail.Value = nil
			unread(detail)
		}
	}
	return v, nil
}

// writeProblem answers without huma.
func writeProblem(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(huma.ErrorModel{Title: http.StatusText(status), Status: status, Detail: text}) // the client is gone
}

func notFound(w http.ResponseWriter, _ *http.Request) {
	writeProblem(w, http.StatusNotFound, "there is no such address in the API; /api/v1/openapi.json lists those that are")
}

func methodNotAllowed(w http.ResponseWriter, _ *http.Request) {
	writeProblem(w, http.StatusMethodNotAllowed, "this address knows no such method")
}
