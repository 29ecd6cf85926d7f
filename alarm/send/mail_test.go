package send_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http/httptest"
	"net/mail"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/alarm/send"
)

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
		{"GREETING", "none", "554"},
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

// With TLS, by STARTTLS or from the first byte, somebody signs in; a server whose
// certificate nobody vouches for gets nothing, nor does one that refuses. Whatever comes
// of it, the line is closed.
func TestMailTLS(t *testing.T) {
	t.Parallel()
	certified := httptest.NewTLSServer(nil)
	defer certified.Close()
	roots := x509.NewCertPool()
	roots.AddCert(certified.Certificate())
	for _, c := range []struct {
		tls, refuse, want string
		trust             bool
	}{
		{"starttls", "", "", true},
		{"tls", "", "", true},
		{"starttls", "", "certificate", false},
		{"tls", "", "certificate", false},
		{"starttls", "STARTTLS", "550", true},
		{"starttls", "AUTH", "550", true},
		{"tls", "AUTH", "550", true},
		{"tls", "GREETING", "554", true},
	} {
		p := (&postOffice{refuse: c.refuse, tls: &tls.Config{Certificates: certified.TLS.Certificates, MinVersion: tls.VersionTLS12}, first: c.tls == "tls"}).open(t)
		m, err := send.NewMail(send.MailConfig{Host: "127.0.0.1", Port: p.port, TLS: c.tls, From: "tandem@example.com", User: "tandem", Password: "secret"})
		if err != nil {
			t.Fatal(err)
		}
		if c.trust {
			m.Trust(roots)
		}
		err = (&send.Sender{Mail: m}).Send(t.Context(), &send.Target{Kind: "email", To: []string{"noc@example.com"}}, &send.Message{ID: "m", Subject: "s", Text: "t"})
		if c.want != "" {
			if err == nil || !strings.Contains(err.Error(), c.want) || len(p.came) > 0 {
				t.Errorf("%s refusing %q: %d letters, %v", c.tls, c.refuse, len(p.came), err)
			}
			continue
		}
		if err != nil || len(p.came) != 1 {
			t.Fatalf("%s: %d letters, %v", c.tls, len(p.came), err)
		}
		if l := <-p.came; l.user != " tandem secret" {
			t.Errorf("%s: signed in as %q", c.tls, l.user)
		}
	}
}
