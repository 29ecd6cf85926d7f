package send

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Target is where a message goes.
type Target struct {
	Kind string // webhook, email
	URL  string
	Key  []byte // that a webhook's messages are signed with
	To   []string
}

// Message is what is sent.
type Message struct {
	ID      string // the receiver knows it by; letters, digits and -
	At      time.Time
	Subject string // one line
	Text    string // for people
	Body    []byte // JSON, for programs
}

// ErrGone says that it makes no sense to try again.
var ErrGone = errors.New("the receiver wants no more messages")

// ErrPartly says that some receivers have taken the message: it counts as sent.
var ErrPartly = errors.New("taken by some")

// Sender sends to both kinds of targets.
type Sender struct {
	Webhook *Webhook
	Mail    *Mail // nil: there is no mail server
}

// Kinds are those of targets that it can send to.
func (s *Sender) Kinds() []string {
	kinds := []string{"webhook"}
	if s.Mail != nil {
		kinds = append(kinds, "email")
	}
	return kinds
}

// Send brings one message to its target, and returns when that has taken it.
// ErrPartly: not all of its receivers have.
func (s *Sender) Send(ctx context.Context, t *Target, m *Message) error {
	switch t.Kind {
	case "webhook":
		return s.Webhook.send(ctx, t, m)
	case "email":
		if s.Mail == nil {
			return errors.New("this node has no mail server: set mail.server in its configuration")
		}
		return s.Mail.send(ctx, t, m)
	}
	return fmt.Errorf("%w: nobody knows channels of the kind %q", ErrGone, t.Kind)
}
