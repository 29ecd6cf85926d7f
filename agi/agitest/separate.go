package agitest

// maxPairs is how many variables one MSet takes in Asterisk.
const maxPairs = 99

// separateArgs cuts text at a delimiter into at most limit parts, as
// Asterisk's __ast_app_separate_args does when told to remove characters:
// delimiters inside parentheses, brackets and quotes do not count, quotes are
// dropped, a backslash is dropped and the byte after it taken as it is. The
// last part takes all the rest, untouched. A delimiter at the very end makes
// one more, empty part.
func separateArgs(text string, delim byte, limit int) []string {
	var (
		parts            []string
		parens, brackets int
		isQuoted         bool
		isOpen           bool // the text so far ends with a delimiter
	)
	i := 0
	for i < len(text) && len(parts) < limit-1 {
		var part []byte
		isOpen = false
		for ; i < len(text) && !isOpen; i++ {
			c := text[i]
			switch {
			case c == '"':
				isQuoted = !isQuoted
				continue
			case c == '\\':
				if i++; i < len(text) {
					part = append(part, text[i])
				}
				continue
			case c == '(':
				parens++
			case c == ')':
				parens = max(parens-1, 0)
			case c == '[':
				brackets++
			case c == ']':
				brackets = max(brackets-1, 0)
			case c == delim && parens == 0 && brackets == 0 && !isQuoted:
				isOpen = true
				continue
			}
			part = append(part, c)
		}
		parts = append(parts, string(part))
	}
	if i < len(text) || isOpen {
		parts = append(parts, text[min(i, len(text)):])
	}
	return parts
}

// MSetVars reads the options of MSet: NAME=value,NAME=value. Asterisk warns of
// a part without "=" and goes on; here it is left out.
func MSetVars(options string) map[string]string {
	vars := make(map[string]string)
	for _, pair := range separateArgs(options, ',', maxPairs) {
		if parts := separateArgs(pair, '=', 2); len(parts) == 2 {
			vars[parts[0]] = parts[1]
		}
	}
	return vars
}
