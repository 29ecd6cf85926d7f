package v1

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// fail answers with an error where huma does not.
func (d *door) fail(w http.ResponseWriter, err error) {
	var said *huma.ErrorModel
	problem := d.problem(err)
	if !errors.As(problem, &said) {
		writeProblem(w, http.StatusInternalServerError, "this is a defect; the node's log tells more")
		return
	}
	if headed, ok := errors.AsType[huma.HeadersError](problem); ok {
		maps.Copy(w.Header(), headed.GetHeaders())
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(said.Status)
	_ = json.NewEncoder(w).Encode(said) // the client is gone
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client is gone
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }
