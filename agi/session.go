package agi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	zaf "github.com/zaf/agi"
)

// Session is one exchange with Asterisk. It is for one goroutine, the
// handler's, and ends when the handler returns.
//
// A hang-up or a closed connection is seen by the next command, not while the
// handler is busy with something else: whoever reads for it at the same time
// would steal the replies. Until then the session's deadline bounds the wait.
type Session struct {
	cfg      *Config
	conn     net.Conn
	peer     netip.AddrPort
	ctx      context.Context
	cancel   context.CancelCauseFunc
	deadline time.Time // of all of it
	buf      *buffers
	req      Request
	err      error // the first failure; nothing is sent after it
	finished bool
}

// Request is what Asterisk asked.
func (s *Session) Request() Request { return s.req }

// Peer is the address Asterisk connected from, IPv4 in IPv6 unwrapped.
func (s *Session) Peer() netip.AddrPort { return s.peer }

// open reads the environment, all of it before a deadline of its own.
func (s *Session) open(buf *buffers) error {
	s.buf = buf
	if err := s.conn.SetDeadline(time.Now().Add(s.cfg.EnvTimeout)); err != nil {
		return s.fail(connError(s.ctx, "environment", err))
	}
	if err := s.readEnvironment(); err != nil {
		return s.fail(err)
	}
	req, err := buf.parsed.request(buf.env)
	if err != nil {
		return s.fail(err)
	}
	s.req = req
	return nil
}

// readEnvironment reads up to the blank line and not a byte further: what
// follows it before we asked anything is a hang-up or a forgery.
func (s *Session) readEnvironment() error {
	b := s.buf
	b.env = b.env[:0]
	b.parsed.reset()
	for {
		n, err := s.conn.Read(b.env[len(b.env):cap(b.env)])
		b.env = b.env[:len(b.env)+n]
		done, bad := b.parsed.feed(b.env)
		switch {
		case bad != nil:
			return bad
		case done:
			return leftover(b.env[b.parsed.pos:], "after the environment")
		case err != nil:
			return connError(s.ctx, "environment", err)
		case len(b.env) >= s.cfg.MaxEnvBytes:
			return fmt.Errorf("%w: environment longer than %d bytes", ErrProtocol, s.cfg.MaxEnvBytes)
		case len(b.env) == cap(b.env):
			grown := make([]byte, len(b.env), min(2*cap(b.env), s.cfg.MaxEnvBytes))
			copy(grown, b.env)
			b.env = grown
		}
	}
}

// leftover judges bytes that came unasked.
func leftover(text []byte, where string) error {
	hangup := []byte("HANGUP\n")
	switch {
	case len(text) == 0:
		return nil
	case bytes.HasPrefix(text, hangup), bytes.HasPrefix(hangup, text):
		return ErrHangup
	default:
		return fmt.Errorf("%w: %s %s", ErrProtocol, quoted(text), where)
	}
}

// SetVariables sets all the variables by EXEC MSet, usually in one round trip:
// 99 variables and 8191 bytes fit into a command. Names are
// [A-Za-z_][A-Za-z0-9_]*, values [A-Za-z0-9+@._:/^-]* (may be empty); anything
// else is [ErrVariable], and then nothing was sent.
func (s *Session) SetVariables(ctx context.Context, vars []Var) error {
	lines, err := msetLines(vars)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if err := s.mset(ctx, line); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) mset(ctx context.Context, line string) error {
	if err := s.begin(ctx, "EXEC MSet"); err != nil {
		return err
	}
	// RawCommand and not Exec: that one quotes by Go's rules, byte by byte, at
	// the price of a third of the whole exchange. There is nothing to quote.
	reply, err := s.buf.zaf.RawCommand(line)
	return s.end("EXEC MSet", reply, err, 0)
}

// SetVariable sets one variable to any text without control characters (TAB
// may pass). For what Tandem itself decides SetVariables is stricter.
func (s *Session) SetVariable(ctx context.Context, name, value string) error {
	if err := checkName(name); err != nil {
		return err
	}
	escaped, err := escape(name, value)
	if err != nil {
		return err
	}
	return s.setVariable(ctx, name, escaped)
}

func (s *Session) setVariable(ctx context.Context, name, escaped string) error {
	if err := s.begin(ctx, "SET VARIABLE"); err != nil {
		return err
	}
	reply, err := s.buf.zaf.SetVariable(name, escaped)
	return s.end("SET VARIABLE", reply, err, 1)
}

// GetVariable returns a variable's value, and false when it is not set.
// Asterisk cuts it at 1023 bytes. A value with a line break is [ErrProtocol]:
// it cannot be told from the next reply.
func (s *Session) GetVariable(ctx context.Context, name string) (string, bool, error) {
	if err := checkName(name); err != nil {
		return "", false, err
	}
	if err := s.begin(ctx, "GET VARIABLE"); err != nil {
		return "", false, err
	}
	reply, err := s.buf.zaf.GetVariable(name)
	isSet := err == nil && reply.Res == 1
	if isSet && !s.isValue() {
		return "", false, s.fail(fmt.Errorf("%w: GET VARIABLE: value of %s is not one line in parentheses", ErrProtocol, name))
	}
	want := 0
	if isSet {
		want = 1
	}
	if err := s.end("GET VARIABLE", reply, err, want); err != nil {
		return "", false, err
	}
	return reply.Dat, isSet, nil
}

// isValue looks for the parentheses that the library drops unseen. With bytes
// left over behind the line its end cannot be told; then end judges these.
func (s *Session) isValue() bool {
	w := &s.buf.wire
	return w.begins(valueReply) && (s.buf.reader.Buffered() > 0 || w.endsValue())
}

// Finish gives the answer: all the variables, and when Asterisk has taken
// every one of them, the [Sentinel], alone and last. After any error the
// sentinel is not sent, then or later; the dialplan asks the next node.
func (s *Session) Finish(ctx context.Context, vars []Var) error {
	if err := s.SetVariables(ctx, vars); err != nil {
		return err
	}
	if err := s.setVariable(ctx, Sentinel, "1"); err != nil {
		return err
	}
	s.finished = true
	return nil
}

// begin makes the session ready for a command. A context that is over, be it
// the caller's own, is reported and nothing is sent.
func (s *Session) begin(ctx context.Context, command string) error {
	switch {
	case s.err != nil:
		return fmt.Errorf("%w: %s not sent after: %w", ErrClosed, command, s.err)
	case s.finished:
		return fmt.Errorf("%w: %s not sent", ErrFinished, command)
	case ctx.Err() != nil:
		return fmt.Errorf("agi: %s not sent: %w", command, context.Cause(ctx))
	}
	if err := s.unasked(); err != nil {
		return s.fail(err)
	}
	deadline := time.Now().Add(s.cfg.CommandTimeout)
	if s.deadline.Before(deadline) {
		deadline = s.deadline
	}
	if sooner, ok := ctx.Deadline(); ok && sooner.Before(deadline) {
		deadline = sooner
	}
	if err := s.conn.SetDeadline(deadline); err != nil {
		return s.fail(connError(s.ctx, command, err)) //nolint:contextcheck // the session's own context says why it was closed
	}
	s.buf.wire.expect()
	return nil
}

// end judges a reply by what the library made of it. Only the wanted result
// leaves the session open.
func (s *Session) end(command string, reply zaf.Reply, err error, want int) error {
	switch {
	case err != nil:
		return s.fail(replyError(s.ctx, command, err))
	case !s.buf.wire.begins(resultReply):
		return s.fail(fmt.Errorf("%w: %s: not a result", ErrProtocol, command))
	case reply.Res != want:
		return s.fail(fmt.Errorf("%w: %s: result %d", ErrRefused, command, reply.Res))
	}
	// A hang-up right behind the reply leaves this command done; the next one
	// will meet it.
	if err := s.unasked(); err != nil && !errors.Is(err, ErrHangup) {
		return s.fail(err)
	}
	return nil
}

// unasked judges what lies in the buffer between commands.
func (s *Session) unasked() error {
	rest, err := s.buf.reader.Peek(s.buf.reader.Buffered())
	if err != nil {
		return connError(s.ctx, "unasked bytes", err)
	}
	return leftover(rest, "between commands")
}

// fail closes the session: after one error nothing on the line can be trusted
// to belong to what is asked.
func (s *Session) fail(err error) error {
	if s.err == nil {
		s.err = err
		s.abort(err)
	}
	return err
}

// abort ends the handler's context and the connection, so that Asterisk is
// free for the next node at once, whatever the handler does. It may be called
// from any goroutine.
func (s *Session) abort(cause error) {
	s.cancel(cause)
	_ = s.conn.Close() // nothing can be saved on it
}

// replyError names what the library says of a reply. Its errors are texts.
func replyError(ctx context.Context, command string, err error) error {
	switch err.Error() {
	case "HANGUP":
		return fmt.Errorf("%w: %s", ErrHangup, command)
	case "invalid or unknown command":
		return fmt.Errorf("%w: %s: 510 unknown command", ErrRefused, command)
	case "command not permitted on a dead channel":
		return fmt.Errorf("%w: %s: 511 not on a dead channel", ErrRefused, command)
	case "invalid command syntax":
		return fmt.Errorf("%w: %s: 520 wrong usage", ErrRefused, command)
	}
	return connError(ctx, command, err)
}
