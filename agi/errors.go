package agi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"syscall"
)

// What may go wrong in a session. Its errors wrap one of these, or the cause
// of the context they were given. The session is closed after each of them but
// [ErrVariable], [ErrFinished] and a context of the handler's own.
var (
	// ErrHangup: the caller is gone. Asterisk said so with a HANGUP line.
	ErrHangup = errors.New("agi: caller hung up")
	// ErrProtocol: the peer sent what Asterisk does not send, or too much of it.
	ErrProtocol = errors.New("agi: protocol error")
	// ErrTimeout: the environment, a reply or the whole session took too long.
	ErrTimeout = errors.New("agi: timed out")
	// ErrPeer: the peer closed or reset the connection in mid-session.
	ErrPeer = errors.New("agi: peer closed the connection")
	// ErrRefused: Asterisk understood the framing but refused the command:
	// 510, 511, 520, or a result that is not the good one.
	ErrRefused = errors.New("agi: command refused")
	// ErrVariable: a name or value that must not be written; nothing was sent.
	ErrVariable = errors.New("agi: variable not writable")
	// ErrFinished: a command after the sentinel was set; nothing was sent.
	ErrFinished = errors.New("agi: exchange is finished")
	// ErrClosed: a command on a session that an earlier error has closed.
	ErrClosed = errors.New("agi: session is closed")
	// ErrServerClosed: the server ended and cut the session, or is asked to
	// serve after its end.
	ErrServerClosed = errors.New("agi: server is closed")
)

// errTooLong stops a reply without end inside the reader.
var errTooLong = errors.New("line too long")

// maxQuoted bounds how much of a peer's text an error, and so the log, repeats.
const maxQuoted = 64

// quoted shows a peer's bytes: escaped, and no more than a few.
func quoted[T string | []byte](text T) string {
	if len(text) > maxQuoted {
		return strconv.Quote(string(text[:maxQuoted])) + "…"
	}
	return strconv.Quote(string(text))
}

// connError names an error of the connection. A cause that the session's
// context already carries (its deadline, the end of the server) is the real
// one: the closed connection only follows from it.
func connError(ctx context.Context, doing string, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("%w: %s", cause, doing)
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%w: %s", ErrTimeout, doing)
	case errors.Is(err, errTooLong):
		return fmt.Errorf("%w: %s: %w", ErrProtocol, doing, err)
	case isClosed(err):
		return fmt.Errorf("%w: %s: %w", ErrPeer, doing, err)
	default:
		return fmt.Errorf("%w: %s: %s", ErrProtocol, doing, quoted(err.Error()))
	}
}

func isClosed(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, io.ErrClosedPipe) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
