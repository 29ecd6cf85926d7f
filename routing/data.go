package routing

import (
	"net/netip"
	"time"

	"tandem/billing/rate"
	"tandem/geo"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/internal/q850"
)

// Data is everything a snapshot is made of, as plain rows. Package db reads it
// from MariaDB in one consistent transaction; NewSnapshot checks and indexes
// it. IDs are the tables' primary keys.
type Data struct {
	Version     uint64 // highest change_log id the rows include
	Servers     []Server
	Providers   []Provider
	Addresses   []Address
	Gates       []Gate
	Numbers     []Number
	Accounts    []Account
	Subscribers []Subscriber
	Duties      []Duty
	StopRules   []StopRule
	Tariffs     []Tariff
	Decks       []Deck     // those in force, at most one an owner and tier
	Rates       *RateTable // the rows of Decks; nil: none
	Lengths     []LengthCount
	Policies    []Policy
	PolicyRules []PolicyRule
	RouteRules  []RouteRule
	Blocks      []Block
	Allowed     []Allow
	Currencies  []Currency
	FX          map[int64]money.FX // by currency id: units per euro, in force now
}

// Currency is one that a provider bills in.
type Currency struct {
	ID  int64
	ISO string // ISO 4217, e.g. "USD"
}

// Driver is the channel driver a server dials with; it decides how dial
// strings look.
type Driver string

// The two channel drivers.
const (
	PJSIP   Driver = "pjsip"
	ChanSIP Driver = "chan_sip"
)

// Server is one Asterisk.
type Server struct {
	ID        int64
	Name      string       // Asterisk's systemname
	Addresses []netip.Addr // where its FastAGI connections and reports come from
	IAX2      string       // dial prefix for calls to it, e.g. "IAX2/msm@msm"
	Driver    Driver
}

// Provider is a carrier that we pay.
type Provider struct {
	ID         int64
	Name       string
	CurrencyID int64
	Enabled    bool
	CLIAllowed bool        // we may set the caller ID to any number that we may show
	Dynamic    bool        // carries any caller ID, also numbers that are not ours
	AppendPlus bool        // wants a leading + before a bare E.164 number
	DefaultCLI e164.Number // shown when a call has no caller ID of its own; may be empty
	TierPrefix [3]*string  // by Tier: technical prefix before the B-number; nil = tier not sold
	Plain      bool        // sells no tier by prefix: one way, taken for TierCLI
	Limit      Limit
}

// Limit bounds what may go on at once. 0: no limit.
type Limit struct {
	Channels int // calls at the same time
	CPS      int // new calls a second
}

// Tier is a quality of delivery that a provider sells, told by the prefix put
// before the B-number.
type Tier uint8

// Tiers from the lowest up: caller ID not guaranteed, guaranteed, premium.
const (
	TierNonCLI Tier = iota
	TierCLI
	TierPremium
)

// Direction tells which way an address or a number may be used.
type Direction uint8

// Directions are bits: In|Out is both.
const (
	In  Direction = 1
	Out Direction = 2
)

// Address is one address or network of a provider.
type Address struct {
	ID         int64
	ProviderID int64
	Network    netip.Prefix // source addresses it stands for; invalid when only a host name is known
	Host       string       // what we dial: domain name, else the address
	Port       uint16       // 0: the protocol's own
	Proxy      string       // "host:port" of an outbound proxy on the way, or empty
	Direction  Direction
	Protocol   string // SIP, IAX2, H323; only SIP is dialled
}

// Gate binds one of our numbers to a dial peer on a server.
type Gate struct {
	ID         int64
	NumberID   int64
	ServerID   int64
	Name       string // the dial peer; several gates may share it
	Context    string
	CLISupport bool   // we may send the caller ID; else the far side puts its own
	Host       string // registrar, or where to send; empty: the provider's first OUT address
	Port       uint16
	Login      string // set with Password: the gate registers
	Password   string
	Enabled    bool
	Limit      Limit
}

// Number is one rented number of the pool.
type Number struct {
	ID         int64
	Number     e164.Number
	ProviderID int64
	ServerID   int64 // 0: bound to no server
	Enabled    bool
	Direction  Direction
	Virtual    bool // not bound to a dial peer
	EchoTest   bool
	AccountID  int64 // 0: nobody's yet
	// Where an incoming call goes when no agent is known for the caller.
	DestinationSubscriberID int64       // 0: none
	DestinationNumber       e164.Number // forward to this number; empty: none
}

// Account is a customer: how its callers dial, what they show.
type Account struct {
	ID         int64
	Name       string
	Enabled    bool
	Rules      e164.DialRules
	DefaultCLI e164.Number // may be empty
	MinTier    Tier        // no route of a lower tier
	Limit      Limit
	TariffID   int64          // what its calls are sold by; 0: not known
	NoLoss     bool           // with a tariff: no route that costs more than the call is sold for
	MaxRate    *money.Rate    // dearest price per minute to buy at, in the base currency; nil: any
	MaxFee     *money.Amount  // dearest connection fee to buy at, in the base currency; nil: any
	Zone       *time.Location // of the windows that it is sold by; nil: the deck's

	// Its money, in the currency of its balance.
	CurrencyID int64         // 0: it has no balance, and can buy nothing
	Credit     *money.Amount // how far below zero the balance may go; below 0: a floor; nil: no limit
	Daily      *money.Amount // most it may spend a day, on the clock of Zone; nil: no limit
	CallLimit  *money.Amount // most one call may cost; nil: no limit
	LowBalance *money.Amount // below it the balance is low; nil: never
	Language   string        // of announcements, e.g. "ru"; empty: Asterisk's own
	AllowOnly  bool          // only numbers that begin with a prefix in Data.Allowed
}

// Allow is a prefix that an account with AllowOnly may call.
type Allow struct {
	AccountID int64
	Prefix    string
}

// Subscriber is a telephone or a PBX with a login of its own.
type Subscriber struct {
	ID        int64
	Login     string // also the endpoint's name in Asterisk
	Secret    string
	AccountID int64
	ServerID  int64
	Extension string        // short number inside the account; may be empty
	MayShow   []e164.Number // caller IDs it may present besides the account's default
	Enabled   bool
}

// Duty marks the duty operator of a server or of one number.
type Duty struct {
	SubscriberID int64
	ServerID     int64 // 0 when NumberID is set
	NumberID     int64 // 0 when ServerID is set
}

// StopRule decides after a failed attempt. Zero fields match anything; the most
// specific rule of the provider wins over the general ones.
type StopRule struct {
	ID         int64
	ProviderID int64      // 0: every provider
	SIPStatus  int        // 0: any
	Cause      q850.Cause // 0: any
	Rang       *bool      // nil: whether or not it rang
	Stop       bool       // true: end the hunt; false: next route
	Release    q850.Cause // cause to the caller when stopping; 0: as received, mapped
}

// Tariff is what we sell by. Its prices are decks, as a provider's are.
type Tariff struct {
	ID         int64
	Name       string
	CurrencyID int64
	Markup     *Markup // set: sold by what each route costs and so much more, without a deck
}

// Markup is what a cost-plus tariff adds to the provider's prices, in the
// provider's currency.
type Markup struct {
	Percent   rate.Percent // on every price and fee
	PerMinute money.Rate
}

// Deck is one version of all prices of a provider for a tier, or of a tariff.
// Its rows never change once it is published; Revision is raised when somebody
// changes them by hand all the same.
type Deck struct {
	ID         int64
	Revision   int
	Version    int // 1, 2, … of its owner and tier
	ProviderID int64
	TariffID   int64 // set instead of ProviderID
	Tier       Tier  // of a provider's deck
	Zone       *time.Location
}

// LengthCount says how many answered calls to numbers with that prefix talked
// that long.
type LengthCount struct {
	Prefix  string // of the B-number; empty: everywhere
	Seconds int32  // started seconds of talk, at least 1
	Calls   int64
}

// PolicyKind is how a policy orders the routes.
type PolicyKind string

// The kinds of policy.
const (
	LeastCost PolicyKind = "least_cost" // the cheapest expected call first
	Priority  PolicyKind = "priority"   // in the order given; equals by cost
	Share     PolicyKind = "share"      // every route its share of the calls
	BandShare PolicyKind = "band_share" // shares among those little dearer than the cheapest, then by cost
	Quality   PolicyKind = "quality"    // by what is known of the routes' quality
)

// Policy orders routes for the calls that a rule picks for it.
type Policy struct {
	ID      int64
	Name    string
	Kind    PolicyKind
	Band    int  // BandShare: how much dearer than the cheapest, in hundredths of a percent
	MinTier Tier // no route of a lower tier
	Routes  []PolicyRoute
}

// PolicyRoute is a provider, or one tier of it, in a policy. Priority and Share
// leave out what they do not name.
type PolicyRoute struct {
	ProviderID int64
	Tier       *Tier // nil: every tier
	Place      int   // Priority: lower goes first
	Weight     int   // Share, BandShare: its share, at least 1
}

// Match says which calls a rule is for. Zero fields match anything.
type Match struct {
	AccountID int64
	APrefix   string // of the number shown
	BPrefix   string // of the number called
	Window    rate.Window
	Zone      *time.Location // of Window; nil: UTC
	Place     geo.Match      // of the number called
	Quiet     Quiet          // calls in these hours where the number called may ring
}

// PolicyRule picks the policy: the first that matches, by Position.
type PolicyRule struct {
	ID       int64
	Position int
	PolicyID int64
	Match
}

// RuleAction is what a route rule does.
type RuleAction string

// The actions of a route rule.
const (
	Prefer RuleAction = "prefer" // its routes go first
	Force  RuleAction = "force"  // its routes and no others
	Forbid RuleAction = "block"  // not its routes
)

// RouteRule prefers, forces or blocks routes for the calls it matches. Zero
// fields of the route match any route; a block that names no route at all
// blocks the call.
type RouteRule struct {
	ID     int64
	Action RuleAction
	Match
	ProviderID int64
	Tier       *Tier
	GateID     int64

	name string // for people, made once
}

// Side of a call.
type Side string

// The two sides.
const (
	SideA Side = "A" // who calls: the number shown
	SideB Side = "B" // who is called
)

// Block refuses calls from or to numbers with that prefix, and of that place.
type Block struct {
	ID        int64
	Side      Side
	Prefix    string // may be empty when there is a place
	AccountID int64  // 0: for everybody
	Place     geo.Match
}
