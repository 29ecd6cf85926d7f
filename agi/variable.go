package agi

import (
	"fmt"
	"strings"
)

// Sentinel is the variable that says the answer is complete. Asterisk reports
// success for a server that died half-way, so the dialplan tests only this.
const Sentinel = "T_OK"

const (
	// maxLine is the longest command Asterisk reads whole, its newline
	// counted: AGI_BUF_LEN of res_agi.c, 8192, less the end mark.
	maxLine = 8191
	// maxPairs is how many variables MSet takes (main/pbx_variables.c).
	maxPairs = 99
	maxName  = 80
)

// Var is a channel variable to set.
type Var struct {
	Name  string // a letter or "_" first; "__" before it makes the variable inherited
	Value string
}

// The frame of a command that sets variables: EXEC MSet "A=1,B=2".
const (
	msetBegin = `EXEC MSet "`
	msetEnd   = `"`
)

// msetLines checks all the variables, then writes as few commands as
// Asterisk's two limits allow. Nothing is returned when one of the variables
// may not be written, so nothing is sent either.
func msetLines(vars []Var) ([]string, error) {
	size := 0
	for _, v := range vars {
		if err := checkPlain(v); err != nil {
			return nil, err
		}
		size += v.size()
	}
	var (
		lines []string
		line  strings.Builder
		pairs int
	)
	for _, v := range vars {
		if pairs == maxPairs || pairs > 0 && line.Len()+v.size()+len(msetEnd)+len("\n") > maxLine {
			line.WriteString(msetEnd)
			lines = append(lines, line.String())
			line, pairs = strings.Builder{}, 0
		}
		if pairs == 0 {
			line.Grow(min(maxLine, len(msetBegin)+size+len(msetEnd)))
			line.WriteString(msetBegin)
		} else {
			line.WriteByte(',')
		}
		line.WriteString(v.Name)
		line.WriteByte('=')
		line.WriteString(v.Value)
		pairs++
	}
	if pairs > 0 {
		line.WriteString(msetEnd)
		lines = append(lines, line.String())
	}
	return lines, nil
}

// size is what the variable takes in a line, with a comma.
func (v Var) size() int { return len(v.Name) + len("=") + len(v.Value) + len(",") }

// checkPlain tells whether MSet may carry the variable.
func checkPlain(v Var) error {
	if err := checkName(v.Name); err != nil {
		return err
	}
	for i := range len(v.Value) {
		if !isPlain(v.Value[i]) {
			return fmt.Errorf("%w: %s: byte %q at %d is not of [A-Za-z0-9+@._:/^-]", ErrVariable, v.Name, v.Value[i:i+1], i)
		}
	}
	if len(msetBegin)+v.size()-len(",")+len(msetEnd)+len("\n") > maxLine {
		return fmt.Errorf("%w: %s: value of %d bytes does not fit into a line", ErrVariable, v.Name, len(v.Value))
	}
	return nil
}

// checkName keeps function calls (NAME(…)), spaces and the sentinel out: only
// Finish sets that.
func checkName(name string) error {
	switch {
	case name == "" || len(name) > maxName || isDigit(name[0]) || !only(name, isName):
		return fmt.Errorf("%w: name %s is not of [A-Za-z_][A-Za-z0-9_]*", ErrVariable, quoted(name))
	case strings.TrimLeft(name, "_") == Sentinel:
		return fmt.Errorf("%w: %s is set by Finish only", ErrVariable, name)
	}
	return nil
}

func isName(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' }

// escape prepares a value for double quotes, as Asterisk's parse_args undoes
// it: a backslash is dropped and the byte after it taken as it is, whatever it
// is. So only the quote and the backslash need one; the escapes of Go and C
// would arrive as letters.
func escape(name, value string) (string, error) {
	for i := range len(value) {
		if isControl(value[i]) {
			return "", fmt.Errorf("%w: %s: control byte %#02x at %d", ErrVariable, name, value[i], i)
		}
	}
	escaped := value
	if strings.ContainsAny(value, `"\`) {
		escaped = strings.ReplaceAll(strings.ReplaceAll(value, `\`, `\\`), `"`, `\"`)
	}
	if len("SET VARIABLE \"\" \"\"\n")+len(name)+len(escaped) > maxLine {
		return "", fmt.Errorf("%w: %s: value of %d bytes does not fit into a line", ErrVariable, name, len(value))
	}
	return escaped, nil
}
