package view

import "strings"

// CellText is a text as it stands in a CSV file: a spreadsheet must not take what
// strangers wrote for a formula.
func CellText(text string) string {
	if text != "" && strings.IndexByte("=+-@\t\r", text[0]) >= 0 && !negative(text) {
		return "'" + text
	}
	return text
}

// negative says that the text is a number, which no spreadsheet takes for a formula.
func negative(text string) bool {
	digits := strings.Replace(text[1:], ".", "", 1)
	return text[0] == '-' && digits != "" && strings.Trim(digits, "0123456789") == ""
}
