package send_test

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/textproto"
	"os"
	"strings"
	"testing"
	"time"
)

// postOffice is a mail server that takes what comes: RFC 5321, as much as it needs.
type postOffice struct {
	t      *testing.T
	port   int
	refuse string      // a command that is refused, or the beginning of one; GREETING: who connects
	tls    *tls.Config // nil: it has none
	first  bool        // TLS is from the first byte, not by STARTTLS
	came   chan letter
}

type letter struct {
	from, text string
	to         []string
	user       string // who signed in, with the password
}

func newPostOffice(t *testing.T, refuse string) *postOffice {
	t.Helper()
	return (&postOffice{refuse: refuse}).open(t)
}

// open lets it serve, one at a time. Whoever leaves a line open is told of at the end.
func (p *postOffice) open(t *testing.T) *postOffice {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at, err := netip.ParseAddrPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	p.t, p.port, p.came = t, int(at.Port()), make(chan letter, 10)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.serve(c)
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return p
}

func (p *postOffice) serve(c net.Conn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	if p.first {
		c = tls.Server(c, p.tls)
	}
	in := textproto.NewReader(bufio.NewReader(c))
	say := func(text string) { _, _ = fmt.Fprintf(c, "%s\r\n", text) }
	if p.refuse == "GREETING" {
		say("554 not today")
	} else {
		say("220 here")
	}
	var l letter
	secure := p.first
	for {
		line, err := in.ReadLine()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			p.t.Errorf("a connection was left open (refusing %q)", p.refuse)
		}
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		verb = strings.ToUpper(verb)
		if verb == p.refuse || p.refuse != "" && strings.HasPrefix(line, p.refuse) {
			say("550 no\tthanks")
			continue
		}
		switch verb {
		case "EHLO":
			say("250-here")
			switch {
			case secure:
				say("250-AUTH LOGIN PLAIN")
			case p.tls != nil:
				say("250-STARTTLS")
			}
			say("250 8BITMIME")
		case "STARTTLS":
			say("220 go on")
			c, secure = tls.Server(c, p.tls), true
			in = textproto.NewReader(bufio.NewReader(c))
		case "AUTH":
			secret, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			if err != nil || !secure {
				say("535 no")
				continue
			}
			l.user = strings.ReplaceAll(string(secret), "\x00", " ")
			say("235 welcome")
		case "MAIL":
			l = letter{from: rest, user: l.user}
			say("250 ok")
		case "RCPT":
			l.to = append(l.to, rest)
			say("250 ok")
		case "DATA":
			say("354 go on")
			text, err := in.ReadDotBytes()
			if err != nil {
				return
			}
			l.text = string(text)
			p.came <- l
			l = letter{}
			say("250 ok")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}
