package desk

import "strings"

// unflagged is a text that calls options by their names in JSON: time_zone for
// --time-zone.
func unflagged(text string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "--")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name := after[:len(after)-len(strings.TrimLeft(after, "abcdefghijklmnopqrstuvwxyz-"))]
		name = strings.TrimRight(name, "-")
		if name == "" || name[0] == '-' {
			b.WriteString("--")
		}
		b.WriteString(strings.ReplaceAll(name, "-", "_"))
		text = after[len(name):]
	}
}
