package db

import (
	"context"
	"database/sql"
)

// Number is a rented number of the pool.
type Number struct {
	ID                      int64  `json:"id" readOnly:"true"`
	Number                  string `json:"number" doc:"E.164, unique"`
	ProviderID              int64  `json:"provider_id" doc:"Who rents it to us"`
	Provider                string `json:"provider" readOnly:"true"`
	ServerID                *int64 `json:"server_id" required:"false" doc:"Where it lives; null: bound to no server"`
	Server                  string `json:"server" readOnly:"true"`
	Enabled                 *bool  `json:"enabled" required:"false" nullable:"false" doc:"Left out: true"`
	Direction               string `json:"direction" required:"false" enum:"IN,OUT,IN/OUT" default:"IN/OUT"`
	Virtual                 bool   `json:"virtual" required:"false" doc:"Not bound to a dial peer"`
	EchoTest                bool   `json:"echo_test" required:"false" doc:"Calls to it hear themselves"`
	AccountID               *int64 `json:"account_id" required:"false" doc:"null: nobody's yet"`
	Account                 string `json:"account" readOnly:"true"`
	DestinationSubscriberID *int64 `json:"destination_subscriber_id" required:"false" doc:"Who is rung when no agent is known for the caller"`
	DestinationSubscriber   string `json:"destination_subscriber" readOnly:"true" doc:"Its login"`
	DestinationNumber       string `json:"destination_number" required:"false" doc:"E.164, or else forwarded to"`
	Gates                   string `json:"gates" readOnly:"true" doc:"Names of the gates it is bound to"`
}

// Numbers is the table of them.
func Numbers() Table[Number] {
	return Table[Number]{
		name: "numbers_pool", kind: "number", order: "number",
		from: `LEFT JOIN providers p ON p.id = t.provider_id LEFT JOIN servers s ON s.id = t.server_id AND s.id <> 0
			LEFT JOIN accounts a ON a.id = t.account_id LEFT JOIN subscribers d ON d.id = t.destination_subscriber_id`,
		fields: (*Number).fields, check: (*Number).check, save: saveNumber,
		id: func(n *Number) *int64 { return &n.ID }, title: func(n *Number) string { return n.Number },
		filters: numberFilters(),
		search:  []string{"t.number", "p.providername", "a.name", "t.destination_number"},
		unique:  map[string]FieldError{"numbers_pool_number": {"number", "this number is in the pool already"}},
		refers: map[string]string{
			"accounts that show it by default":        "SELECT COUNT(*) FROM accounts a JOIN numbers_pool n ON n.number = a.default_cli WHERE n.id = ?",
			"subscribers that may show it":            "SELECT COUNT(*) FROM subscriber_numbers s JOIN numbers_pool n ON n.number = s.number WHERE n.id = ?",
			"providers that show it when none is set": "SELECT COUNT(*) FROM providers p JOIN numbers_pool n ON n.number = p.dynamic_calls_caller_id WHERE n.id = ?",
		},
	}
}

func numberFilters() map[string]string {
	return map[string]string{
		"enabled": filterEnabled, "provider_id": "t.provider_id = ?", "server_id": "t.server_id = ?", "account_id": "t.account_id = ?",
		"direction": "FIND_IN_SET(?, REPLACE(t.direction, '/', ',')) > 0", "prefix": "t.number LIKE CONCAT(?, '%')",
		"from": "t.number >= ?", "to": "t.number <= ?", "number": "t.number = ?",
		"free":  "(t.account_id IS NULL) = (? = 'true')",
		"bound": "EXISTS (SELECT 1 FROM gates g WHERE g.numbers_pool_id = t.id) = (? = 'true')",
	}
}

func (n *Number) fields() []field {
	return []field{
		{"id", "", "t.id", &n.ID},
		{"number", "number", "", &n.Number},
		{"provider_id", "provider_id", "", &n.ProviderID},
		{"provider", "", "COALESCE(p.providername, '')", &n.Provider},
		{"server_id", "server_id", "NULLIF(t.server_id, 0)", &n.ServerID},
		{"server", "", "COALESCE(s.servername, '')", &n.Server},
		{"enabled", "enabled", "", &n.Enabled},
		{"direction", "direction", "", &n.Direction},
		{"virtual", "virtualflag", "", &n.Virtual},
		{"echo_test", "echotest", "", &n.EchoTest},
		{"account_id", "account_id", "", &n.AccountID},
		{"account", "", "COALESCE(a.name, '')", &n.Account},
		{"destination_subscriber_id", "destination_subscriber_id", "", &n.DestinationSubscriberID},
		{"destination_subscriber", "", "COALESCE(d.login, '')", &n.DestinationSubscriber},
		{"destination_number", "destination_number", "", textOrNull{&n.DestinationNumber}},
		{"gates", "", "COALESCE((SELECT GROUP_CONCAT(DISTINCT g.gatename ORDER BY g.gatename SEPARATOR ' ') FROM gates g WHERE g.numbers_pool_id = t.id), '')", &n.Gates},
	}
}

func (n *Number) check() error {
	orTrue(&n.Enabled)
	return faults(
		goodNumber("number", n.Number, false),
		goodID("provider_id", n.ProviderID),
		goodReference("server_id", &n.ServerID),
		goodDirection("direction", n.Direction),
		goodReference("account_id", &n.AccountID),
		goodReference("destination_subscriber_id", &n.DestinationSubscriberID),
		goodNumber("destination_number", n.DestinationNumber, true),
		must(n.DestinationNumber == "" || n.DestinationNumber != n.Number, "destination_number", "a number cannot be forwarded to itself"),
	)
}

// saveNumber keeps the copy of the number that gates have for people.
func saveNumber(ctx context.Context, tx *sql.Tx, n *Number) error {
	if n.Number == "" {
		return nil // it goes, and no gate names it
	}
	_, err := tx.ExecContext(ctx, `UPDATE gates SET gatenumber = ? WHERE numbers_pool_id = ? AND gatenumber <> ?`, n.Number, n.ID, n.Number)
	return err
}
