// Package calllog keeps the last log lines that speak of calls, so that the story
// of a call can show them. It is a ring of bounded size in memory, one a node.
package calllog

import (
	"bytes"
	"encoding/json"
	"sync"
	"time"
)

// Bounds of a ring.
const (
	defaultLines = 20_000
	maxLine      = 2 << 10 // longer lines are not kept
	maxOfCall    = 500
)

// Ring takes log lines, JSON as zerolog writes it, and keeps the last ones that
// have a call_id. It may be used by many goroutines.
type Ring struct {
	mu    sync.Mutex
	lines []kept
	next  int
}

// kept is one line. Its room is used again for the line that takes its place.
type kept struct {
	id   []byte
	text []byte
}

// Line is a log line of a call.
type Line struct {
	At      time.Time      `json:"at,omitzero"`
	Level   string         `json:"level"`
	Message string         `json:"message"`
	Fields  map[string]any `json:"fields,omitempty"`
}

// New makes a ring of so many lines; 0: twenty thousand.
func New(lines int) *Ring {
	if lines <= 0 {
		lines = defaultLines
	}
	return &Ring{lines: make([]kept, lines)}
}

// Write keeps a line that speaks of a call. It never fails.
func (r *Ring) Write(line []byte) (int, error) {
	if id := callID(line); len(id) > 0 && len(line) <= maxLine {
		r.mu.Lock()
		k := &r.lines[r.next]
		k.id, k.text = append(k.id[:0], id...), append(k.text[:0], line...)
		r.next = (r.next + 1) % len(r.lines)
		r.mu.Unlock()
	}
	return len(line), nil
}

// callID finds the call in a line without reading all of it: ids have no
// characters that JSON escapes.
func callID(line []byte) []byte {
	_, rest, found := bytes.Cut(line, []byte(`"call_id":"`))
	if !found {
		return nil
	}
	id, _, found := bytes.Cut(rest, []byte(`"`))
	if !found {
		return nil
	}
	return id
}

// Of lists the lines of a call that are still kept, the oldest first.
func (r *Ring) Of(id string) []Line {
	list := []Line{}
	for _, text := range r.texts(id) {
		list = append(list, read(text))
	}
	return list
}

func (r *Ring) texts(id string) (texts [][]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.lines {
		k := &r.lines[(r.next+i)%len(r.lines)]
		if id != "" && string(k.id) == id && len(texts) < maxOfCall {
			texts = append(texts, bytes.Clone(k.text))
		}
	}
	return texts
}

// read takes a line apart; one that is no JSON is shown as it is.
func read(text []byte) Line {
	fields := map[string]any{}
	if err := json.Unmarshal(text, &fields); err != nil {
		return Line{Message: string(bytes.TrimSpace(text))}
	}
	var l Line
	l.Level, _ = fields["level"].(string)
	l.Message, _ = fields["message"].(string)
	switch at := fields["time"].(type) {
	case string:
		l.At, _ = time.Parse(time.RFC3339Nano, at)
	case float64: // seconds or milliseconds since 1970, as a logger may be set
		if at > 1e11 {
			at /= 1000
		}
		l.At = time.UnixMilli(int64(at * 1000)).UTC()
	}
	for _, known := range []string{"level", "message", "time", "call_id"} {
		delete(fields, known)
	}
	if len(fields) > 0 {
		l.Fields = fields
	}
	return l
}
