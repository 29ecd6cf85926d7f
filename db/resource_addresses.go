package db

import (
	"context"
	"database/sql"
	"net/netip"
	"strconv"
)

// Address is one address or network of a provider.
type Address struct {
	ID         int64  `json:"id" readOnly:"true"`
	ProviderID int64  `json:"provider_id"`
	Provider   string `json:"provider" readOnly:"true"`
	Address    string `json:"address" required:"false" doc:"IPv4 or IPv6 address, or a network such as 192.0.2.0/24. Needed for IN; names prove nothing"`
	Domain     string `json:"domain" required:"false" doc:"What is dialled, before the address"`
	Direction  string `json:"direction" enum:"IN,OUT,IN/OUT" doc:"IN: its calls come from there; OUT: ours go there"`
	Protocol   string `json:"protocol" required:"false" enum:"SIP,IAX2,H323" default:"SIP" doc:"Only SIP is dialled"`
	Port       *int   `json:"port" required:"false" doc:"1 to 65535; null: the protocol's own"`
	Proxy      string `json:"proxy" required:"false" doc:"host:port of an outbound proxy on the way"`
}

// Addresses is the table of them.
func Addresses() Table[Address] {
	return Table[Address]{
		name: "providers_ips", kind: "address", order: "provider",
		from:   "LEFT JOIN providers p ON p.id = t.provider_id",
		fields: (*Address).fields, check: (*Address).check,
		within: func(ctx context.Context, tx *sql.Tx, a *Address) error { return a.within(ctx, tx) },
		id:     func(a *Address) *int64 { return &a.ID }, title: (*Address).title,
		filters: map[string]string{"provider_id": "t.provider_id = ?", "direction": "FIND_IN_SET(?, REPLACE(t.direction, '/', ',')) > 0", "protocol": "t.proto = ?"},
		search:  []string{"t.ipaddress", "t.domainname", "t.proxy", "p.providername"},
	}
}

func (a *Address) title() string {
	if a.Address != "" {
		return a.Provider + " " + a.Address
	}
	return a.Provider + " " + a.Domain
}

func (a *Address) fields() []field {
	return []field{
		{"id", "", "t.id", &a.ID},
		{"provider_id", "provider_id", "", &a.ProviderID},
		{"provider", "", "p.providername", &a.Provider},
		{"address", "ipaddress", "", textOrNull{&a.Address}},
		{"domain", "domainname", "", textOrNull{&a.Domain}},
		{"direction", "direction", "", &a.Direction},
		{"protocol", "proto", "", &a.Protocol},
		{"port", "port", "", &a.Port},
		{"proxy", "proxy", "", textOrNull{&a.Proxy}},
	}
}

func (a *Address) check() error {
	if err := faults(
		goodID("provider_id", a.ProviderID),
		goodDirection("direction", a.Direction),
		must(a.Protocol == "SIP" || a.Protocol == "IAX2" || a.Protocol == "H323", "protocol", "want SIP, IAX2 or H323"),
		goodPort("port", a.Port),
		must(a.Proxy == "" || goodHostPort(a.Proxy), "proxy", "want host:port, [address]:port for IPv6"),
	); err != nil {
		return err
	}
	if a.Domain != "" {
		if err := goodHost("domain", a.Domain); err != nil {
			return err
		}
	}
	return a.checkWhere()
}

// checkWhere writes the network as it is compared, and wants what the direction
// needs.
func (a *Address) checkWhere() error {
	single := false
	if a.Address != "" {
		network, err := parseNetwork(a.Address)
		if err != nil {
			return &FieldError{Field: "address", Text: err.Error()}
		}
		a.Address, single = shortest(network), network.IsSingleIP()
	}
	return faults(
		must(a.Direction == "OUT" || a.Address != "", "address", "an "+a.Direction+" row wants an address or a network: calls are known by it, names prove nothing"),
		must(a.Direction == "IN" || a.Domain != "" || single, "domain", "nothing to dial: an "+a.Direction+" row wants a domain or a single address"),
	)
}

// within refuses a network in which another provider's calls come from, too:
// Asterisk takes an address for one endpoint only, and a server whose endpoints
// overlap could not be rendered at all.
func (a *Address) within(ctx context.Context, tx *sql.Tx) error {
	if a.Address == "" || a.Direction == "OUT" || a.Protocol != "SIP" {
		return nil
	}
	network, err := parseNetwork(a.Address)
	if err != nil {
		return &FieldError{Field: "address", Text: err.Error()}
	}
	rows, err := tx.QueryContext(ctx, `SELECT t.ipaddress, p.providername FROM providers_ips t JOIN providers p ON p.id = t.provider_id
		WHERE t.provider_id <> ? AND t.direction <> 'OUT' AND t.proto = 'SIP' AND t.ipaddress IS NOT NULL ORDER BY t.id`, a.ProviderID)
	if err != nil {
		return err
	}
	var taken error
	err = eachRow(rows, func(rows *sql.Rows) error {
		var text, provider string
		if err := rows.Scan(&text, &provider); err != nil {
			return err
		}
		if other, err := parseNetwork(text); err == nil && taken == nil && other.Overlaps(network) {
			taken = &FieldError{Field: "address", Text: "calls from " + shortest(other) + " are those of " + provider + ": an address can belong to one provider only"}
		}
		return nil
	})
	return faults(err, taken)
}

// shortest is an address without /32 or /128, or a network.
func shortest(n netip.Prefix) string {
	if n.IsSingleIP() {
		return n.Addr().String()
	}
	return n.String()
}

func goodPort(field string, port *int) error {
	return must(port == nil || *port >= 1 && *port <= 65535, field, "want 1 to 65535, or null for the protocol's own")
}

// goodHostPort says whether text is host:port as the renderer takes it.
func goodHostPort(text string) bool {
	host, port, ok := cutPort(text)
	if !ok || goodHost("", host) != nil {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0 && strconv.FormatUint(n, 10) == port
}
