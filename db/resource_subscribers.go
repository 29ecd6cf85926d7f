package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// Subscriber is a telephone or a PBX with a login of its own.
type Subscriber struct {
	ID        int64    `json:"id" readOnly:"true"`
	Login     string   `json:"login" doc:"Also its endpoint in Asterisk: 3 to 40 of a-z 0-9 _ . -"`
	Secret    *string  `json:"secret,omitempty" writeOnly:"true" doc:"8 to 64 characters. Left out: stays as it is, of a new one made up; empty: made up"`
	NewSecret string   `json:"new_secret,omitempty" readOnly:"true" csv:"-" doc:"The secret that was made up; shown this once"`
	AccountID int64    `json:"account_id"`
	Account   string   `json:"account" readOnly:"true"`
	ServerID  int64    `json:"server_id" doc:"Where it registers"`
	Server    string   `json:"server" readOnly:"true"`
	Extension string   `json:"extension" required:"false" doc:"Short number inside the account, up to 15 digits"`
	Enabled   *bool    `json:"enabled" required:"false" nullable:"false" doc:"Left out: true"`
	Numbers   []string `json:"numbers" required:"false" nullable:"false" doc:"E.164 numbers that it may show besides its account's default"`
}

// WithoutOnce is the subscriber without what is shown once.
func (s Subscriber) WithoutOnce() Subscriber {
	s.NewSecret = ""
	return s
}

// Subscribers is the table of them.
func Subscribers() Table[Subscriber] {
	return Table[Subscriber]{
		name: "subscribers", kind: "subscriber", order: "login",
		from:   "LEFT JOIN accounts a ON a.id = t.account_id LEFT JOIN servers s ON s.id = t.server_id",
		fields: (*Subscriber).fields, check: (*Subscriber).check,
		within: func(ctx context.Context, tx *sql.Tx, s *Subscriber) error { return s.within(ctx, tx) },
		load:   loadSubscribers, save: saveSubscriber,
		once: func(from, to *Subscriber) { to.NewSecret = from.NewSecret },
		id:   func(s *Subscriber) *int64 { return &s.ID }, title: func(s *Subscriber) string { return s.Login },
		filters: map[string]string{
			"enabled": filterEnabled, "account_id": "t.account_id = ?", "server_id": "t.server_id = ?", "login": "t.login = ?",
			"number": "EXISTS (SELECT 1 FROM subscriber_numbers n WHERE n.subscriber_id = t.id AND n.number = ?)",
		},
		search: []string{"t.login", "t.extension", "a.name"},
		unique: map[string]FieldError{
			"subscribers_login":     {"login", "this login is taken"},
			"subscribers_extension": {"extension", "another subscriber of the account has this extension"},
		},
		owned: []string{"subscriber_numbers"},
	}
}

func (s *Subscriber) fields() []field {
	return []field{
		{"id", "", "t.id", &s.ID},
		{"login", "login", "", &s.Login},
		{"secret", "secret", unread, &s.Secret},
		{"account_id", "account_id", "", &s.AccountID},
		{"account", "", "COALESCE(a.name, '')", &s.Account},
		{"server_id", "server_id", "", &s.ServerID},
		{"server", "", "COALESCE(s.servername, '')", &s.Server},
		{"extension", "extension", "", textOrNull{&s.Extension}},
		{"enabled", "enabled", "", &s.Enabled},
	}
}

func (s *Subscriber) check() error {
	orTrue(&s.Enabled)
	if err := faults(
		must(len(s.Login) >= 3 && strings.Contains(lowerOrDigit, s.Login[:1]) && strings.ToLower(s.Login) == s.Login, "login", "want 3 to 40 of a-z 0-9 _ . -, beginning with a letter or digit"),
		goodPeer("login", s.Login),
		goodID("account_id", s.AccountID),
		goodID("server_id", s.ServerID),
		must(digitsOnly(s.Extension), "extension", "want up to 15 digits, or nothing"),
		must(len(s.Numbers) <= 10_000, "numbers", "want at most 10000"),
	); err != nil {
		return err
	}
	if s.Secret != nil && *s.Secret != "" {
		if err := goodSecret("secret", *s.Secret, 8); err != nil {
			return err
		}
	}
	s.Numbers = slices.Clone(s.Numbers)
	for i, n := range s.Numbers {
		if err := goodNumber(fmt.Sprintf("numbers[%d]", i), n, false); err != nil {
			return err
		}
	}
	slices.Sort(s.Numbers)
	s.Numbers = slices.Compact(s.Numbers)
	return nil
}

// within looks up whose the name is in Asterisk, and makes up a secret where one
// is wanted.
func (s *Subscriber) within(ctx context.Context, tx *sql.Tx) error {
	var taken int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM gates WHERE gatename = ?`, s.Login).Scan(&taken); err != nil {
		return err
	}
	if taken > 0 {
		return &FieldError{Field: "login", Text: "a gate has this name: both would be the same endpoint in Asterisk"}
	}
	s.NewSecret = ""
	if s.Secret == nil && s.ID == 0 || s.Secret != nil && *s.Secret == "" {
		s.NewSecret = rand.Text()
		s.Secret = &s.NewSecret
	}
	return nil
}

func loadSubscribers(ctx context.Context, tx *sql.Tx, list []*Subscriber) error {
	return loadTexts(ctx, tx, subscriberNumbers(), list, func(s *Subscriber) (int64, *[]string) { return s.ID, &s.Numbers })
}

func saveSubscriber(ctx context.Context, tx *sql.Tx, s *Subscriber) error {
	return replaceTexts(ctx, tx, subscriberNumbers(), s.ID, s.Numbers)
}

func subscriberNumbers() textsOf { return textsOf{"subscriber_numbers", "subscriber_id", "number"} }

// DutyOperator answers when nobody else does: for a server, or for one number.
type DutyOperator struct {
	ID           int64  `json:"id" readOnly:"true"`
	SubscriberID int64  `json:"subscriber_id"`
	Subscriber   string `json:"subscriber" readOnly:"true" doc:"Its login"`
	ServerID     *int64 `json:"server_id" required:"false" doc:"Exactly one of server_id and number_id is set"`
	Server       string `json:"server" readOnly:"true"`
	NumberID     *int64 `json:"number_id" required:"false"`
	Number       string `json:"number" readOnly:"true" doc:"E.164"`
}

// DutyOperators is the table of them.
func DutyOperators() Table[DutyOperator] {
	return Table[DutyOperator]{
		name: "duty_operators", kind: "duty operator", order: "subscriber",
		from: `LEFT JOIN subscribers d ON d.id = t.subscriber_id LEFT JOIN servers s ON s.id = t.server_id
			LEFT JOIN numbers_pool n ON n.id = t.number_id`,
		fields: (*DutyOperator).fields, check: (*DutyOperator).check,
		id: func(o *DutyOperator) *int64 { return &o.ID }, title: func(o *DutyOperator) string { return o.Subscriber },
		filters: map[string]string{"subscriber_id": "t.subscriber_id = ?", "server_id": "t.server_id = ?", "number_id": "t.number_id = ?"},
		search:  []string{"d.login", "s.servername", "n.number"},
		unique: map[string]FieldError{
			"duty_operators_server": {"server_id", "this server has a duty operator already"},
			"duty_operators_number": {"number_id", "this number has a duty operator already"},
		},
	}
}

func (o *DutyOperator) fields() []field {
	return []field{
		{"id", "", "t.id", &o.ID},
		{"subscriber_id", "subscriber_id", "", &o.SubscriberID},
		{"subscriber", "", "COALESCE(d.login, '')", &o.Subscriber},
		{"server_id", "server_id", "", &o.ServerID},
		{"server", "", "COALESCE(s.servername, '')", &o.Server},
		{"number_id", "number_id", "", &o.NumberID},
		{"number", "", "COALESCE(n.number, '')", &o.Number},
	}
}

func (o *DutyOperator) check() error {
	return faults(
		goodID("subscriber_id", o.SubscriberID),
		goodReference("server_id", &o.ServerID),
		goodReference("number_id", &o.NumberID),
		must((o.ServerID == nil) != (o.NumberID == nil), "server_id", "want exactly one of server_id and number_id"),
	)
}
