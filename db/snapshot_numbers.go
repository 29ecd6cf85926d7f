package db

import (
	"database/sql"
	"strings"

	"tandem/internal/e164"
	"tandem/internal/money"
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
	return r.each(`SELECT a.id, name, enabled <> 0, country, international_prefix, trunk_prefix, default_cli, min_tier,
			channels, cps, COALESCE(tariff_id, 0), no_loss <> 0, max_per_minute, max_connection_fee, COALESCE(b.currency_id, 0),
			payment, credit_limit, daily_limit, call_limit, low_balance, language, time_zone, allow_only <> 0
		FROM accounts a LEFT JOIN balances b ON b.account_id = a.id ORDER BY a.id`, func(rows *sql.Rows) error {
		var a routing.Account
		var rules dialRules
		var tier string
		var defaultCLI sql.NullString
		var maxRate sql.Null[money.Rate]
		var maxFee sql.Null[money.Amount]
		var m accountMoney
		if err := rows.Scan(&a.ID, &a.Name, &a.Enabled, &rules.country, &rules.international, &rules.trunk, &defaultCLI, &tier,
			&a.Limit.Channels, &a.Limit.CPS, &a.TariffID, &a.NoLoss, &maxRate, &maxFee, &a.CurrencyID,
			&m.payment, &m.credit, &m.daily, &m.call, &m.low, &m.language, &m.zone, &a.AllowOnly); err != nil {
			return err
		}
		var ok [6]bool
		a.DefaultCLI, ok[0] = r.number("accounts", a.ID, "default_cli", defaultCLI)
		a.Rules, ok[1] = r.dialRules(a.ID, rules)
		a.MinTier, ok[2] = r.minTier("accounts", a.ID, tier)
		ok[3] = r.limit("accounts", a.ID, a.Limit)
		ok[4] = r.caps(&a, maxRate, maxFee)
		ok[5] = r.money(&a, m)
		if ok == [6]bool{true, true, true, true, true, true} {
			r.data.Accounts = append(r.data.Accounts, a)
		}
		return nil
	})
}

// accountMoney are the columns that say what an account may spend, and how it is
// spoken to.
type accountMoney struct {
	payment                  string
	credit, daily, call, low sql.Null[money.Amount]
	language, zone           string
}

// money fills what an account may spend. An account that cannot be read must not
// spend at all, so it is left out.
func (r *reader) money(a *routing.Account, m accountMoney) (ok bool) {
	switch m.payment {
	case Prepaid:
		if !m.credit.Valid {
			m.credit = sql.Null[money.Amount]{Valid: true}
		}
	case Postpaid:
	default:
		r.problem("accounts", a.ID, "payment", "%q: want %s or %s", m.payment, Prepaid, Postpaid)
		return false
	}
	switch {
	case m.daily.V < 0:
		r.problem("accounts", a.ID, "daily_limit", "%s: want a sum, or NULL for any", m.daily.V)
		return false
	case m.call.V < 0:
		r.problem("accounts", a.ID, "call_limit", "%s: want a sum, or NULL for any", m.call.V)
		return false
	case !goodLanguage(m.language):
		r.problem("accounts", a.ID, "language", "%q: want a language of Asterisk's sounds, e.g. ru or en_GB, or nothing for its own", m.language)
		return false
	}
	if m.zone != "" {
		if a.Zone, ok = r.zone("accounts", a.ID, m.zone); !ok {
			return false
		}
	}
	a.Credit, a.Daily, a.CallLimit, a.LowBalance = pointer(m.credit), pointer(m.daily), pointer(m.call), pointer(m.low)
	a.Language = m.language
	return true
}

// goodLanguage says whether text may stand in a path of sounds.
func goodLanguage(text string) bool {
	return strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

// pointer is nil for NULL.
func pointer[T any](v sql.Null[T]) *T {
	if !v.Valid {
		return nil
	}
	return &v.V
}

func (r *reader) readAllowed() error {
	return r.each(`SELECT account_id, prefix FROM allow_list ORDER BY account_id, prefix`, func(rows *sql.Rows) error {
		var a routing.Allow
		if err := rows.Scan(&a.AccountID, &a.Prefix); err != nil {
			return err
		}
		if r.prefix("allow_list", a.AccountID, "prefix", a.Prefix) {
			r.data.Allowed = append(r.data.Allowed, a)
		}
		return nil
	})
}

// dialRules are the columns of e164.DialRules.
type dialRules struct{ country, international, trunk string }

func (r *reader) dialRules(account int64, text dialRules) (rules e164.DialRules, ok bool) {
	rules, err := e164.NewDialRules(text.country, text.international, text.trunk)
	if err != nil {
		r.problem("accounts", account, "country, international_prefix, trunk_prefix", "%v", err)
		return e164.DialRules{}, false
	}
	return rules, true
}

func (r *reader) minTier(table string, id int64, text string) (tier routing.Tier, ok bool) {
	tier, err := routing.ParseTier(text)
	if err != nil {
		r.problem(table, id, "min_tier", "%v", err)
		return 0, false
	}
	return tier, true
}

// caps fills the dearest prices to buy at; NULL is any price.
func (r *reader) caps(a *routing.Account, perMinute sql.Null[money.Rate], fee sql.Null[money.Amount]) (ok bool) {
	switch {
	case perMinute.V < 0:
		r.problem("accounts", a.ID, "max_per_minute", "%s: want a price, or NULL for any", perMinute.V)
		return false
	case fee.V < 0:
		r.problem("accounts", a.ID, "max_connection_fee", "%s: want a price, or NULL for any", fee.V)
		return false
	}
	if perMinute.Valid {
		a.MaxRate = &perMinute.V
	}
	if fee.Valid {
		a.MaxFee = &fee.V
	}
	return true
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
			COALESCE(login, ''), COALESCE(password, ''), enabled <> 0, channels, cps
		FROM gates ORDER BY id`, func(rows *sql.Rows) error {
		var g routing.Gate
		var cid string
		if err := rows.Scan(&g.ID, &g.NumberID, &g.ServerID, &g.Name, &g.Context, &cid, &g.Host, &g.Port,
			&g.Login, &g.Password, &g.Enabled, &g.Limit.Channels, &g.Limit.CPS); err != nil {
			return err
		}
		var ok [2]bool
		g.CLISupport, ok[0] = r.yes("gates", g.ID, "cid_support", cid)
		ok[1] = r.limit("gates", g.ID, g.Limit)
		// Unusable, but it still binds its number: no other way may show it.
		g.Enabled = g.Enabled && ok == [2]bool{true, true}
		r.data.Gates = append(r.data.Gates, g)
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
