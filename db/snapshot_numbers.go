package db

import (
	"database/sql"

	"tandem/internal/e164"
	"tandem/routing"
)

// readServers leaves out row 0, which stands for "no server".
func (r *reader) readServers() error {
	return r.each(`SELECT id, servername, COALESCE(ipaddress, ''), iax2, driver FROM servers WHERE id <> 0 ORDER BY id`, func(rows *sql.Rows) error {
		var s routing.Server
		var ip, driver string
		if err := rows.Scan(&s.ID, &s.Name, &ip, &s.IAX2, &driver); err != nil {
			return err
		}
		s.Driver = routing.Driver(driver)
		if s.Driver != routing.PJSIP && s.Driver != routing.ChanSIP {
			r.problem("servers", s.ID, "driver", "%q: want %s or %s", driver, routing.PJSIP, routing.ChanSIP)
			return nil
		}
		if ip != "" {
			addr, err := parseAddr(ip)
			if err != nil {
				r.problem("servers", s.ID, "ipaddress", "%q: want one address, e.g. 192.0.2.7", ip)
				return nil
			}
			s.Addresses = append(s.Addresses, addr)
		}
		r.data.Servers = append(r.data.Servers, s)
		return nil
	})
}

func (r *reader) readServerAddresses() error {
	byID := map[int64]*routing.Server{}
	for i := range r.data.Servers {
		byID[r.data.Servers[i].ID] = &r.data.Servers[i]
	}
	return r.each(`SELECT server_id, ipaddress FROM server_addresses ORDER BY server_id, ipaddress`, func(rows *sql.Rows) error {
		var server int64
		var ip string
		if err := rows.Scan(&server, &ip); err != nil {
			return err
		}
		addr, err := parseAddr(ip)
		if err != nil {
			r.problem("server_addresses", server, "ipaddress", "%q: want one address, e.g. 192.0.2.7", ip)
			return nil
		}
		if s := byID[server]; s != nil {
			s.Addresses = append(s.Addresses, addr)
		}
		return nil
	})
}

func (r *reader) readAccounts() error {
	return r.each(`SELECT id, name, enabled <> 0, country, international_prefix, trunk_prefix, default_cli, min_tier
		FROM accounts ORDER BY id`, func(rows *sql.Rows) error {
		var a routing.Account
		var country, international, trunk, tier string
		var defaultCLI sql.NullString
		if err := rows.Scan(&a.ID, &a.Name, &a.Enabled, &country, &international, &trunk, &defaultCLI, &tier); err != nil {
			return err
		}
		var ok bool
		if a.DefaultCLI, ok = r.number("accounts", a.ID, "default_cli", defaultCLI); !ok {
			return nil
		}
		var err error
		if a.Rules, err = e164.NewDialRules(country, international, trunk); err != nil {
			r.problem("accounts", a.ID, "country, international_prefix, trunk_prefix", "%v", err)
			return nil
		}
		if a.MinTier, err = routing.ParseTier(tier); err != nil {
			r.problem("accounts", a.ID, "min_tier", "%v", err)
			return nil
		}
		r.data.Accounts = append(r.data.Accounts, a)
		return nil
	})
}

func (r *reader) readSubscribers() error {
	return r.each(`SELECT id, login, secret, account_id, server_id, COALESCE(extension, ''), enabled <> 0
		FROM subscribers ORDER BY id`, func(rows *sql.Rows) error {
		var s routing.Subscriber
		if err := rows.Scan(&s.ID, &s.Login, &s.Secret, &s.AccountID, &s.ServerID, &s.Extension, &s.Enabled); err != nil {
			return err
		}
		r.data.Subscribers = append(r.data.Subscribers, s)
		return nil
	})
}

func (r *reader) readMayShow() error {
	byID := map[int64]*routing.Subscriber{}
	for i := range r.data.Subscribers {
		byID[r.data.Subscribers[i].ID] = &r.data.Subscribers[i]
	}
	return r.each(`SELECT subscriber_id, number FROM subscriber_numbers ORDER BY subscriber_id, number`, func(rows *sql.Rows) error {
		var subscriber int64
		var text string
		if err := rows.Scan(&subscriber, &text); err != nil {
			return err
		}
		number, ok := r.someNumber("subscriber_numbers", subscriber, "number", text)
		if s := byID[subscriber]; ok && s != nil {
			s.MayShow = append(s.MayShow, number)
		}
		return nil
	})
}

func (r *reader) readNumbers() error {
	return r.each(`SELECT id, number, provider_id, COALESCE(server_id, 0), enabled <> 0, direction, virtualflag <> 0, echotest <> 0,
			COALESCE(account_id, 0), COALESCE(destination_subscriber_id, 0), destination_number
		FROM numbers_pool ORDER BY id`, func(rows *sql.Rows) error {
		var n routing.Number
		var text, direction string
		var forward sql.NullString
		if err := rows.Scan(&n.ID, &text, &n.ProviderID, &n.ServerID, &n.Enabled, &direction, &n.Virtual, &n.EchoTest,
			&n.AccountID, &n.DestinationSubscriberID, &forward); err != nil {
			return err
		}
		var ok [3]bool
		n.Number, ok[0] = r.someNumber("numbers_pool", n.ID, "number", text)
		n.Direction, ok[1] = r.direction("numbers_pool", n.ID, direction)
		n.DestinationNumber, ok[2] = r.number("numbers_pool", n.ID, "destination_number", forward)
		if ok == [3]bool{true, true, true} {
			r.data.Numbers = append(r.data.Numbers, n)
		}
		return nil
	})
}

func (r *reader) readGates() error {
	return r.each(`SELECT id, numbers_pool_id, serverid, gatename, contextname, cid_support, COALESCE(host, ''), COALESCE(port, 0),
			COALESCE(login, ''), COALESCE(password, ''), enabled <> 0
		FROM gates ORDER BY id`, func(rows *sql.Rows) error {
		var g routing.Gate
		var cid string
		if err := rows.Scan(&g.ID, &g.NumberID, &g.ServerID, &g.Name, &g.Context, &cid, &g.Host, &g.Port,
			&g.Login, &g.Password, &g.Enabled); err != nil {
			return err
		}
		var ok bool
		if g.CLISupport, ok = r.yes("gates", g.ID, "cid_support", cid); ok {
			r.data.Gates = append(r.data.Gates, g)
		}
		return nil
	})
}

func (r *reader) readDuties() error {
	return r.each(`SELECT subscriber_id, COALESCE(server_id, 0), COALESCE(number_id, 0) FROM duty_operators ORDER BY id`, func(rows *sql.Rows) error {
		var d routing.Duty
		if err := rows.Scan(&d.SubscriberID, &d.ServerID, &d.NumberID); err != nil {
			return err
		}
		r.data.Duties = append(r.data.Duties, d)
		return nil
	})
}
