package agi

import (
	"bytes"
	"net"
)

// maxReply bounds the reply to one command, in bytes. Asterisk writes at most
// 1024 bytes of a variable's value; a usage text is longer.
const maxReply = 4096

// wire is the connection as the library sees it: reads are counted against a
// budget that each command renews, since the library itself reads a line
// without bound.
type wire struct {
	conn   net.Conn
	budget int     // bytes that may still be read for this command
	last   [2]byte // the two newest bytes read
}

func (w *wire) Read(p []byte) (int, error) {
	if w.budget <= 0 {
		return 0, errTooLong
	}
	n, err := w.conn.Read(p[:min(len(p), w.budget)])
	w.budget -= n
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
