package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"tandem/alarm/send"
)

// alarmsConfig says how alarms are judged and told; docs/alarms.md.
type alarmsConfig struct {
	Every        time.Duration `koanf:"every"`         // how often rules are judged; 0: never, by this node
	Networks     []string      `koanf:"networks"`      // where webhooks may go besides public addresses; empty: private networks
	KeepMessages time.Duration `koanf:"keep_messages"` // what was told to channels
	Keep         time.Duration `koanf:"keep"`          // alarms that are over
}

// mailConfig is the mail server that takes our messages.
type mailConfig struct {
	Server       string `koanf:"server"` // host:port; empty: no mail is sent
	TLS          string `koanf:"tls"`    // starttls, tls, none
	User         string `koanf:"user"`
	PasswordFile string `koanf:"password_file"`
	From         string `koanf:"from"`
	Helo         string `koanf:"helo"` // what we call ourselves; empty: the machine's name
}

func defaultAlarms() alarmsConfig {
	return alarmsConfig{Every: 30 * time.Second, KeepMessages: 90 * 24 * time.Hour, Keep: 400 * 24 * time.Hour}
}

func defaultMail() mailConfig { return mailConfig{TLS: "starttls"} }

func (c alarmsConfig) networks() ([]netip.Prefix, error) {
	if len(c.Networks) == 0 {
		return send.PrivateNetworks(), nil
	}
	list := make([]netip.Prefix, len(c.Networks))
	for i, text := range c.Networks {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("alarms.networks[%d] %.60q: want a network such as 10.0.0.0/8, or 127.0.0.1/32 for one address", i, text)
		}
		list[i] = p.Masked()
	}
	return list, nil
}

func (c alarmsConfig) validate() error {
	_, err := c.networks()
	every := error(nil)
	if c.Every != 0 {
		every = between("alarms.every", c.Every, 5*time.Second, 10*time.Minute)
	}
	return errors.Join(err, every,
		between("alarms.keep_messages", c.KeepMessages, 24*time.Hour, 10*365*24*time.Hour),
		between("alarms.keep", c.Keep, 24*time.Hour, 10*365*24*time.Hour))
}

func (c mailConfig) validate() error {
	if c.Server == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(c.Server)
	n, bad := strconv.Atoi(port)
	if err != nil || host == "" || bad != nil || n < 1 || n > 65535 {
		return fmt.Errorf("mail.server %.100q: want host:port such as mail.example.com:587", c.Server)
	}
	if !slices.Contains([]string{"starttls", "tls", "none"}, c.TLS) {
		return fmt.Errorf("mail.tls %.20q: want starttls, tls or none", c.TLS)
	}
	if c.From == "" {
		return errors.New("mail.from: want the address that alarms come from, such as tandem@example.com")
	}
	if c.User != "" && c.PasswordFile == "" {
		return errors.New("mail.password_file: name the file that holds the password of mail.user")
	}
	_, err = c.mail("")
	return err
}

// mail makes the sender of e-mail; nil: none is sent.
func (c mailConfig) mail(password string) (*send.Mail, error) {
	if c.Server == "" {
		return nil, nil //nolint:nilnil // none is wanted
	}
	host, port, err := net.SplitHostPort(c.Server)
	if err != nil {
		return nil, fmt.Errorf("mail.server: %w", err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("mail.server: %w", err)
	}
	return send.NewMail(send.MailConfig{Host: host, Port: n, TLS: c.TLS, User: c.User, Password: password, From: c.From, Helo: c.Helo})
}
