package alarm

import (
	"net/url"
	"strings"
)

// Subject is one thing that a rule looks at: values of what it is told by, in the
// order of Rule.Each.
type Subject []string

// mostKey is what the column takes, in characters.
const mostKey = 255

// Key is the subject as text, provider=7,country=RU; empty: everything. ok is
// false when it is too long to be kept.
func (r *Rule) Key(s Subject) (key string, ok bool) {
	parts := make([]string, len(s))
	for i, v := range s {
		parts[i] = r.Each[i] + "=" + escape(v)
	}
	key = strings.Join(parts, ",")
	return key, len(key) <= mostKey
}

// By is the subject with what its values are of.
func (r *Rule) By(s Subject) map[string]string {
	by := make(map[string]string, len(s))
	for i, v := range s {
		by[r.Each[i]] = v
	}
	return by
}

// escape keeps values from looking like keys: names of networks may have commas.
func escape(value string) string {
	return strings.NewReplacer("%", "%25", ",", "%2C", "=", "%3D").Replace(value)
}

// Unescape reads a value of a key.
func Unescape(text string) string {
	value, err := url.PathUnescape(text)
	if err != nil {
		return text
	}
	return value
}
