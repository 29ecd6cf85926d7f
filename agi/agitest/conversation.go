package agitest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Side is one end of a conversation.
type Side byte

// The two sides, by their marks in a file.
const (
	AsteriskSide Side = '>'
	ServerSide   Side = '<'
)

// step is one line of a conversation.
type step struct {
	line   int // in the file
	side   Side
	text   string // bytes to write, newline included
	joined bool   // goes out together with the next one
	closes bool
}

// Conversation is what two sides say to each other.
type Conversation struct {
	Name  string            // of the file
	Meta  map[string]string // the @ lines
	steps []step
}

// LoadDir reads every *.agi file of a folder, by name.
func LoadDir(dir string) ([]*Conversation, error) {
	folder := os.DirFS(dir)
	names, err := fs.Glob(folder, "*.agi")
	if err != nil {
		return nil, fmt.Errorf("agitest: list %s: %w", dir, err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("agitest: no conversation in %s", dir)
	}
	all := make([]*Conversation, 0, len(names))
	for _, name := range names {
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, fmt.Errorf("agitest: %w", err)
		}
		c, err := Parse(name, string(text))
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// Parse reads a conversation; errors name the line.
func Parse(name, text string) (*Conversation, error) {
	c := &Conversation{Name: name, Meta: make(map[string]string)}
	for i, line := range strings.Split(text, "\n") {
		if err := c.parseLine(i+1, line); err != nil {
			return nil, fmt.Errorf("agitest: %s:%d: %w", name, i+1, err)
		}
	}
	if len(c.steps) == 0 {
		return nil, fmt.Errorf("agitest: %s: nothing is said", name)
	}
	return c, nil
}

func (c *Conversation) parseLine(number int, line string) error {
	if line == "" || line[0] == '#' {
		return nil
	}
	if line[0] == '@' {
		key, value, _ := strings.Cut(line[1:], " ")
		c.Meta[key] = strings.TrimSpace(value)
		return nil
	}
	s := step{line: number, side: Side(line[0])}
	if s.side != AsteriskSide && s.side != ServerSide {
		return fmt.Errorf("line begins with %q", line[:1])
	}
	mark, text, _ := strings.Cut(line[1:], " ")
	keep, err := s.fill(mark, text)
	if err != nil {
		return err
	}
	if keep {
		c.steps = append(c.steps, s)
	}
	return nil
}

// fill sets what the mark after the side's sign asks for; false means that
// the line is for the reader only.
func (s *step) fill(mark, text string) (bool, error) {
	switch mark {
	case "":
		s.text = text + "\n"
	case "&":
		s.text, s.joined = text+"\n", true
	case "+":
		s.text = text
	case "=":
		raw, err := strconv.Unquote(text)
		if err != nil {
			return false, fmt.Errorf("not a Go string: %s", text)
		}
		s.text = raw
	case "*":
		size, unit, _ := strings.Cut(text, " ")
		n, err := strconv.Atoi(size)
		if err != nil || unit == "" || n < len(unit) {
			return false, fmt.Errorf("not a size and a text of at most that size: %s", text)
		}
		s.text = unit + strings.Repeat(unit[len(unit)-1:], n-len(unit)) + "\n"
	case "!":
		switch text {
		case "close":
			s.closes = true
		case "hang":
			return false, nil
		default:
			return false, fmt.Errorf("cannot %q", text)
		}
	default:
		return false, fmt.Errorf("unknown mark %q", mark)
	}
	if s.text == "" && !s.closes {
		return false, errors.New("nothing is said")
	}
	return true, nil
}

// Said returns all the bytes a side says.
func (c *Conversation) Said(side Side) string {
	var all strings.Builder
	for _, s := range c.steps {
		if s.side == side {
			all.WriteString(s.text)
		}
	}
	return all.String()
}

// Environment returns what Asterisk says before the server's first word,
// line by line with the newlines, as [Asterisk.Run] takes it.
func (c *Conversation) Environment() []string {
	var all strings.Builder
	for _, s := range c.steps {
		if s.side != AsteriskSide {
			break
		}
		all.WriteString(s.text)
	}
	return slices.Collect(strings.Lines(all.String()))
}
