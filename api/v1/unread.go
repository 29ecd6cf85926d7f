package v1

import (
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
)

// unread puts into words of the API what is said in words of the program: by the
// decoder of JSON ("json: cannot unmarshal number 1e300 into Go struct field T.port of
// type int"), and of times ("invalid date/time for format 2006-01-02T15:04:05Z07:00").
func unread(detail *huma.ErrorDetail) {
	if strings.HasPrefix(detail.Message, "invalid date/time for format ") {
		detail.Message = "want a moment such as 2026-11-14T08:00:00Z"
		return
	}
	rest, is := strings.CutPrefix(detail.Message, "json: cannot unmarshal ")
	if !is {
		return
	}
	detail.Message = "this cannot be read: want a value of another kind, or a smaller number"
	_, field, found := strings.Cut(rest, " into Go struct field ")
	if !found {
		return
	}
	field, _, _ = strings.Cut(field, " of type ")
	for name := range strings.SplitSeq(field, ".") {
		if name != "" && !unicode.IsUpper(rune(name[0])) { // those of the program's types are
			detail.Location += "." + name
		}
	}
}
