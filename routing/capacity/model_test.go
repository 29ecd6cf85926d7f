package capacity_test

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/routing"
	"tandem/routing/capacity"
)

// The model keeps a list of calls and counts what is in use by going through it,
// each time anew. Tokens are fractions. Whatever happens to a node, in whatever
// order, the pool must say the same.
type model struct {
	now          time.Duration
	index, count int
	limits       map[capacity.Subject]capacity.Limit
	tokens       map[capacity.Subject]*big.Rat // of those with a limit of calls per second
	calls        map[string]modelCall
	expired      uint64
}

type modelCall struct {
	account        int64
	key            routing.Key
	bid            bool          // paid for here
	heard, started time.Duration // by this node; by Asterisk
}

func TestAgainstModel(t *testing.T) {
	t.Parallel()
	ids := []string{"alpha-1.1", "alpha-1.2", "alpha-1.3", "alpha-2-1.1", "beta-1.1", "beta-1.2"}
	keys := []routing.Key{
		{ProviderID: 7, GateID: 8},
		{ProviderID: 7, GateID: 8, Tier: routing.TierPremium},
		{ProviderID: 7, GateID: 9},
		{ProviderID: 7, AddressID: 8},
		{ProviderID: 8, AddressID: 1},
		{SubscriberID: 12},
		{ServerID: 2},
	}
	subjects := []capacity.Subject{
		{Kind: capacity.Provider, ID: 7},
		{Kind: capacity.Provider, ID: 8},
		{Kind: capacity.Gate, ID: 8},
		{Kind: capacity.Gate, ID: 9},
		{Kind: capacity.Account, ID: 1},
		{Kind: capacity.Account, ID: 2},
	}
	rapid.Check(t, func(t *rapid.T) {
		p := newPool(t)
		m := &model{
			count: 1, limits: map[capacity.Subject]capacity.Limit{}, tokens: map[capacity.Subject]*big.Rat{}, calls: map[string]modelCall{},
		}
		id := rapid.SampledFrom(ids)
		account := rapid.SampledFrom([]int64{0, 1, 1, 2})
		plan := rapid.SliceOfN(rapid.SampledFrom(keys), 0, 4)
		pause := rapid.SampledFrom([]time.Duration{
			0, 0, 1, time.Millisecond, 333 * time.Millisecond, 333333333, time.Second, 3 * time.Second, time.Minute, time.Hour,
		})
		at := func() time.Time { return noon.Add(m.now) }
		ask := func(what string, got capacity.Grant, want capacity.Grant) {
			if got != want {
				t.Fatalf("%s at %s\n got %+v\nwant %+v", what, m.now, got, want)
			}
		}
		look := func(t *rapid.T) {
			m.expire()
			m.compare(t, p, keys, subjects)
		}
		t.Repeat(map[string]func(*rapid.T){
			// Looking frees what is overdue and so must not come after every step.
			"look":  look,
			"pause": func(t *rapid.T) { m.pass(pause.Draw(t, "pause")) },
			"limit": func(t *rapid.T) {
				s := rapid.SampledFrom(subjects).Draw(t, "subject")
				l := capacity.Limit{Channels: rapid.IntRange(0, 3).Draw(t, "channels"), CPS: rapid.IntRange(0, 3).Draw(t, "cps")}
				m.limit(s, l)
				if err := p.SetLimits(maps.Clone(m.limits), at()); err != nil {
					t.Fatal(err)
				}
			},
			"node": func(t *rapid.T) {
				count := rapid.IntRange(1, 3).Draw(t, "nodes")
				index := rapid.IntRange(0, count-1).Draw(t, "node")
				m.share(index, count)
				if err := p.SetShare(index, count, at()); err != nil {
					t.Fatal(err)
				}
			},
			"seize": func(t *rapid.T) {
				call, payer, routes := id.Draw(t, "call"), account.Draw(t, "account"), plan.Draw(t, "plan")
				ask("seize", p.Seize(call, payer, routes, at()), m.seize(call, payer, routes))
			},
			"move": func(t *rapid.T) {
				call, routes := id.Draw(t, "call"), plan.Draw(t, "left")
				ask("move", p.Move(call, routes, at()), m.move(call, routes))
			},
			"release": func(t *rapid.T) {
				call := id.Draw(t, "call")
				m.expire()
				delete(m.calls, call)
				p.Release(call, at())
			},
			"restore": func(t *rapid.T) {
				call, payer, key := id.Draw(t, "call"), account.Draw(t, "account"), rapid.SampledFrom(keys).Draw(t, "route")
				started := m.now - pause.Draw(t, "up since")*3 + time.Second // clocks differ
				m.restore(call, payer, key, started)
				p.Restore(call, payer, key, noon.Add(started), at())
			},
			"reconcile": func(t *rapid.T) {
				server := rapid.SampledFrom([]string{"alpha", "alpha-2", "beta"}).Draw(t, "server")
				asOf := m.now - pause.Draw(t, "asked before")
				live := map[string]struct{}{}
				for _, v := range rapid.SliceOf(id).Draw(t, "live") {
					live[v] = struct{}{}
				}
				if got, want := p.Reconcile(server, live, noon.Add(asOf), at()), m.reconcile(server, live, asOf); got != want {
					t.Fatalf("reconcile freed %d, want %d", got, want)
				}
			},
		})
		look(t)
	})
}

// pass lets time go by.
func (m *model) pass(d time.Duration) {
	m.now += d
	for s, tokens := range m.tokens {
		part := big.NewRat(int64(m.limits[s].CPS)*int64(d), int64(m.count)*int64(time.Second))
		m.tokens[s] = least(tokens.Add(tokens, part), m.full(s))
	}
}

// full is one second's worth, and one call at least.
func (m *model) full(s capacity.Subject) *big.Rat {
	return big.NewRat(int64(max(m.limits[s].CPS, m.count)), int64(m.count))
}

func least(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

func (m *model) limit(s capacity.Subject, l capacity.Limit) {
	m.limits[s] = l
	switch tokens := m.tokens[s]; {
	case l.CPS == 0:
		delete(m.tokens, s)
	case tokens == nil:
		m.tokens[s] = m.full(s)
	default:
		m.tokens[s] = least(tokens, m.full(s))
	}
}

func (m *model) share(index, count int) {
	m.index, m.count = index, count
	for s, tokens := range m.tokens {
		// What is in the bucket is kept in whole parts of a call.
		unit := new(big.Rat).SetInt64(int64(count) * int64(time.Second))
		parts := new(big.Rat).Mul(tokens, unit)
		whole := new(big.Rat).SetInt(new(big.Int).Div(parts.Num(), parts.Denom()))
		m.tokens[s] = least(whole.Quo(whole, unit), m.full(s))
	}
}

// channels is this node's part: every count-th channel is its own.
func (m *model) channels(s capacity.Subject) int {
	n := 0
	for i := range m.limits[s].Channels {
		if i%m.count == m.index {
			n++
		}
	}
	return n
}

func (m *model) inUse(s capacity.Subject) int {
	n := 0
	for _, c := range m.calls {
		if slices.Contains(subjectsOf(c.account, c.key), s) {
			n++
		}
	}
	return n
}

func subjectsOf(account int64, k routing.Key) []capacity.Subject {
	var all []capacity.Subject
	for _, s := range []capacity.Subject{
		{Kind: capacity.Account, ID: account}, {Kind: capacity.Provider, ID: k.ProviderID}, {Kind: capacity.Gate, ID: k.GateID},
	} {
		if s.ID != 0 {
			all = append(all, s)
		}
	}
	return all
}

func (m *model) room(subjects []capacity.Subject) routing.Reason {
	full := map[capacity.Kind]routing.Reason{
		capacity.Provider: routing.ReasonNoChannel, capacity.Gate: routing.ReasonGateFull, capacity.Account: routing.ReasonAccountFull,
	}
	spent := map[capacity.Kind]routing.Reason{
		capacity.Provider: routing.ReasonNoCPS, capacity.Gate: routing.ReasonGateCPS, capacity.Account: routing.ReasonAccountCPS,
	}
	for _, s := range subjects {
		if m.limits[s].Channels > 0 && m.inUse(s) >= m.channels(s) {
			return full[s.Kind]
		}
		if tokens := m.tokens[s]; tokens != nil && tokens.Cmp(big.NewRat(1, 1)) < 0 {
			return spent[s.Kind]
		}
	}
	return ""
}

// pay takes a token of each, or gives it back.
func (m *model) pay(subjects []capacity.Subject, n int64) {
	for _, s := range subjects {
		if tokens := m.tokens[s]; tokens != nil {
			m.tokens[s] = least(tokens.Sub(tokens, big.NewRat(n, 1)), m.full(s))
		}
	}
}

func (m *model) expire() {
	for call, c := range m.calls {
		if c.started+capacity.DefaultConfig().MaxAge <= m.now {
			delete(m.calls, call)
			m.expired++
		}
	}
}

func (m *model) seize(call string, account int64, routes []routing.Key) capacity.Grant {
	m.expire()
	c, known := m.calls[call]
	if known {
		c = m.unbid(call)
		if c.account != account {
			m.pay(subjectsOf(c.account, routing.Key{}), -1)
			c.account = 0
		}
		delete(m.calls, call) // unless it gets something now
	} else {
		c.heard, c.started = m.now, m.now
	}
	mustPay := account != 0 && c.account == 0
	if mustPay {
		if reason := m.room(subjectsOf(account, routing.Key{})); reason != "" {
			return capacity.Grant{Reason: reason}
		}
	}
	g := m.choose(routes)
	if g.Place == 0 {
		m.pay(subjectsOf(c.account, routing.Key{}), -1)
		return g
	}
	if mustPay {
		m.pay(subjectsOf(account, routing.Key{}), 1)
	}
	c.account = account
	m.bid(call, c, routes[g.Place-1])
	return g
}

func (m *model) move(call string, left []routing.Key) capacity.Grant {
	m.expire()
	c, known := m.calls[call]
	switch {
	case !known:
		c.heard, c.started = m.now, m.now
	case slices.Contains(left, c.key):
		c = m.unbid(call)
	default:
		c.key, c.bid = routing.Key{}, false
		m.calls[call] = c
	}
	g := m.choose(left)
	if g.Place > 0 {
		m.bid(call, c, left[g.Place-1])
	}
	return g
}

func (m *model) choose(routes []routing.Key) (g capacity.Grant) {
	for i, k := range routes {
		if g.Skipped[i] = m.room(subjectsOf(0, k)); g.Skipped[i] == "" {
			g.Place = i + 1
			return g
		}
	}
	g.Reason = g.Skipped[0]
	return g
}

func (m *model) bid(call string, c modelCall, k routing.Key) {
	m.pay(subjectsOf(0, k), 1)
	c.key, c.bid = k, true
	m.calls[call] = c
}

func (m *model) unbid(call string) modelCall {
	c := m.calls[call]
	if c.bid {
		m.pay(subjectsOf(0, c.key), -1)
	}
	c.key, c.bid = routing.Key{}, false
	m.calls[call] = c
	return c
}

func (m *model) restore(call string, account int64, k routing.Key, started time.Duration) {
	m.expire()
	started = min(started, m.now)
	if started+capacity.DefaultConfig().MaxAge <= m.now {
		return
	}
	c, known := m.calls[call]
	if !known {
		c = modelCall{key: k, heard: m.now, started: started}
	}
	if c.account == 0 {
		c.account = account
	}
	m.calls[call] = c
}

func (m *model) reconcile(server string, live map[string]struct{}, asOf time.Duration) int {
	freed := 0
	for call, c := range m.calls {
		_, up := live[call]
		if !up && strings.HasPrefix(call, server+"-1.") && c.heard < asOf {
			delete(m.calls, call)
			freed++
		}
	}
	return freed
}

// compare asks everything that can be asked.
func (m *model) compare(t *rapid.T, p *capacity.Pool, keys []routing.Key, subjects []capacity.Subject) {
	at := noon.Add(m.now)
	state := p.State(at, 100)
	if state.Calls != len(m.calls) || state.Expired != m.expired {
		t.Fatalf("%d calls, %d expired, want %d, %d", state.Calls, state.Expired, len(m.calls), m.expired)
	}
	inUse := map[capacity.Subject]string{}
	for _, s := range state.Subjects {
		inUse[s.Subject] = fmt.Sprintf("%d of %d", s.InUse, s.Channels)
	}
	for _, s := range subjects {
		want := fmt.Sprintf("%d of %d", m.inUse(s), m.channels(s))
		if got, shown := inUse[s]; got != want && (shown || m.inUse(s) > 0 || m.limits[s] != capacity.Limit{}) {
			t.Fatalf("%s: %s in use, want %s", s, got, want)
		}
	}
	for _, k := range keys {
		if got, want := p.Room(k.ProviderID, k.GateID, k.AddressID, at), m.room(subjectsOf(0, k)); got != want && k.ProviderID != 0 {
			t.Fatalf("room on %s at %s: %q, want %q", k, m.now, got, want)
		}
	}
	for account := range int64(3) {
		if got, want := p.AccountRoom(account, at), m.room(subjectsOf(account, routing.Key{})); got != want {
			t.Fatalf("room of account %d at %s: %q, want %q", account, m.now, got, want)
		}
	}
}
