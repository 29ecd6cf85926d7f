package sip

import (
	"context"
	"maps"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
)

// CarrierConfig describes a simulated provider.
type CarrierConfig struct {
	// Name is for records and logs, and the user part of its own address.
	Name string
	// Addr is the address it listens on; it must be one address, not all of
	// them. Port 0 takes a free one, see Carrier.Addr.
	Addr netip.AddrPort
	// Profile decides what becomes of each call; nil is Digits.
	Profile Profile
	// Exchange is shared by carriers that take part in the same hunts; nil makes
	// one of its own. Only the default Profile asks it.
	Exchange *Exchange
	// Logins may register: login → password. Nobody may if it is empty.
	Logins map[string]string
	// AuthCalls makes INVITEs prove a login as well (407).
	AuthCalls bool
	// RegisteredFor is the longest registration granted; 0 grants what is asked.
	RegisteredFor time.Duration
	// Realm of the challenges; "" takes Name.
	Realm string
	// Media opens an RTP socket for each call it takes and sends silence on all
	// its calls, from early media on. Without it nobody reads what the session
	// description of a taken call names; a call it places always counts packets.
	Media bool
	// Keep bounds the records; 0 keeps 10 000. Counters go on counting.
	Keep int
	// KeepText keeps the INVITE itself in each record.
	KeepText bool
	Log      zerolog.Logger
}

// Carrier is a simulated provider: it takes calls and decides their outcome,
// accepts registrations and can place calls itself.
type Carrier struct {
	agent   *agent
	profile Profile
	orders  atomic.Pointer[orders]
}

// orders override the profile. They are replaced as a whole, never changed.
type orders struct {
	all      *Outcome
	bySuffix map[string]Outcome
}

// NewCarrier makes a carrier; it takes no calls before Start.
func NewCarrier(cfg CarrierConfig) *Carrier {
	c := &Carrier{profile: cfg.Profile}
	if c.profile == nil {
		c.profile = Digits(cfg.Exchange)
	}
	if cfg.Realm == "" {
		cfg.Realm = cfg.Name
	}
	c.orders.Store(&orders{})
	c.agent = &agent{
		name: cfg.Name, addr: cfg.Addr, log: cfg.Log, realm: cfg.Realm,
		logins: maps.Clone(cfg.Logins), authCalls: cfg.AuthCalls,
		registeredFor: cfg.RegisteredFor,
		sendsMedia:    cfg.Media, countsMedia: cfg.Media, keepText: cfg.KeepText,
		records: newRecorder(cfg.Keep), registrar: newRegistrar(),
		choose: c.choose,
	}
	return c
}

// Start binds the address and takes calls until Close. ctx bounds the binding
// only.
func (c *Carrier) Start(ctx context.Context) error { return c.agent.start(ctx) }

// Close hangs up what is left, waits for it and releases the sockets.
func (c *Carrier) Close() error { return c.agent.stop() }

// Addr is where the carrier listens, with the real port once it is started.
func (c *Carrier) Addr() netip.AddrPort { return c.agent.addr }

// Name is the carrier's name.
func (c *Carrier) Name() string { return c.agent.name }

// SetOutcome gives every call this outcome, whatever the profile says.
func (c *Carrier) SetOutcome(o Outcome) {
	c.order(func(ord *orders) { ord.all = &o })
}

// SetOutcomeFor gives calls to numbers with this ending (a whole number is its
// own ending) this outcome. It goes before SetOutcome; the longest ending wins.
func (c *Carrier) SetOutcomeFor(suffix string, o Outcome) {
	c.order(func(ord *orders) { ord.bySuffix[suffix] = o })
}

// ClearOutcomes takes back all SetOutcome and SetOutcomeFor.
func (c *Carrier) ClearOutcomes() { c.orders.Store(&orders{}) }

// order publishes changed orders; calls that are being decided see the old ones.
func (c *Carrier) order(change func(*orders)) {
	for {
		old := c.orders.Load()
		next := &orders{all: old.all, bySuffix: maps.Clone(old.bySuffix)}
		if next.bySuffix == nil {
			next.bySuffix = make(map[string]Outcome)
		}
		change(next)
		if c.orders.CompareAndSwap(old, next) {
			return
		}
	}
}

// choose is the outcome of a call: an order for its number, an order for all,
// the profile.
func (c *Carrier) choose(in Invite) Outcome {
	ord := c.orders.Load()
	longest, found := "", false
	for suffix := range ord.bySuffix {
		if endsWith(in.Called, suffix) && (!found || len(suffix) > len(longest)) {
			longest, found = suffix, true
		}
	}
	switch {
	case found:
		return ord.bySuffix[longest]
	case ord.all != nil:
		return *ord.all
	}
	return c.profile(in)
}

// Calls are the newest records, oldest first.
func (c *Carrier) Calls() []CallRecord { return c.agent.records.calls() }

// WaitCall waits for a record, old or new, that matches; see Offered and Ended.
// match must not call the carrier.
func (c *Carrier) WaitCall(ctx context.Context, match func(CallRecord) bool) (CallRecord, error) {
	return c.agent.records.wait(ctx, match)
}

// WaitIdle waits until no call to the carrier is in progress.
func (c *Carrier) WaitIdle(ctx context.Context) error { return c.agent.records.waitIdle(ctx) }

// Counters are totals since Start.
func (c *Carrier) Counters() Counters { return c.agent.records.totals() }

// SoundPackets is how many RTP packets in all calls held more than silence.
func (c *Carrier) SoundPackets() int { return int(c.agent.heard.Load()) }

// Registrations are those in force, sorted by login.
func (c *Carrier) Registrations() []Registration { return c.agent.registrar.all() }

// WaitRegistration returns as soon as the login is registered.
func (c *Carrier) WaitRegistration(ctx context.Context, login string) (Registration, error) {
	return c.agent.registrar.wait(ctx, login)
}

// Hangup ends a call we took, by its Call-ID: BYE if it is answered, 480 if it
// is not. It reports whether there was such a call.
func (c *Carrier) Hangup(callID string) bool { return c.agent.hangup(callID) }

// Call places a call from the carrier's own address. ctx bounds the sending of
// the INVITE only.
func (c *Carrier) Call(ctx context.Context, spec CallSpec) (*Call, error) {
	return c.agent.dial(ctx, spec)
}

// Load places calls at a steady rate from the carrier's own address.
func (c *Carrier) Load(ctx context.Context, spec LoadSpec) (LoadResult, error) {
	return c.agent.load(ctx, spec)
}

// endsWith compares endings of numbers; an empty ending is no ending.
func endsWith(number, suffix string) bool {
	return suffix != "" && strings.HasSuffix(number, suffix)
}
