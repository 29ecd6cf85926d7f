package db

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"slices"
	"strings"
)

// Gate binds a number to a dial peer on a server. Several gates may share a peer.
type Gate struct {
	ID          int64   `json:"id" readOnly:"true"`
	Name        string  `json:"name" doc:"The dial peer: 1 to 40 of A-Z a-z 0-9 _ . -"`
	NumberID    int64   `json:"number_id"`
	Number      string  `json:"number" readOnly:"true" doc:"E.164"`
	ProviderID  int64   `json:"provider_id" readOnly:"true" doc:"Of the number"`
	Provider    string  `json:"provider" readOnly:"true"`
	ServerID    int64   `json:"server_id"`
	Server      string  `json:"server" readOnly:"true"`
	CIDSupport  bool    `json:"cid_support" required:"false" doc:"We may send the caller ID"`
	Context     string  `json:"context" required:"false" doc:"Where its calls arrive; empty: public"`
	Comment     string  `json:"comment" required:"false"`
	Host        string  `json:"host" required:"false" doc:"Registrar, or where to send; empty: the provider's first OUT address"`
	Port        *int    `json:"port" required:"false" doc:"1 to 65535; null: the protocol's own"`
	Login       string  `json:"login" required:"false" doc:"With a password: the gate registers"`
	Password    *string `json:"password,omitempty" writeOnly:"true" doc:"Never shown. Left out: stays as it is; empty: removed"`
	HasPassword bool    `json:"has_password" readOnly:"true"`
	Channels    int     `json:"channels" required:"false" doc:"Calls at the same time; 0: no limit"`
	CPS         int     `json:"cps" required:"false" doc:"New calls a second; 0: no limit"`
	Enabled     *bool   `json:"enabled" required:"false" nullable:"false" doc:"One that is switched off still binds its number. Left out: true"`
}

// Gates is the table of them.
func Gates() Table[Gate] {
	return Table[Gate]{
		name: "gates", kind: "gate", order: "name",
		from: `LEFT JOIN numbers_pool n ON n.id = t.numbers_pool_id LEFT JOIN providers p ON p.id = n.provider_id
			LEFT JOIN servers s ON s.id = t.serverid`,
		fields: (*Gate).fields, check: (*Gate).check,
		within: func(ctx context.Context, tx *sql.Tx, g *Gate) error { return g.within(ctx, tx) },
		id:     func(g *Gate) *int64 { return &g.ID }, title: func(g *Gate) string { return g.Name },
		filters: map[string]string{
			"enabled": filterEnabled, "server_id": "t.serverid = ?", "provider_id": "n.provider_id = ?",
			"number_id": "t.numbers_pool_id = ?", "name": "t.gatename = ?",
		},
		search: []string{"t.gatename", "n.number", "t.host", "t.login", "t.comment", "p.providername"},
	}
}

func (g *Gate) fields() []field {
	return []field{
		{"id", "", "t.id", &g.ID},
		{"name", "gatename", "", &g.Name},
		{"number_id", "numbers_pool_id", "", &g.NumberID},
		{"number", "gatenumber", "COALESCE(n.number, t.gatenumber)", &g.Number},
		{"provider_id", "", "COALESCE(n.provider_id, 0)", &g.ProviderID},
		{"provider", "", "COALESCE(p.providername, '')", &g.Provider},
		{"server_id", "serverid", "", &g.ServerID},
		{"server", "", "COALESCE(s.servername, '')", &g.Server},
		{"cid_support", "cid_support", "", yesNo{&g.CIDSupport}},
		{"context", "contextname", "", &g.Context},
		{"comment", "comment", "", &g.Comment},
		{"host", "host", "", textOrNull{&g.Host}},
		{"port", "port", "", &g.Port},
		{"login", "login", "", textOrNull{&g.Login}},
		{"password", "password", unread, &g.Password},
		{"has_password", "", "COALESCE(t.password, '') <> ''", &g.HasPassword},
		{"channels", "channels", "", &g.Channels},
		{"cps", "cps", "", &g.CPS},
		{"enabled", "enabled", "", &g.Enabled},
	}
}

func (g *Gate) check() error {
	orTrue(&g.Enabled)
	if err := faults(
		goodPeer("name", g.Name),
		goodID("number_id", g.NumberID),
		goodID("server_id", g.ServerID),
		goodContext("context", g.Context),
		goodText("comment", g.Comment, 255),
		goodPort("port", g.Port),
		goodLimits(g.Channels, g.CPS),
		must(g.Login == "" || shaped(g.Login, letterOrDigit+"+", letterOrDigit+"_.+-", 64), "login", "want up to 64 letters, digits, + _ . -"),
	); err != nil {
		return err
	}
	if g.Host != "" {
		if err := goodHost("host", g.Host); err != nil {
			return err
		}
	}
	if g.Password != nil && *g.Password != "" {
		return goodSecret("password", *g.Password, 1)
	}
	return nil
}

// goodContext checks a name of a context; those of our dialplan are taken.
func goodContext(field, text string) error {
	taken := []string{"users_context", "incoming_dialer", "make_a_call", "redirect", "predial", "service", "general", "globals"}
	return faults(
		must(text == "" || shaped(text, letter, letterOrDigit+"_-", 60), field, "want up to 60 letters, digits, _ and -, beginning with a letter; empty: public"),
		must(!slices.Contains(taken, strings.ToLower(text)), field, "choose another name: that context has its own meaning"),
		must(text == "public" || !strings.EqualFold(text, "public"), field, "write public, or choose another name"),
	)
}

// within looks up what other rows decide: the number as people read it, whose name
// the peer has, and whether login and password come together.
func (g *Gate) within(ctx context.Context, tx *sql.Tx) error {
	err := tx.QueryRowContext(ctx, `SELECT number FROM numbers_pool WHERE id = ?`, g.NumberID).Scan(&g.Number)
	if err != nil {
		return orFault(err, "number_id", "there is none with this id")
	}
	var taken int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM subscribers WHERE login = ?`, g.Name).Scan(&taken); err != nil {
		return err
	}
	if taken > 0 {
		return &FieldError{Field: "name", Text: "a subscriber has this login: both would be the same endpoint in Asterisk"}
	}
	has := g.Password != nil && *g.Password != ""
	if g.Password == nil && g.ID != 0 {
		if err := tx.QueryRowContext(ctx, `SELECT COALESCE(password, '') <> '' FROM gates WHERE id = ?`, g.ID).Scan(&has); err != nil {
			return err
		}
	}
	return faults(
		must(g.Login == "" || has, "password", "a login wants a password: the gate registers with both, or is known by its address with none"),
		must(g.Login != "" || !has, "login", "a password wants a login; to take the password away, send it empty"),
	)
}

// cutPort parts host and port.
func cutPort(text string) (host, port string, ok bool) {
	host, port, err := net.SplitHostPort(text)
	return host, port, err == nil && host != ""
}

// orFault is a FieldError when there was no row.
func orFault(err error, field, text string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return &FieldError{Field: field, Text: text}
	}
	return err
}
