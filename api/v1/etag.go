package v1

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tandem/db"
)

// etagOf is the version of what is shown: whoever changes it says which version
// they have seen (RFC 9110 §8.8.3).
func etagOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// IfMatch is for operations that change or delete: two people cannot overwrite
// each other blindly.
type IfMatch struct {
	IfMatch string `header:"If-Match" doc:"ETag of the version that was seen; * for whatever is there"`
}

// check compares with what is there now. It is for use within the transaction.
func (m IfMatch) check(now any) error {
	switch strings.TrimPrefix(m.IfMatch, "W/") { // a proxy that compresses makes it weak
	case "":
		return huma.NewError(http.StatusPreconditionRequired, "If-Match is missing: send the ETag of the version that you have seen")
	case "*", etagOf(now):
		return nil
	}
	return db.ErrChanged
}
