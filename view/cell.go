package view

import "strings"

// CellText is a text as it stands in a CSV file: a spreadsheet must not take what
// strangers wrote for a formula.
func CellText(text string) string {
	if text != "" && strings.IndexByte("=+-@\t\r", text[0]) >= 0 {
		return "'" + text
	}
	return text
}
