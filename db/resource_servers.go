package db

import (
	"context"
	"database/sql"
	"slices"
	"strings"
)

// Server is one of our Asterisk servers.
type Server struct {
	ID          int64    `json:"id" readOnly:"true"`
	Name        string   `json:"name" doc:"Asterisk's systemname: 1 to 40 of A-Z a-z 0-9 . _ -"`
	Address     string   `json:"address" required:"false" doc:"Where its questions and reports come from"`
	Addresses   []string `json:"addresses" required:"false" nullable:"false" doc:"Further such addresses: a second interface, IPv6, loopback"`
	Location    int64    `json:"location" required:"false"`
	Comment     string   `json:"comment" required:"false"`
	SIP         string   `json:"sip" required:"false" doc:"How neighbours dial it over SIP"`
	IAX2        string   `json:"iax2" required:"false" doc:"And over IAX2, e.g. IAX2/msm@msm"`
	IAX2Control string   `json:"iax2_control" required:"false"`
	Protocol    string   `json:"protocol" required:"false" enum:"IAX2,SIP" default:"IAX2" doc:"Which of the two neighbours use"`
	Driver      string   `json:"driver" required:"false" enum:"pjsip,chan_sip" default:"pjsip" doc:"Channel driver; only pjsip servers are rendered"`
}

// Servers is the table of them. Row 0 stands for no server and is not shown.
func Servers() Table[Server] {
	return Table[Server]{
		name: "servers", kind: "server", order: "name", only: "t.id <> 0",
		fields: (*Server).fields, check: (*Server).check, load: loadServers, save: saveServer,
		may: func(ctx context.Context, tx *sql.Tx, before, after *Server) error {
			return after.notCutOff(ctx, tx, before)
		},
		id: func(s *Server) *int64 { return &s.ID }, title: func(s *Server) string { return s.Name },
		filters: map[string]string{"driver": "t.driver = ?", "name": "t.servername = ?"},
		search:  []string{"t.servername", "t.ipaddress", "t.comment"},
		unique: map[string]FieldError{
			"servers_servername": {"name", "this name is taken"},
		},
		owned: []string{"server_addresses"},
		refers: map[string]string{
			"calls in progress": "SELECT COUNT(*) FROM holds h JOIN servers s ON s.servername = h.server WHERE s.id = ?",
		},
	}
}

func (s *Server) fields() []field {
	return []field{
		{"id", "", "t.id", &s.ID},
		{"name", "servername", "", &s.Name},
		{"address", "ipaddress", "", textOrNull{&s.Address}},
		{"location", "location", "", &s.Location},
		{"comment", "comment", "", &s.Comment},
		{"sip", "sip", "", &s.SIP},
		{"iax2", "iax2", "", &s.IAX2},
		{"iax2_control", "iax2control", "", &s.IAX2Control},
		{"protocol", "protocol", "", &s.Protocol},
		{"driver", "driver", "", &s.Driver},
	}
}

func (s *Server) check() error {
	if err := faults(
		must(shaped(s.Name, letterOrDigit, letterOrDigit+"_.-", 40), "name",
			"want 1 to 40 of A-Z a-z 0-9 . _ -, beginning with a letter or digit, as Asterisk's systemname"),
		must(s.Location >= 0 && s.Location < 1<<31, "location", "want a number from 0 on"),
		goodText("comment", s.Comment, 255),
		must(s.SIP == "" || sipPath(s.SIP), "sip", "want a path such as SIP/192.0.2.1, or nothing"),
		must(s.IAX2 == "" || iax2Path(s.IAX2), "iax2", "want a path such as IAX2/user@peer, or nothing"),
		must(s.IAX2Control == "" || iax2Path(s.IAX2Control), "iax2_control", "want a path such as IAX2/user@peer, or nothing"),
		must(s.Protocol == "IAX2" || s.Protocol == "SIP", "protocol", "want IAX2 or SIP"),
		must(s.Driver == "pjsip" || s.Driver == "chan_sip", "driver", "want pjsip or chan_sip"),
		goodAddress("address", &s.Address),
	); err != nil {
		return err
	}
	if len(s.Addresses) > 100 {
		return &FieldError{Field: "addresses", Text: "want at most 100"}
	}
	s.Addresses = slices.Clone(s.Addresses)
	for i := range s.Addresses {
		if err := faults(must(s.Addresses[i] != "", "addresses", "one of them is empty"), goodAddress("addresses", &s.Addresses[i])); err != nil {
			return err
		}
	}
	slices.Sort(s.Addresses)
	s.Addresses = slices.Compact(s.Addresses)
	return nil
}

// goodAddress checks one address, and writes it in its shortest form.
func goodAddress(field string, text *string) error {
	if *text == "" {
		return nil
	}
	addr, err := parseAddr(*text)
	if err != nil {
		return &FieldError{Field: field, Text: "want one address, e.g. 192.0.2.7"}
	}
	*text = addr.String()
	return nil
}

func loadServers(ctx context.Context, tx *sql.Tx, list []*Server) error {
	return loadTexts(ctx, tx, serverAddresses(), list, func(s *Server) (int64, *[]string) { return s.ID, &s.Addresses })
}

func saveServer(ctx context.Context, tx *sql.Tx, s *Server) error {
	return replaceTexts(ctx, tx, serverAddresses(), s.ID, s.Addresses)
}

func serverAddresses() textsOf { return textsOf{"server_addresses", "server_id", "ipaddress"} }

// placesOf are the ids of rows, and the rows by id.
func placesOf[T any](list []*T, id func(*T) int64) (ids []int64, places map[int64]*T) {
	places = map[int64]*T{}
	for _, v := range list {
		ids = append(ids, id(v))
		places[id(v)] = v
	}
	return ids, places
}

// textsOf is a table of two columns: to whom a text belongs, and the text.
type textsOf struct{ table, owner, text string }

// loadTexts gives each row its texts, in their order; part is where a row has them.
func loadTexts[T any](ctx context.Context, tx *sql.Tx, of textsOf, list []*T, part func(*T) (id int64, texts *[]string)) error {
	ids, places := placesOf(list, func(v *T) int64 { id, _ := part(v); return id })
	for _, v := range list {
		_, texts := part(v)
		*texts = []string{}
	}
	query := "SELECT " + of.owner + ", " + of.text + " FROM " + of.table + " WHERE " + of.owner + " IN (?) ORDER BY " + of.owner + ", " + of.text
	return eachIn(ctx, tx, query, ids, func(rows *sql.Rows) error {
		var id int64
		var text string
		err := rows.Scan(&id, &text)
		_, texts := part(places[id])
		*texts = append(*texts, text)
		return err
	})
}

// replaceTexts writes those that come and removes those that go; what stays is not
// touched, and no running Tandem hears of it.
func replaceTexts(ctx context.Context, tx *sql.Tx, of textsOf, owner int64, after []string) error {
	rows, err := tx.QueryContext(ctx, "SELECT "+of.text+" FROM "+of.table+" WHERE "+of.owner+" = ?", owner) //nolint:gosec // G202: constants
	if err != nil {
		return err
	}
	var before []string
	if err := eachRow(rows, func(rows *sql.Rows) error {
		var text string
		err := rows.Scan(&text)
		before = append(before, text)
		return err
	}); err != nil {
		return err
	}
	return writePrefixes(ctx, tx, owner, before, after,
		"INSERT INTO "+of.table+" ("+of.owner+", "+of.text+") VALUES (?, ?)", "DELETE FROM "+of.table+" WHERE "+of.owner+" = ? AND "+of.text+" = ?")
}

func sipPath(text string) bool {
	const signs = letterOrDigit + "_.@:/-"
	rest, ok := strings.CutPrefix(text, "SIP/")
	return ok && shaped(rest, signs, signs, 124)
}

func iax2Path(text string) bool {
	rest, ok := strings.CutPrefix(text, "IAX2/")
	user, peer, found := strings.Cut(rest, "@")
	return ok && found && shaped(user, letterOrDigit, letterOrDigit+"_.-", 40) && shaped(peer, letterOrDigit, letterOrDigit+"_.-", 40)
}
