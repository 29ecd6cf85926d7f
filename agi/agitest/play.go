package agitest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"
)

// Play speaks one side's lines on conn and checks the other's. The error
// names the file's line that did not come out. ctx bounds all of it. Closing
// conn is left to the caller, unless the conversation says so.
func (c *Conversation) Play(ctx context.Context, conn net.Conn, side Side) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	p := &player{conn: conn, reader: bufio.NewReader(conn)}
	for _, s := range c.steps {
		var err error
		if s.side == side {
			err = p.say(s)
		} else {
			err = p.hear(s)
		}
		if err != nil {
			return fmt.Errorf("agitest: %s:%d: %w", c.Name, s.line, err)
		}
	}
	return nil
}

type player struct {
	conn   net.Conn
	reader *bufio.Reader
	held   string // joined lines that wait for the next
	gone   error  // the other side has closed
}

func (p *player) say(s step) error {
	if s.closes {
		if err := p.conn.Close(); err != nil {
			return fmt.Errorf("close: %w", err)
		}
		return nil
	}
	p.held += s.text
	if s.joined || p.gone != nil {
		return nil
	}
	_, err := io.WriteString(p.conn, p.held)
	p.held = ""
	if isGone(err) {
		p.gone = err
		return nil
	}
	if err != nil {
		return fmt.Errorf("say %q: %w", s.text, err)
	}
	return nil
}

func (p *player) hear(s step) error {
	if s.closes {
		return p.hearClose()
	}
	for want := range strings.Lines(s.text) {
		got, err := p.read(want)
		if err != nil {
			return fmt.Errorf("want %q, got %q: %w", want, got, errors.Join(err, p.gone))
		}
		if got != want {
			return fmt.Errorf("want %q, got %q", want, got)
		}
	}
	return nil
}

// read takes a line, or as many bytes as are wanted when no line is.
func (p *player) read(want string) (string, error) {
	if strings.HasSuffix(want, "\n") {
		return p.reader.ReadString('\n')
	}
	got := make([]byte, len(want))
	n, err := io.ReadFull(p.reader, got)
	return string(got[:n]), err
}

func (p *player) hearClose() error {
	got, err := p.reader.ReadString('\n')
	switch {
	case got != "":
		return fmt.Errorf("want the connection closed, got %q", got)
	case isGone(err):
		return nil
	default:
		return fmt.Errorf("want the connection closed: %w", err)
	}
}

// isGone tells the ways in which a closed connection shows itself.
func isGone(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
