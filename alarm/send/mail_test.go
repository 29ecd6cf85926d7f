package send_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/textproto"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/alarm/send"
)

// postOffice is a mail server that takes what comes: RFC 5321, as much as it needs.
type postOffice struct {
	port   int
	refuse string // a command that is refused, or the beginning of one
	came   chan letter
}

type letter struct {
	from, text string
	to         []string
}

func newPostOffice(t *testing.T, refuse string) *postOffice {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at, err := netip.ParseAddrPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	p := &postOffice{port: int(at.Port()), refuse: refuse, came: make(chan letter, 10)}
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
	in := textproto.NewReader(bufio.NewReader(c))
	say := func(text string) { _, _ = fmt.Fprintf(c, "%s\r\n", text) }
	say("220 here")
	var l letter
	for {
		line, err := in.ReadLine()
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
			say("250 8BITMIME")
		case "MAIL":
			l = letter{from: rest}
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

func post(t *testing.T, p *postOffice, tls string) *send.Sender {
	t.Helper()
	m, err := send.NewMail(send.MailConfig{Host: "127.0.0.1", Port: p.port, TLS: tls, From: "tandem@example.com", Helo: "node.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	return &send.Sender{Mail: m}
}

// A message arrives as it is; what has line ends in its subject has none in its
// headers, so nobody adds a header.
func TestMail(t *testing.T) {
	t.Parallel()
	p := newPostOffice(t, "")
	m := send.Message{
		ID: "alarm-7-1-firing", At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Subject: "CRITICAL: Маршрут\r\nBcc: evil@example.com\r\n\r\nbody",
		Text: "Первая строка\r\n.\r\nBcc: no header\r\n",
	}
	if err := post(t, p, "none").Send(t.Context(), &send.Target{Kind: "email", To: []string{"noc@example.com", "boss@example.com"}}, &m); err != nil {
		t.Fatal(err)
	}
	l, other := <-p.came, <-p.came
	if !strings.HasPrefix(l.from, "FROM:<tandem@example.com>") || strings.Join(l.to, " ") != "TO:<noc@example.com>" || strings.Join(other.to, " ") != "TO:<boss@example.com>" {
		t.Errorf("%q %q %q", l.from, l.to, other.to)
	}
	read, err := mail.ReadMessage(strings.NewReader(l.text))
	if err != nil {
		t.Fatalf("%v\n%s", err, l.text)
	}
	if len(read.Header["Bcc"]) > 0 || read.Header.Get("Message-Id") != "<alarm-7-1-firing@example.com>" || read.Header.Get("Auto-Submitted") != "auto-generated" ||
		read.Header.Get("Date") != "Sun, 01 Mar 2026 12:00:00 +0000" || !strings.Contains(read.Header.Get("To"), "noc@example.com") {
		t.Errorf("%v", read.Header)
	}
}

// An address that the server refuses does not silence the others.
func TestMailPartly(t *testing.T) {
	t.Parallel()
	p := newPostOffice(t, "RCPT TO:<gone@example.com>")
	m := send.Message{ID: "m", Subject: "s", Text: "t"}
	err := post(t, p, "none").Send(t.Context(), &send.Target{Kind: "email", To: []string{"gone@example.com", "noc@example.com"}}, &m)
	if !errors.Is(err, send.ErrPartly) || !strings.Contains(err.Error(), "not by gone@example.com:") || !strings.Contains(err.Error(), "550") {
		t.Errorf("%v", err)
	}
	if len(p.came) != 1 {
		t.Fatalf("%d letters", len(p.came))
	}
	if l := <-p.came; strings.Join(l.to, " ") != "TO:<noc@example.com>" {
		t.Errorf("%q", l.to)
	}
	err = post(t, p, "none").Send(t.Context(), &send.Target{Kind: "email", To: []string{"gone@example.com"}}, &m)
	if err == nil || errors.Is(err, send.ErrPartly) || len(p.came) > 0 {
		t.Errorf("nobody took it: %v", err)
	}
}

func TestMailFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ refuse, tls, want string }{
		{"MAIL", "none", "550"},
		{"RCPT", "none", "550"},
		{"DATA", "none", "550"},
		{"", "starttls", "STARTTLS"}, // a server that cannot gets nothing
	} {
		p := newPostOffice(t, c.refuse)
		err := post(t, p, c.tls).Send(t.Context(), &send.Target{Kind: "email", To: []string{"noc@example.com"}}, &send.Message{ID: "m", Subject: "s", Text: "t"})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), strconv.Itoa(p.port)) {
			t.Errorf("%s %s: %v", c.refuse, c.tls, err)
		}
		if len(p.came) > 0 {
			t.Errorf("%s %s: something was sent", c.refuse, c.tls)
		}
	}
	if err := (&send.Sender{}).Send(t.Context(), &send.Target{Kind: "email"}, &send.Message{}); err == nil || !strings.Contains(err.Error(), "mail.server") {
		t.Errorf("without a mail server: %v", err)
	}
	if _, err := send.NewMail(send.MailConfig{Host: "h", Port: 25, TLS: "none", From: "a@example.com", User: "u", Password: "p"}); err == nil {
		t.Error("a password in the clear")
	}
}
