package agi

// isControl tells bytes that have no place in a line: they end it (CR, LF,
// NUL) or hide in a log. TAB passes Asterisk's splitter unchanged.
func isControl(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isID: systemname-epoch.sequence.
func isID(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '-' || c == '_' || c == '.' || c == '@' || c == ':'
}

// isPath: the path of a script, without its query.
func isPath(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '-' || c == '_' || c == '.' || c == '/'
}

// isKey: agi_calleridname, agi_arg_1.
func isKey(c byte) bool { return c >= 'a' && c <= 'z' || isDigit(c) || c == '_' }

// isPlain: what a value set by MSet may hold. Numbers, dial strings, route
// keys and file names need no more, and none of it means anything to the
// splitters on the way: no comma, quote, backslash, bracket or space.
func isPlain(c byte) bool {
	switch c {
	case '+', '@', '.', '_', ':', '/', '^', '-':
		return true
	}
	return isLetter(c) || isDigit(c)
}

// only reports whether every byte of text is of the alphabet.
func only[T string | []byte](text T, alphabet func(byte) bool) bool {
	for i := range len(text) {
		if !alphabet(text[i]) {
			return false
		}
	}
	return true
}
