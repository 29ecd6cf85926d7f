package routing

import (
	"fmt"
	"net/netip"
	"slices"

	"tandem/internal/e164"
	"tandem/internal/money"
)

// The look-ups below return nil when there is no such row.

// Server finds a server by Asterisk's systemname.
func (s *Snapshot) Server(name string) *Server { return s.serverNames[name] }

// IsPeer says whether an address belongs to one of our servers: only they may
// ask Tandem anything.
func (s *Snapshot) IsPeer(a netip.Addr) bool {
	_, ok := s.peers[a.Unmap()]
	return ok
}

// ProviderAt finds the provider that sends from a source address; the longest
// network wins.
func (s *Snapshot) ProviderAt(source netip.Addr) *Provider {
	source = source.Unmap()
	for _, a := range s.networks {
		if a.Network.Contains(source) {
			return s.providers[a.ProviderID]
		}
	}
	return nil
}

// Provider finds a provider by id.
func (s *Snapshot) Provider(id int64) *Provider { return s.providers[id] }

// PolicyByID finds a policy that can be used.
func (s *Snapshot) PolicyByID(id int64) *Policy { return s.policies[id] }

// Number finds a number of the pool.
func (s *Snapshot) Number(n e164.Number) *Number { return s.numbers[n] }

// Account finds an account by id.
func (s *Snapshot) Account(id int64) *Account { return s.accounts[id] }

// Subscriber finds a subscriber by id.
func (s *Snapshot) Subscriber(id int64) *Subscriber { return s.subscribers[id] }

// Login finds a subscriber by login, which is also its endpoint's name.
func (s *Snapshot) Login(login string) *Subscriber { return s.logins[login] }

// Extension finds a subscriber by its short number inside an account.
func (s *Snapshot) Extension(account int64, digits string) *Subscriber {
	return s.extensions[extension{account, digits}]
}

// DutyFor is the duty operator of a number, else of a server.
func (s *Snapshot) DutyFor(number *Number, server *Server) *Subscriber {
	if number != nil {
		if op := s.numberDuty[number.ID]; op != nil {
			return op
		}
	}
	return s.serverDuty[server.ID]
}

// ServerByID finds a server by id.
func (s *Snapshot) ServerByID(id int64) *Server { return s.servers[id] }

// Servers lists all servers in id order.
func (s *Snapshot) Servers() []*Server {
	list := make([]*Server, 0, len(s.servers))
	for _, v := range s.servers {
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b *Server) int { return int(a.ID - b.ID) })
	return list
}

// Subscribers lists all subscribers in id order.
func (s *Snapshot) Subscribers() []*Subscriber {
	list := make([]*Subscriber, 0, len(s.subscribers))
	for _, v := range s.subscribers {
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b *Subscriber) int { return int(a.ID - b.ID) })
	return list
}

// Trunks lists a provider's ways out over SIP, in id order.
func (s *Snapshot) Trunks(provider int64) []*Address { return s.addresses[provider] }

// Sources lists the networks that a provider's calls come from.
func (s *Snapshot) Sources(provider int64) []netip.Prefix {
	var list []netip.Prefix
	for _, a := range s.networks {
		if a.ProviderID == provider && a.Protocol == "SIP" {
			list = append(list, a.Network)
		}
	}
	return list
}

// Providers lists all providers in id order.
func (s *Snapshot) Providers() []*Provider { return s.providersInOrder() }

// GatesAt lists the enabled gates on a server with their numbers, in id order.
func (s *Snapshot) GatesAt(server int64) []GateNumber {
	var list []GateNumber
	for _, number := range s.numbers {
		for _, g := range s.gatesOf[number.ID] {
			if g.ServerID == server && g.Enabled {
				list = append(list, GateNumber{g, number})
			}
		}
	}
	slices.SortFunc(list, func(a, b GateNumber) int { return int(a.Gate.ID - b.Gate.ID) })
	return list
}

// GateNumber is a gate together with the number it is bound to.
type GateNumber struct {
	Gate   *Gate
	Number *Number
}

// Currency is the ISO 4217 code of a currency id, empty when unknown.
func (s *Snapshot) Currency(id int64) string { return s.currencies[id] }

// ToBase converts a sum to the base currency, rounded half away from zero.
func (s *Snapshot) ToBase(a money.Amount, currencyID int64) (money.Amount, error) {
	fx := s.fx[currencyID]
	if fx == 0 {
		return 0, fmt.Errorf("currency %d (%s): no exchange rate in force", currencyID, s.currencies[currencyID])
	}
	return money.Convert(a, fx, s.baseFX)
}

// Rates is the table of rates, to build the next one from.
func (s *Snapshot) Rates() *RateTable { return s.rates }

// GateKeys are the ways out through a dial peer of a server; several gates may
// share one.
func (s *Snapshot) GateKeys(server, peer string) []Key {
	v := s.serverNames[server]
	if v == nil {
		return nil
	}
	var keys []Key
	for provider, gates := range s.gates {
		for _, g := range gates {
			if g.ServerID == v.ID && g.Name == peer {
				keys = append(keys, Key{ProviderID: provider, GateID: g.ID})
			}
		}
	}
	return keys
}

// Limits gives every limit on channels and calls per second.
func (s *Snapshot) Limits(provider, gate, account func(id int64, l Limit)) {
	for id, p := range s.providers {
		provider(id, p.Limit)
	}
	for _, gates := range s.gatesOf {
		for _, g := range gates {
			gate(g.ID, g.Limit)
		}
	}
	for id, a := range s.accounts {
		account(id, a.Limit)
	}
}

// Usable says whether a planned route still stands in this snapshot.
func (s *Snapshot) Usable(k Key) bool {
	switch {
	case k.SubscriberID != 0:
		v := s.subscribers[k.SubscriberID]
		return v != nil && v.Enabled
	case k.ServerID != 0:
		return s.servers[k.ServerID] != nil
	}
	p := s.providers[k.ProviderID]
	if p == nil || !p.Enabled {
		return false
	}
	for _, g := range s.gates[k.ProviderID] {
		if g.ID == k.GateID {
			return g.Enabled
		}
	}
	for _, a := range s.addresses[k.ProviderID] {
		if a.ID == k.AddressID {
			return true
		}
	}
	return false
}

// FX is how many units of a currency one euro buys, as of the snapshot; 0: not
// known.
func (s *Snapshot) FX(currencyID int64) money.FX { return s.fx[currencyID] }

// BaseFX is how many units of the base currency one euro buys.
func (s *Snapshot) BaseFX() money.FX { return s.baseFX }
