package play

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/go-sql-driver/mysql"
)

// DB opens the stack's database, for tests that change rows or read records.
func (s *Stack) DB() (*sql.DB, error) {
	c := s.MariaDB.Config()
	c.DBName = s.MariaDB.name
	c.ParseTime = true
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return nil, fmt.Errorf("play: %w", err)
	}
	return sql.OpenDB(connector), nil
}

// bendToLoopback adds to the article's rows what keeps every packet on this
// machine: calls to a provider go through the simulated carrier's address, calls
// from that address are the provider's, and the gates of IPPort register.
func (s *Stack) bendToLoopback(ctx context.Context) error {
	db, err := s.DB()
	if err != nil {
		return err
	}
	defer db.Close()
	for i, p := range providers {
		carrier := s.carrierAddr(i)
		if _, err := db.ExecContext(ctx, `UPDATE providers_ips SET proxy = ? WHERE provider_id = ? AND direction LIKE '%OUT'`, carrier.String(), p.id); err != nil {
			return fmt.Errorf("play: %w", err)
		}
		if _, err := db.ExecContext(ctx, `INSERT INTO providers_ips (provider_id, ipaddress, direction, proto) VALUES (?, ?, 'IN', 'SIP')`, p.id, carrier.Addr().String()); err != nil {
			return fmt.Errorf("play: %w", err)
		}
	}
	if _, err := db.ExecContext(ctx, `UPDATE gates SET login = ?, password = ? WHERE gatename = 'sip_peer_msm_2301'`, gateLogin, gatePassword); err != nil {
		return fmt.Errorf("play: %w", err)
	}
	return nil
}
