package agi

import (
	"bytes"
	"net"
)

// maxReply bounds the reply to one command, in bytes. Asterisk writes at most
// 1024 bytes of a variable's value; a usage text is longer.
const maxReply = 4096

// How good replies begin. The library checks the place of the "=" only, and
// takes a value without its parentheses.
const (
	resultReply = "200 result="
	valueReply  = "200 result=1 ("
)

// wire is the connection as the library sees it. Reads are counted against a
// budget that each command renews, since the library reads a line without
// bound; and the ends of what was read are kept, since it does not look at
// them closely.
type wire struct {
	conn   net.Conn
	budget int                   // bytes that may still be read for this command
	begin  [len(valueReply)]byte // of the reply
	read   int                   // bytes of it so far
	last   [2]byte               // the two newest bytes
}

// expect makes ready for the reply to a new command.
func (w *wire) expect() {
	w.budget, w.read = maxReply, 0
}

// begins reports whether the reply begins with the text, one of the two above.
func (w *wire) begins(text string) bool {
	return w.read >= len(text) && string(w.begin[:len(text)]) == text
}

// endsValue reports whether the newest byte read ends a value's line.
func (w *wire) endsValue() bool { return w.last == [2]byte{')', '\n'} }

func (w *wire) Read(p []byte) (int, error) {
	if w.budget <= 0 {
		return 0, errTooLong
	}
	n, err := w.conn.Read(p[:min(len(p), w.budget)])
	w.budget -= n
	if w.read < len(w.begin) {
		copy(w.begin[w.read:], p[:n])
	}
	w.read += n
	switch {
	case n >= 2:
		w.last = [2]byte(p[n-2 : n])
	case n == 1:
		w.last = [2]byte{w.last[1], p[0]}
	}
	return n, err
}

// Write sends a line. The library begins a raw command with a space, which
// Asterisk skips and nobody needs to see. Lines fit into the buffer above, so
// a write begins where a line does.
func (w *wire) Write(p []byte) (int, error) {
	line := bytes.TrimPrefix(p, []byte(" "))
	n, err := w.conn.Write(line)
	return n + len(p) - len(line), err
}
