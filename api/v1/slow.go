package v1

import (
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tandem/db"
)

// slowDeed is the answer to a deed that took too long: a narrower query, which
// lists are told to ask for, would not mend it.
func slowDeed(method string, err error) error {
	var said huma.StatusError
	if method == http.MethodGet || !errors.Is(err, db.ErrTooMuch) || errors.As(err, &said) {
		return err
	}
	return later(huma.Error503ServiceUnavailable("the database took too long; whether a change was made is not known: read again, and repeat"))
}
