package db

import (
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"tandem/internal/money"
	"tandem/routing"
)

func (r *reader) readCurrencies() error {
	return r.each(`SELECT id, iso FROM currency ORDER BY id`, func(rows *sql.Rows) error {
		var c routing.Currency
		if err := rows.Scan(&c.ID, &c.ISO); err != nil {
			return err
		}
		r.data.Currencies = append(r.data.Currencies, c)
		return nil
	})
}

// readFX reads, of every currency, the latest rate that was not in the future
// then.
func (r *reader) readFX() error {
	r.data.FX = map[int64]money.FX{}
	return r.each(`SELECT f.currency_id, f.per_eur FROM fx_rates f
		JOIN (SELECT currency_id, MAX(valid_from) AS valid_from FROM fx_rates WHERE valid_from <= ? GROUP BY currency_id) latest
			ON latest.currency_id = f.currency_id AND latest.valid_from = f.valid_from
		ORDER BY f.currency_id`, func(rows *sql.Rows) error {
		var currency int64
		var text string
		if err := rows.Scan(&currency, &text); err != nil {
			return err
		}
		fx, err := money.ParseFX(text)
		if err != nil {
			r.problem("fx_rates", currency, "per_eur", "%v; want units per euro, above zero", err)
			return nil
		}
		r.data.FX[currency] = fx
		return nil
	}, r.now)
}

func (r *reader) readProviders() error {
	return r.each(`SELECT id, providername, currency_id, noncli_prefix, cli_prefix, premcli_prefix, cli_allowed, dynamic_calls,
			append_plus <> 0, dynamic_calls_caller_id, enabled <> 0, channels, cps
		FROM providers ORDER BY id`, func(rows *sql.Rows) error {
		var p routing.Provider
		var prefixes [3]sql.NullString
		var cliAllowed, dynamic string
		var defaultCLI sql.NullString
		if err := rows.Scan(&p.ID, &p.Name, &p.CurrencyID, &prefixes[routing.TierNonCLI], &prefixes[routing.TierCLI],
			&prefixes[routing.TierPremium], &cliAllowed, &dynamic, &p.AppendPlus, &defaultCLI, &p.Enabled,
			&p.Limit.Channels, &p.Limit.CPS); err != nil {
			return err
		}
		var ok [5]bool
		p.CLIAllowed, ok[0] = r.yes("providers", p.ID, "cli_allowed", cliAllowed)
		p.Dynamic, ok[1] = r.yes("providers", p.ID, "dynamic_calls", dynamic)
		p.DefaultCLI, ok[2] = r.number("providers", p.ID, "dynamic_calls_caller_id", defaultCLI)
		ok[3] = r.tierPrefixes(&p, prefixes)
		ok[4] = r.limit("providers", p.ID, p.Limit)
		if ok != [5]bool{true, true, true, true, true} {
			r.leftOut[p.ID] = true
			return nil
		}
		r.data.Providers = append(r.data.Providers, p)
		return nil
	})
}

// tierPrefixes keeps NULL (not sold) apart from empty (sold without a prefix).
func (r *reader) tierPrefixes(p *routing.Provider, prefixes [3]sql.NullString) (ok bool) {
	columns := [3]string{routing.TierNonCLI: "noncli_prefix", routing.TierCLI: "cli_prefix", routing.TierPremium: "premcli_prefix"}
	p.Plain = true
	for tier, prefix := range prefixes {
		if !prefix.Valid {
			continue
		}
		if strings.Trim(prefix.String, "0123456789*#") != "" {
			r.problem("providers", p.ID, columns[tier], "%q: want digits, or NULL when the tier is not sold", prefix.String)
			return false
		}
		p.TierPrefix[tier] = &prefix.String
		p.Plain = false
	}
	return true
}

func (r *reader) readAddresses() error {
	return r.each(`SELECT id, provider_id, ipaddress, domainname, direction, proto, COALESCE(port, 0), COALESCE(proxy, '')
		FROM providers_ips ORDER BY id`, func(rows *sql.Rows) error {
		var a routing.Address
		var ip, domain sql.NullString
		var direction string
		if err := rows.Scan(&a.ID, &a.ProviderID, &ip, &domain, &direction, &a.Protocol, &a.Port, &a.Proxy); err != nil {
			return err
		}
		var ok [3]bool
		a.Direction, ok[0] = r.direction("providers_ips", a.ID, direction)
		ok[1] = r.protocol(a.ID, a.Protocol)
		ok[2] = r.where(&a, ip.String, domain.String)
		if ok != [3]bool{true, true, true} || r.leftOut[a.ProviderID] {
			return nil
		}
		r.data.Addresses = append(r.data.Addresses, a)
		return nil
	})
}

func (r *reader) protocol(id int64, text string) (ok bool) {
	switch text {
	case "SIP", "IAX2", "H323":
		return true
	}
	r.problem("providers_ips", id, "proto", "%q: want SIP, IAX2 or H323", text)
	return false
}

// where fills what identifies the address as a source and what we dial.
func (r *reader) where(a *routing.Address, ip, domain string) (ok bool) {
	a.Host = domain
	if ip != "" {
		network, err := parseNetwork(ip)
		if err != nil {
			r.problem("providers_ips", a.ID, "ipaddress", "%q: %v", ip, err)
			return false
		}
		a.Network = network
		if a.Host == "" && network.IsSingleIP() {
			a.Host = network.Addr().String()
		}
	}
	switch {
	case a.Direction&routing.Out != 0 && a.Host == "":
		r.problem("providers_ips", a.ID, "domainname", "nothing to dial: an OUT row wants a domain name or a single address")
		return false
	case a.Direction == routing.In && !a.Network.IsValid():
		r.problem("providers_ips", a.ID, "ipaddress", "nothing to know it by: an IN row wants an address or a network; names prove nothing")
		return false
	case a.Proxy != "" && !hostPort(a.Proxy):
		r.problem("providers_ips", a.ID, "proxy", "%q: want host:port", a.Proxy)
		return false
	}
	return true
}

var (
	errNetwork     = errors.New("want an address or a network, e.g. 192.0.2.7 or 192.0.2.0/24")
	errWholeWorld  = errors.New("this network is the whole Internet: anybody could pass for the provider")
	errUnspecified = errors.New("this address stands for no host")
)

// parseNetwork reads an address as a network of one, or a network, whose host
// bits are dropped. IPv4 inside IPv6 becomes IPv4: sources are compared so.
func parseNetwork(text string) (netip.Prefix, error) {
	network, err := netip.ParsePrefix(text)
	if err != nil {
		addr, err := parseAddr(text)
		if err != nil {
			return netip.Prefix{}, err
		}
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	if network.Addr().Is4In6() {
		return netip.Prefix{}, fmt.Errorf("%w; write the IPv4 network itself", errNetwork)
	}
	if network.Bits() == 0 {
		return netip.Prefix{}, errWholeWorld
	}
	return network.Masked(), nil
}

func parseAddr(text string) (netip.Addr, error) {
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" {
		return netip.Addr{}, errNetwork
	}
	if addr = addr.Unmap(); addr.IsUnspecified() {
		return netip.Addr{}, errUnspecified
	}
	return addr, nil
}

func hostPort(text string) bool {
	host, port, err := net.SplitHostPort(text)
	if err != nil || host == "" {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

func (r *reader) readStopRules() error {
	return r.each(`SELECT id, COALESCE(provider_id, 0), COALESCE(sip_status, 0), COALESCE(cause, 0), rang, stop <> 0, COALESCE(release_cause, 0)
		FROM stop_rules ORDER BY id`, func(rows *sql.Rows) error {
		var s routing.StopRule
		var rang sql.NullInt64
		if err := rows.Scan(&s.ID, &s.ProviderID, &s.SIPStatus, &s.Cause, &rang, &s.Stop, &s.Release); err != nil {
			return err
		}
		if rang.Valid {
			yes := rang.Int64 != 0
			s.Rang = &yes
		}
		switch {
		case s.SIPStatus != 0 && (s.SIPStatus < 300 || s.SIPStatus > 699):
			r.problem("stop_rules", s.ID, "sip_status", "%d: want a final answer, 300 to 699, or NULL for any", s.SIPStatus)
		case s.Cause > 127:
			r.problem("stop_rules", s.ID, "cause", "%d: want a Q.850 cause, 1 to 127, or NULL for any", s.Cause)
		case s.Release > 127:
			r.problem("stop_rules", s.ID, "release_cause", "%d: want a Q.850 cause, 1 to 127, or NULL for the one received", s.Release)
		default:
			r.data.StopRules = append(r.data.StopRules, s)
		}
		return nil
	})
}
