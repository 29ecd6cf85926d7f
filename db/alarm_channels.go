package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"

	"tandem/alarm"
)

// AlarmChannel is where alarms are told.
type AlarmChannel struct {
	ID          int64    `json:"id" readOnly:"true"`
	Name        string   `json:"name" doc:"1 to 64 characters, unique"`
	Kind        string   `json:"kind" enum:"webhook,email"`
	URL         string   `json:"url" required:"false" doc:"webhook: https://…; who may look at alarms sees it"`
	Secret      *string  `json:"secret,omitempty" writeOnly:"true" doc:"webhook: messages are signed with it; whsec_ and 24 to 64 bytes in base64. Never shown. Left out: stays as it is, of a new one made up; empty: made up anew"`
	NewSecret   string   `json:"new_secret,omitempty" readOnly:"true" csv:"-" doc:"The secret that was made up; shown this once"`
	To          []string `json:"to" required:"false" nullable:"false" csv:"-" doc:"email: 1 to 20 addresses"`
	MinSeverity string   `json:"min_severity" required:"false" enum:"info,warning,critical" default:"info" doc:"Nothing less is told here"`
	SilentFrom  string   `json:"silent_from" required:"false" doc:"Nothing is told here from then, HH:MM"`
	SilentTo    string   `json:"silent_to" required:"false" doc:"Until then; both empty: never silent"`
	SilentZone  string   `json:"silent_zone" required:"false" default:"UTC" doc:"Of the IANA time zone database"`
	Comment     string   `json:"comment" required:"false"`
	Enabled     *bool    `json:"enabled" required:"false" nullable:"false" doc:"Left out: true"`
}

// WithoutOnce is the channel without what is shown once.
func (c AlarmChannel) WithoutOnce() AlarmChannel {
	c.NewSecret = ""
	return c
}

// AlarmChannels is the table of them.
func AlarmChannels() Table[AlarmChannel] {
	return Table[AlarmChannel]{
		name: "alarm_channels", kind: "alarm channel", order: "name",
		fields: (*AlarmChannel).fields, check: (*AlarmChannel).check,
		within: func(ctx context.Context, tx *sql.Tx, c *AlarmChannel) error { return c.within(ctx, tx) },
		once:   func(from, to *AlarmChannel) { to.NewSecret = from.NewSecret },
		id:     func(c *AlarmChannel) *int64 { return &c.ID }, title: func(c *AlarmChannel) string { return c.Name },
		filters: map[string]string{"enabled": filterEnabled, "kind": "t.kind = ?"},
		search:  []string{"t.name", "t.url", "t.recipients", "t.comment"},
		unique:  map[string]FieldError{"alarm_channels_name": {"name", "this name is taken"}},
	}
}

func (c *AlarmChannel) fields() []field {
	return []field{
		{"id", "", "t.id", &c.ID},
		{"name", "name", "", &c.Name},
		{"kind", "kind", "", &c.Kind},
		{"url", "url", "", &c.URL},
		{"secret", "secret", unread, &c.Secret},
		{"to", "recipients", "", asJSON[[]string]{&c.To}},
		{"min_severity", "min_severity", "", &c.MinSeverity},
		{"silent_from", "silent_from", "", &c.SilentFrom},
		{"silent_to", "silent_to", "", &c.SilentTo},
		{"silent_zone", "silent_zone", "", &c.SilentZone},
		{"comment", "comment", "", &c.Comment},
		{"enabled", "enabled", "", &c.Enabled},
	}
}

func (c *AlarmChannel) check() error {
	orTrue(&c.Enabled)
	c.To = append([]string{}, c.To...)
	if err := faults(
		goodName(c.Name),
		goodText("comment", c.Comment, 255),
		must(slices.Contains(alarm.Severities(), alarm.Severity(c.MinSeverity)), "min_severity", "want info, warning or critical"),
		goodSilence(&c.SilentFrom, &c.SilentTo, &c.SilentZone),
	); err != nil {
		return err
	}
	switch c.Kind {
	case "webhook":
		return c.checkWebhook()
	case "email":
		return c.checkMail()
	}
	return &FieldError{Field: "kind", Text: "want webhook or email"}
}

func (c *AlarmChannel) checkWebhook() error {
	u, err := url.Parse(c.URL)
	if err := faults(
		must(len(c.To) == 0, "to", "is of e-mail; a webhook has a url"),
		must(err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "", "url", "want an address such as https://noc.example.com/alarms"),
		must(len(c.URL) <= 1000, "url", "want at most 1000 characters"),
		must(u == nil || u.User == nil, "url", "no name and password here: messages are signed instead"),
		must(u == nil || u.Fragment == "", "url", "nothing behind # is sent: leave it out"),
		goodText("url", c.URL, 1000),
	); err != nil {
		return err
	}
	if c.Secret == nil || *c.Secret == "" {
		return nil
	}
	_, err = WebhookKey(*c.Secret)
	return must(err == nil, "secret", "want whsec_ and 24 to 64 bytes in base64; or leave it empty, and one is made up")
}

// WebhookKey is the key that a secret stands for.
func WebhookKey(secret string) ([]byte, error) {
	text, ok := strings.CutPrefix(secret, webhookSecret)
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 {
		return nil, fmt.Errorf("secret: want %s and 24 to 64 bytes in base64", webhookSecret)
	}
	return key, nil
}

// webhookSecret begins every secret, so that one that leaks is known for what it is.
const webhookSecret = "whsec_"

func (c *AlarmChannel) checkMail() error {
	if err := faults(
		must(c.URL == "", "url", "is of webhooks; e-mail has addresses in to"),
		must(c.Secret == nil || *c.Secret == "", "secret", "is of webhooks"),
		must(len(c.To) >= 1 && len(c.To) <= 20, "to", "want 1 to 20 addresses"),
	); err != nil {
		return err
	}
	for i, text := range c.To {
		a, err := mail.ParseAddress(text)
		if err != nil || a.Name != "" || a.Address != text || len(text) > 254 || strings.ContainsAny(text, "\r\n\"") {
			return &FieldError{Field: fmt.Sprintf("to[%d]", i), Text: "want an address such as noc@example.com, without a name"}
		}
	}
	return nil
}

// within makes up the secret of a webhook that has none.
func (c *AlarmChannel) within(ctx context.Context, tx *sql.Tx) error {
	c.NewSecret = ""
	has := false
	if c.ID != 0 {
		if err := tx.QueryRowContext(ctx, `SELECT secret <> '' FROM alarm_channels WHERE id = ?`, c.ID).Scan(&has); err != nil {
			return err
		}
	}
	if c.Kind == "email" {
		c.Secret = nil
		if has { // it was a webhook
			c.Secret = new("")
		}
		return nil
	}
	if c.Secret == nil && !has || c.Secret != nil && *c.Secret == "" {
		key := make([]byte, 32)
		_, _ = rand.Read(key) // it never fails
		c.NewSecret = webhookSecret + base64.StdEncoding.EncodeToString(key)
		c.Secret = &c.NewSecret
	}
	return nil
}
