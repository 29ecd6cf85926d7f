package agitest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// What AGISTATUS may be after the exchange. SUCCESS says nothing about the
// answer: a server that dies is a success too.
const (
	StatusSuccess = "SUCCESS"
	StatusFailure = "FAILURE"
	StatusHangup  = "HANGUP"
)

// maxLine is AGI_BUF_LEN of res_agi.c less the end mark.
const maxLine = 8191

// Breaches of the protocol that Asterisk itself would not report but suffer.
var (
	// ErrPipelined: a second command came before the first was answered. It
	// would lie unseen in Asterisk's buffer and the call would hang.
	ErrPipelined = errors.New("agitest: command sent before the reply to the one before it")
	// ErrNUL: a command with a NUL byte, where C strings end.
	ErrNUL = errors.New("agitest: NUL byte in a command")
)

// Asterisk is a client that behaves as res_agi of Asterisk 22 on one channel.
// It is for one exchange at a time.
type Asterisk struct {
	Channel Channel
	// Vars are the channel's variables. AGISIGHUP=no keeps HANGUP lines from
	// being sent, AGIEXITONHANGUP=yes makes a hang-up close the connection.
	Vars map[string]string
	// Apps are what EXEC finds beside MSet, by name in lower case; the result
	// is what the application returns.
	Apps map[string]func(options string) int
	// Dead is a channel that has been hung up: few commands are allowed.
	Dead bool
	// HangupAt is the command, counted from 1, during which the caller hangs
	// up: the HANGUP line arrives before its reply. 0 is never.
	HangupAt int
	// OneWrite sends the environment at once, as Asterisk does not.
	OneWrite bool
}

// Outcome is what the dialplan sees of an exchange, and what was asked in it.
type Outcome struct {
	Status   string
	Commands []string
}

// AGI connects to addr as AGI(agi://addr/script,args…) would, and serves the
// commands until the server closes. ctx stands for TIMEOUT(absolute).
func (a *Asterisk) AGI(ctx context.Context, addr, script string, args ...string) (Outcome, error) {
	dialer := net.Dialer{Timeout: 2 * time.Second, KeepAlive: -1}
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return Outcome{Status: StatusFailure}, fmt.Errorf("agitest: connect: %w", err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetNoDelay(false) // as Asterisk's socket; a mere likeness
	}
	return a.Run(ctx, conn, a.Channel.Environment(addr, script, args...))
}

// Run is AGI on an open connection and with a given environment, one write
// for each element. It closes conn.
func (a *Asterisk) Run(ctx context.Context, conn net.Conn, env []string) (Outcome, error) {
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	if a.Vars == nil {
		a.Vars = make(map[string]string)
	}
	if a.OneWrite {
		env = []string{strings.Join(env, "")}
	}
	for _, line := range env {
		// Asterisk does not look at the result either: the end shows below.
		_, _ = io.WriteString(conn, line)
	}
	out, err := a.serve(ctx, conn)
	a.sendHangup(conn)
	return out, err
}

// serve is the loop of run_agi.
func (a *Asterisk) serve(ctx context.Context, conn net.Conn) (Outcome, error) {
	out := Outcome{Status: StatusSuccess}
	reader := bufio.NewReaderSize(conn, maxLine)
	for {
		line, err := readCommand(reader)
		switch {
		case line == "" && isGone(err):
			return out, nil
		case line == "" && ctx.Err() != nil:
			out.Status = StatusHangup
			return out, nil
		case err != nil:
			return out, err
		}
		out.Commands = append(out.Commands, line)
		if len(line) >= len("failure") && strings.EqualFold(line[:len("failure")], "failure") {
			out.Status = StatusFailure
			return out, nil
		}
		if len(out.Commands) == a.HangupAt {
			out.Status, a.Dead = StatusHangup, true
			a.sendHangup(conn)
			if a.Vars["AGIEXITONHANGUP"] == "yes" {
				return out, nil
			}
		}
		replies, err := a.execute(line)
		if err != nil {
			return out, err
		}
		for _, reply := range replies {
			_, _ = io.WriteString(conn, reply) // a closed server shows at the next read
		}
	}
}

func (a *Asterisk) sendHangup(conn net.Conn) {
	if a.Vars["AGISIGHUP"] != "no" {
		_ = conn.SetWriteDeadline(time.Now().Add(100 * time.Millisecond)) // ast_carefulwrite's limit
		_, _ = io.WriteString(conn, "HANGUP\n")
		_ = conn.SetWriteDeadline(time.Time{})
	}
}

// readCommand takes a line as fgets does: cut at the buffer's end.
func readCommand(reader *bufio.Reader) (string, error) {
	slice, err := reader.ReadSlice('\n')
	line := string(slice)
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return line, nil
	case err != nil && line == "":
		return "", err
	case strings.IndexByte(line, 0) >= 0:
		return line, ErrNUL
	case reader.Buffered() > 0:
		return line, ErrPipelined
	}
	return strings.TrimSuffix(line, "\n"), nil
}
