package db

import (
	"context"
	"database/sql"
	"net/netip"
)

// Source is a network that an enabled provider's calls come from.
type Source struct {
	Network  netip.Prefix
	Provider string
	Protocol string
	Port     int // of the provider; 0: its protocol's own
}

// Sources lists the networks that calls come from, in the order of the table. A row
// that cannot be read is left out; the snapshot tells of it.
func (d *DB) Sources(ctx context.Context) ([]Source, error) {
	rows, err := d.calls.QueryContext(ctx, `SELECT t.ipaddress, p.providername, t.proto, COALESCE(t.port, 0)
		FROM providers_ips t JOIN providers p ON p.id = t.provider_id
		WHERE p.enabled <> 0 AND t.direction IN ('IN', 'IN/OUT') AND t.ipaddress IS NOT NULL ORDER BY t.id`)
	if err != nil {
		return nil, wrap("sources", err)
	}
	var list []Source
	err = eachRow(rows, func(rows *sql.Rows) error {
		var s Source
		var text string
		if err := rows.Scan(&text, &s.Provider, &s.Protocol, &s.Port); err != nil {
			return err
		}
		if network, err := parseNetwork(text); err == nil {
			s.Network = network
			list = append(list, s)
		}
		return nil
	})
	return list, wrap("sources", err)
}
