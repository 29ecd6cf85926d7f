package archive

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"
)

// appendLine adds a row as one line of JSON. The same row makes the same line.
// values are as MariaDB prints them; nil is NULL.
func appendLine(line []byte, columns []Column, values [][]byte) ([]byte, error) {
	line = append(line, '{')
	first := true
	for i, c := range columns {
		if values[i] == nil {
			continue
		}
		if !first {
			line = append(line, ',')
		}
		first = false
		line = append(append(append(line, '"'), c.Name...), '"', ':') // a word of letters
		var err error
		if line, err = appendValue(line, c.Kind, values[i]); err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	return append(line, '}', '\n'), nil
}

func appendValue(line []byte, kind Kind, value []byte) ([]byte, error) {
	switch kind {
	case Integer:
		if !isInteger(value) {
			return nil, fmt.Errorf("%q is no integer", value)
		}
		return append(line, value...), nil
	case Binary:
		line = append(line, '"')
		line = base64.StdEncoding.AppendEncode(line, value)
		return append(line, '"'), nil
	default:
		return appendText(line, value)
	}
}

func isInteger(value []byte) bool {
	digits := bytes.TrimPrefix(value, []byte{'-'})
	return len(digits) > 0 && len(bytes.Trim(digits, "0123456789")) == 0 && (digits[0] != '0' || len(digits) == 1)
}

func appendText(line, value []byte) ([]byte, error) {
	if !utf8.Valid(value) {
		return nil, errors.New("text that is not UTF-8")
	}
	for _, c := range value {
		if c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			text, err := json.Marshal(string(value))
			return append(line, text...), err
		}
	}
	return append(append(append(line, '"'), value...), '"'), nil
}

// parseLine reads what appendLine wrote: a value a column, nil for NULL, as a
// database driver takes it.
func parseLine(line []byte, columns []Column) ([]any, error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	var object map[string]any
	if err := d.Decode(&object); err != nil {
		return nil, err
	}
	values := make([]any, len(columns))
	for i, c := range columns {
		v, there := object[c.Name]
		if !there {
			continue
		}
		delete(object, c.Name)
		var err error
		if values[i], err = parseValue(c.Kind, v); err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	for name := range object {
		return nil, fmt.Errorf("column %q is not in the manifest", name)
	}
	return values, nil
}

func parseValue(kind Kind, v any) (any, error) {
	if number, is := v.(json.Number); is && kind == Integer {
		if n, err := strconv.ParseInt(number.String(), 10, 64); err == nil {
			return n, nil
		}
		return strconv.ParseUint(number.String(), 10, 64)
	}
	text, is := v.(string)
	if !is {
		return nil, fmt.Errorf("%v is not of kind %s", v, kind)
	}
	switch kind {
	case Text:
		return text, nil
	case Time:
		return time.Parse(time.RFC3339Nano, text)
	case Binary:
		return base64.StdEncoding.DecodeString(text)
	default:
		return nil, fmt.Errorf("%q is not of kind %s", text, kind)
	}
}
