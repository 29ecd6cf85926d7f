package v1

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Page is a part of a list.
type Page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"Cursor of the next page; none: this is the last"`
	Total *int64 `json:"total,omitempty" doc:"Rows in all pages, where that is cheap to know"`
}

// Paging is what every list understands.
// Exported, or huma would not see what embeds it.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"50" doc:"Rows a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"From the page before"`
}

// cursorOf makes a cursor of the last row's place.
func cursorOf(place any) string {
	text := &bytes.Buffer{}
	to := json.NewEncoder(text)
	to.SetEscapeHTML(false) // six characters for each <
	if to.Encode(place) != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(bytes.TrimSpace(text.Bytes()))
}

// readCursor reads what cursorOf made; an empty one leaves place as it is.
func readCursor(cursor string, place any) error {
	if cursor == "" {
		return nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(text, place)
	}
	if err != nil {
		return huma.NewError(http.StatusUnprocessableEntity, "validation failed",
			&huma.ErrorDetail{Location: "query.cursor", Message: "not one of ours: begin again without it"})
	}
	return nil
}
