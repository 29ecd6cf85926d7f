package routing

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"tandem/billing/rate"
	"tandem/geo"
	"tandem/internal/e164"
	"tandem/internal/money"
)

// Options are the choices of routing that come from the configuration.
type Options struct {
	BaseCurrency string        // ISO 4217: costs are compared in it
	Prior        *rate.Lengths // call lengths where nothing has been measured; nil: DefaultPrior
	Places       *geo.Atlas    // for rules that ask where a number is from; nil: one of the snapshot's own
}

// MaxRoutes is how many attempts one call may make.
const MaxRoutes = 10

// Problem is a row that could not be used, with what to do about it. The rest
// of the data lives on without it.
type Problem struct {
	Table  string `json:"table"`
	ID     int64  `json:"id"`
	Column string `json:"column"`
	Detail string `json:"detail"`
}

func (p Problem) String() string {
	return fmt.Sprintf("%s id %d, %s: %s", p.Table, p.ID, p.Column, p.Detail)
}

// Snapshot is everything routing knows at one moment. It is never changed after
// NewSnapshot, so any number of calls read it without a lock.
type Snapshot struct {
	Version uint64
	BuiltAt time.Time
	Options Options

	servers     map[int64]*Server
	serverNames map[string]*Server
	peers       map[netip.Addr]struct{}
	providers   map[int64]*Provider
	addresses   map[int64][]*Address // by provider, OUT over SIP, in id order
	networks    []*Address           // IN, longest network first
	gates       map[int64][]*Gate    // by provider, in id order
	gatesOf     map[int64][]*Gate    // by number id
	numbers     map[e164.Number]*Number
	numberIDs   map[int64]*Number
	accounts    map[int64]*Account
	subscribers map[int64]*Subscriber
	logins      map[string]*Subscriber
	extensions  map[extension]*Subscriber
	serverDuty  map[int64]*Subscriber
	numberDuty  map[int64]*Subscriber
	stopRules   map[int64][]StopRule // by provider, 0 for all; most specific first
	fx          map[int64]money.FX
	currencies  map[int64]string
	baseFX      money.FX

	decks       []deck // what providers sell, by provider and tier
	rates       *RateTable
	tariffs     map[int64]*tariff
	lengths     prefixMap[lengthProfile]
	policies    map[int64]*Policy
	policyRules byAccount[PolicyRule]
	routeRules  byAccount[RouteRule]
	blockedA    prefixMap[blockedFor]
	blockedB    prefixMap[blockedFor]
	allowed     allowed

	blockedPlaces byAccount[placeBlock] // nil: there are none
}

type extension struct {
	account int64
	digits  string
}

// deck is what one provider sells in one tier.
type deck struct {
	provider *Provider
	tier     Tier
	prefix   string // technical prefix before the B-number
	slot     int    // of its rows in the rate table; -1: no deck is in force
	id       int64  // of the deck in force
	version  int
	fx       money.FX // of the provider's currency; 0: not known

	gates     []*Gate
	addresses []*Address
}

// tariff is what we sell by.
type tariff struct {
	*Tariff
	slot int   // as in deck
	id   int64 // of the deck in force
	fx   money.FX
	bad  bool // its markup cannot be used: nothing is sold by it
}

// Names that reach Asterisk: dial peers and logins. They go into dial strings
// and configuration files, so the alphabet is closed.
var (
	gateName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$`)
	loginName = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{2,62}$`)
	hostName  = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.:-]{0,252})$`)
	iax2Path  = regexp.MustCompile(`^IAX2/[A-Za-z0-9_.@:-]{1,120}$`)
)

// NewSnapshot checks and indexes rows. Rows that cannot be used are left out
// and told as problems; it fails only where no call could be routed rightly at
// all.
func NewSnapshot(d Data, o Options, now time.Time) (*Snapshot, []Problem, error) {
	s := &Snapshot{
		Version: d.Version, BuiltAt: now, Options: o,
		servers: map[int64]*Server{}, serverNames: map[string]*Server{}, peers: map[netip.Addr]struct{}{},
		providers: map[int64]*Provider{}, addresses: map[int64][]*Address{}, gates: map[int64][]*Gate{},
		gatesOf: map[int64][]*Gate{}, numbers: map[e164.Number]*Number{}, numberIDs: map[int64]*Number{}, accounts: map[int64]*Account{},
		subscribers: map[int64]*Subscriber{}, logins: map[string]*Subscriber{}, extensions: map[extension]*Subscriber{},
		serverDuty: map[int64]*Subscriber{}, numberDuty: map[int64]*Subscriber{}, stopRules: map[int64][]StopRule{},
		fx: d.FX, currencies: map[int64]string{}, rates: d.Rates, tariffs: map[int64]*tariff{}, policies: map[int64]*Policy{},
	}
	if o.Prior == nil {
		s.Options.Prior = DefaultPrior()
	}
	b := builder{Snapshot: s}
	if err := b.currencyBase(d); err != nil {
		return nil, nil, err
	}
	b.addServers(d.Servers)
	b.addProviders(d.Providers, d.Addresses)
	b.addNumbers(d.Numbers, d.Gates)
	b.addAccounts(d.Accounts, d.Subscribers, d.Duties)
	b.addStopRules(d.StopRules)
	b.addDecks(d.Decks, d.Tariffs)
	b.addLengths(d.Lengths)
	b.addPolicies(d.Policies, d.PolicyRules)
	b.addRouteRules(d.RouteRules)
	b.addBlocks(d.Blocks)
	s.allowed = newAllowed(d.Allowed)
	return s, b.problems, nil
}

// builder carries the problems while a snapshot is made.
type builder struct {
	*Snapshot
	problems []Problem
	placed   []placeBlock
}

func (b *builder) problem(table string, id int64, column, format string, args ...any) {
	b.problems = append(b.problems, Problem{table, id, column, fmt.Sprintf(format, args...)})
}

func (b *builder) currencyBase(d Data) error {
	for _, c := range d.Currencies {
		b.currencies[c.ID] = c.ISO
		if c.ISO == b.Options.BaseCurrency {
			b.baseFX = d.FX[c.ID]
		}
	}
	if b.baseFX == 0 {
		return fmt.Errorf("routing.base_currency %q: needs a row in currency and one in fx_rates that is in force", b.Options.BaseCurrency)
	}
	return nil
}

func (b *builder) addServers(servers []Server) {
	for i := range servers {
		v := &servers[i]
		if v.IAX2 != "" && !iax2Path.MatchString(v.IAX2) {
			b.problem("servers", v.ID, "iax2", "%q is no IAX2 path such as IAX2/user@peer; calls cannot be redirected there", v.IAX2)
			v.IAX2 = ""
		}
		b.servers[v.ID] = v
		b.serverNames[v.Name] = v
		for _, a := range v.Addresses {
			b.peers[a.Unmap()] = struct{}{}
		}
	}
}

func (b *builder) addProviders(providers []Provider, addresses []Address) {
	for i := range providers {
		b.providers[providers[i].ID] = &providers[i]
	}
	for i := range addresses {
		v := &addresses[i]
		if b.providers[v.ProviderID] == nil {
			b.problem("providers_ips", v.ID, "provider_id", "no provider %d", v.ProviderID)
			continue
		}
		if v.Direction&In != 0 && v.Network.IsValid() {
			b.networks = append(b.networks, v)
		}
		if v.Direction&Out == 0 || v.Protocol != "SIP" {
			continue
		}
		if !hostName.MatchString(v.Host) {
			b.problem("providers_ips", v.ID, "domainname", "%q is no host name or address; the way out is not used", v.Host)
			continue
		}
		b.addresses[v.ProviderID] = append(b.addresses[v.ProviderID], v)
	}
	slices.SortStableFunc(b.networks, func(x, y *Address) int { return y.Network.Bits() - x.Network.Bits() })
}

func (b *builder) addNumbers(numbers []Number, gates []Gate) {
	for i := range numbers {
		v := &numbers[i]
		b.numbers[v.Number] = v
		b.numberIDs[v.ID] = v
	}
	for i := range gates {
		v := &gates[i]
		number := b.numberIDs[v.NumberID]
		switch {
		case number == nil:
			b.problem("gates", v.ID, "numbers_pool_id", "no number %d", v.NumberID)
		case !gateName.MatchString(v.Name) || strings.HasPrefix(v.Name, trunkPrefix):
			b.problem("gates", v.ID, "gatename", "%q: want letters, digits, _ . - and not the prefix %s", v.Name, trunkPrefix)
			// Unusable, but it still binds its number: no other way may show it.
			v.Enabled = false
			b.gatesOf[v.NumberID] = append(b.gatesOf[v.NumberID], v)
		default:
			b.gatesOf[v.NumberID] = append(b.gatesOf[v.NumberID], v)
			b.gates[number.ProviderID] = append(b.gates[number.ProviderID], v)
		}
	}
}

func (b *builder) addAccounts(accounts []Account, subscribers []Subscriber, duties []Duty) {
	taken := map[string]bool{}
	for _, gates := range b.gatesOf {
		for _, g := range gates {
			taken[g.Name] = true
		}
	}
	for i := range accounts {
		b.accounts[accounts[i].ID] = &accounts[i]
	}
	for i := range subscribers {
		v := &subscribers[i]
		switch {
		case b.accounts[v.AccountID] == nil:
			b.problem("subscribers", v.ID, "account_id", "no account %d", v.AccountID)
		case !loginName.MatchString(v.Login) || strings.HasPrefix(v.Login, trunkPrefix):
			b.problem("subscribers", v.ID, "login", "%q: want 3 to 63 of a-z, 0-9, _ . - and not the prefix %s", v.Login, trunkPrefix)
		case taken[v.Login]:
			// A subscriber that bears a trunk's name could be taken for it.
			b.problem("subscribers", v.ID, "login", "%q is the name of a gate or of another subscriber", v.Login)
		default:
			taken[v.Login] = true
			b.subscribers[v.ID] = v
			b.logins[v.Login] = v
			if v.Extension != "" {
				b.extensions[extension{v.AccountID, v.Extension}] = v
			}
		}
	}
	for _, v := range duties {
		subscriber := b.subscribers[v.SubscriberID]
		switch {
		case subscriber == nil:
			b.problem("duty_operators", v.SubscriberID, "subscriber_id", "no subscriber %d that can be rung", v.SubscriberID)
		case v.NumberID != 0:
			b.numberDuty[v.NumberID] = subscriber
		default:
			b.serverDuty[v.ServerID] = subscriber
		}
	}
}

// addDecks joins what providers sell to the decks in force. A tier without a
// deck stays: its routes are left out by name.
func (b *builder) addDecks(decks []Deck, tariffs []Tariff) {
	for i := range tariffs {
		t := &tariffs[i]
		b.tariffs[t.ID] = &tariff{Tariff: t, slot: -1, fx: b.fx[t.CurrencyID], bad: !b.goodMarkup(t)}
	}
	index := map[deckKey]int{}
	for _, p := range b.providersInOrder() {
		for _, t := range Tiers() {
			if prefix, sold := p.sells(t); sold {
				index[deckKey{p.ID, t}] = len(b.decks)
				b.decks = append(b.decks, deck{
					provider: p, tier: t, prefix: prefix, slot: -1, fx: b.fx[p.CurrencyID], gates: b.gates[p.ID], addresses: b.addresses[p.ID],
				})
			}
		}
	}
	for _, d := range decks {
		slot, ok := b.rates.slot(DeckRef{d.ID, d.Revision})
		if !ok {
			b.problem("decks", d.ID, "id", "its rows are not loaded")
			continue
		}
		if d.TariffID != 0 {
			if t := b.tariffs[d.TariffID]; t != nil {
				t.slot, t.id = slot, d.ID
			}
			continue
		}
		i, sold := index[deckKey{d.ProviderID, d.Tier}]
		if !sold {
			b.problem("decks", d.ID, "tier", "provider %d sells no tier %s: set its prefix in providers, or roll the deck back", d.ProviderID, d.Tier)
			continue
		}
		b.decks[i].slot, b.decks[i].id, b.decks[i].version = slot, d.ID, d.Version
	}
}

type deckKey struct {
	provider int64
	tier     Tier
}

func validPrefix(s string) bool {
	return s != "" && len(s) <= e164.MaxDigits && strings.Trim(s, "0123456789") == ""
}

func (s *Snapshot) providersInOrder() []*Provider {
	list := make([]*Provider, 0, len(s.providers))
	for _, p := range s.providers {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b *Provider) int { return int(a.ID - b.ID) })
	return list
}
