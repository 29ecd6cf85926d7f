package v1

import (
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
)

// unread puts into words of the API what the decoder of JSON says in words of the
// program: "json: cannot unmarshal number 1e300 into Go struct field T.port of type int".
func unread(detail *huma.ErrorDetail) {
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
