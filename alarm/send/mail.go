package send

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/wneessen/go-mail"
)

// mailWithin bounds reaching the server, and then all letters of one message.
const mailWithin = 20 * time.Second

// MailConfig is the mail server that takes our messages.
type MailConfig struct {
	Host     string
	Port     int
	TLS      string // starttls: or nothing is sent; tls: from the first byte; none
	User     string // empty: no sign-in
	Password string
	From     string // an address
	Helo     string // our name; empty: the machine's
}

// Mail sends e-mail.
type Mail struct {
	config  MailConfig
	options []mail.Option
	tls     *tls.Config
}

// NewMail makes a sender of e-mail.
func NewMail(c MailConfig) (*Mail, error) {
	s := &Mail{config: c, tls: &tls.Config{ServerName: c.Host, MinVersion: tls.VersionTLS12}}
	s.options = []mail.Option{mail.WithPort(c.Port), mail.WithTimeout(mailWithin), mail.WithTLSConfig(s.tls)}
	switch c.TLS {
	case "starttls":
		s.options = append(s.options, mail.WithTLSPolicy(mail.TLSMandatory))
	case "tls":
		s.options = append(s.options, mail.WithSSL())
	case "none":
		s.options = append(s.options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		return nil, fmt.Errorf("mail.tls %q: want starttls, tls or none", c.TLS)
	}
	if c.User != "" {
		if c.TLS == "none" {
			return nil, errors.New("mail.user: a password is not sent without TLS: set mail.tls, or leave mail.user out")
		}
		s.options = append(s.options, mail.WithOpportunisticSMTPAuth(signIns()...), mail.WithUsername(c.User), mail.WithPassword(c.Password))
	}
	if c.Helo != "" {
		s.options = append(s.options, mail.WithHELO(c.Helo))
	}
	if err := mail.NewMsg().From(c.From); err != nil {
		return nil, fmt.Errorf("mail.from: want an address such as tandem@example.com: %w", err)
	}
	if _, err := mail.NewClient(c.Host, s.options...); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return s, nil
}

// signIns are ways to sign in, the best first. The last ones tell the password itself:
// there is TLS by then, or nothing is sent.
func signIns() []mail.SMTPAuthType {
	return []mail.SMTPAuthType{
		mail.SMTPAuthSCRAMSHA256PLUS, mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1PLUS, mail.SMTPAuthSCRAMSHA1,
		mail.SMTPAuthNTLM, mail.SMTPAuthCramMD5, mail.SMTPAuthPlain, mail.SMTPAuthLogin,
	}
}

func (s *Mail) send(ctx context.Context, t *Target, m *Message) error {
	letters := make([]*mail.Msg, len(t.To))
	for i, address := range t.To {
		var err error
		if letters[i], err = s.message(address, m); err != nil {
			return err
		}
	}
	line := &mailLine{}
	if s.config.TLS == "tls" {
		line.tls = s.tls
	}
	defer line.close()
	client, err := mail.NewClient(s.config.Host, append(slices.Clip(s.options), mail.WithDialContextFunc(line.dial))...)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, mailWithin)
	defer cancel()
	return s.outcome(t.To, letters, client.DialAndSendWithContext(ctx, letters...))
}

// outcome is what came of the letters: each goes to one address, so that one that
// the server refuses does not silence the others.
func (s *Mail) outcome(to []string, letters []*mail.Msg, err error) error {
	var refused []string
	for i, l := range letters {
		if !l.IsDelivered() {
			refused = append(refused, to[i])
		}
	}
	if len(refused) == 0 && len(letters) > 0 {
		return nil // whatever the server says at the end
	}
	text := ""
	if err != nil {
		text = shown([]byte(err.Error()))
	}
	err = fmt.Errorf("mail server %s:%d%s", s.config.Host, s.config.Port, text)
	if len(refused) < len(letters) {
		return fmt.Errorf("%w: not by %s: %w", ErrPartly, strings.Join(refused, ", "), err)
	}
	return err
}

// message makes the message. What goes into its headers has no line ends, whoever
// has written it: a header of somebody's own could be put behind one.
func (s *Mail) message(to string, m *Message) (*mail.Msg, error) {
	message := mail.NewMsg()
	if err := message.From(s.config.From); err != nil {
		return nil, fmt.Errorf("mail.from: %w", err)
	}
	if err := message.To(to); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGone, err)
	}
	message.Subject(oneLine(m.Subject))
	message.SetDateWithValue(m.At)
	message.SetMessageIDWithValue(oneLine(m.ID) + "@" + domainOf(s.config.From))
	message.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody is on holiday for it
	message.SetBodyString(mail.TypeTextPlain, m.Text)
	return message, nil
}

const mostSubject = 200

func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
	if letters := []rune(text); len(letters) > mostSubject {
		text = string(letters[:mostSubject]) + "…"
	}
	return text
}

func domainOf(address string) string {
	address = strings.TrimSuffix(strings.TrimSpace(address), ">")
	if i := strings.LastIndexByte(address, '@'); i >= 0 {
		return address[i+1:]
	}
	return "tandem.invalid"
}
