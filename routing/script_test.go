package routing_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/billing/rate"
	"tandem/geo"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/internal/q850"
	"tandem/internal/scripttest"
	"tandem/routing"
)

// Scripts in testdata describe a switch in the trade's words and ask it for
// plans and verdicts. A line is a word, an id or name, and key=value pairs:
//
//	fx USD 1.10                                   # units per euro
//	server 1 asterisk-macomnet iax2=IAX2/a@b driver=chan_sip
//	provider 8 VoxBeam USD cli=0011101 flags=cli_allowed,dynamic,append_plus
//	address 1 provider=8 OUT host=sbc.voxbeam.com
//	number 279 74951815000 provider=7 server=1 IN/OUT flags=disabled,virtual
//	gate 8 westcall number=279 server=1 flags=no_cid,disabled
//	account 1 office default=74951815000 min=cli
//	rate provider=8 tier=cli 7495 0.0100 60/60 fee=0.01 min=0.02 attempt=0.001 from=2026-01-01 to=2026-02-01 days=sat,sun hours=22:00-06:00 flags=blocked
//	lengths 7 20=30 180=70                        # measured calls by seconds; else all calls talk three minutes
//	tariff 1 retail USD                           # then: rate tariff=1 7495 0.05 60/60, account … tariff=1 flags=no_loss
//	policy 1 fixed priority 8:1 7/cli:2                  # least_cost, priority, share, band_share (band=5.00); place or weight
//	answers 8=40 7=90 tested=7 floor=3            # evidence: percent answered by provider; who comes first on odd tickets; who is behind all
//	policy_rule 1 policy=1 account=office b=7495 a=7 days=mon hours=09:00-18:00
//	rule 1 prefer|force|block provider=8 tier=cli gate=8 account=office b=7 a=7495 types=mobile quiet=22:00-08:00
//	block B 79 account=office                            # or block B - types=premium,shared_cost countries=GB regions=London
//	stop 1 provider=8 sip=404 rang=yes stop release=1
//	plan server=asterisk-macomnet account=office show=74951815000 to=74957777777 at=2026-01-15T12:00 ticket=3
//	  refused called_blocked
//	  route 8.c.a1 SIP/… cli=7495… cost=0.03      # expected, in order, complete
//	  drop  3.c.a7 cli_not_allowed                # expected, any order, complete
//	judge 8 CHANUNAVAIL sip=503 rang -> next
//	judge 8 BUSY sip=486 -> stop 17
func TestScripts(t *testing.T) {
	t.Parallel()
	scripttest.Run(t, func(t *testing.T, lines []scripttest.Line) int {
		t.Helper()
		s := newScript(t)
		for _, line := range lines {
			s.read(line)
		}
		s.compare()
		return s.asked
	})
}

type script struct {
	t        *testing.T
	data     routing.Data
	rows     map[int64][]routing.DeckRow
	snapshot *routing.Snapshot
	accounts map[string]int64
	answers  *answers
	asked    int

	got, want []string // of the plan being compared
	open      string   // its line
}

func newScript(t *testing.T) *script {
	t.Helper()
	return &script{t: t, data: routing.Data{FX: map[int64]money.FX{}}, accounts: map[string]int64{}, rows: map[int64][]routing.DeckRow{}}
}

// words of a line: the plain ones in order, and the key=value pairs.
type words struct {
	t     *testing.T
	where string
	plain []string
	pairs map[string]string
}

func (s *script) read(line scripttest.Line) {
	s.t.Helper()
	fields := strings.Fields(line.Text)
	w := words{t: s.t, where: line.Where, pairs: map[string]string{}}
	for _, f := range fields[1:] {
		if k, v, ok := strings.Cut(f, "="); ok {
			w.pairs[k] = v
		} else {
			w.plain = append(w.plain, f)
		}
	}
	s.do(fields[0], w)
}

func (s *script) do(word string, w words) {
	s.t.Helper()
	switch word {
	case "route", "drop", "refused":
		s.want = append(s.want, expected(word, w))
		return
	}
	s.compare()
	switch word {
	case "fx":
		fx, err := money.ParseFX(w.at(1))
		w.ok(err)
		id := int64(len(s.data.Currencies) + 1)
		s.data.Currencies = append(s.data.Currencies, routing.Currency{ID: id, ISO: w.at(0)})
		s.data.FX[id] = fx
	case "server":
		s.data.Servers = append(s.data.Servers, routing.Server{
			ID: w.id(), Name: w.at(1), IAX2: w.pairs["iax2"], Driver: routing.Driver(w.or("driver", "pjsip")),
		})
	case "provider":
		s.data.Providers = append(s.data.Providers, s.provider(w))
	case "address":
		a := routing.Address{ID: w.id(), ProviderID: w.num("provider"), Host: w.pairs["host"], Protocol: w.or("proto", "SIP"), Direction: direction(w.at(1))}
		if ip, err := netip.ParsePrefix(w.pairs["net"]); err == nil {
			a.Network = ip
		}
		s.data.Addresses = append(s.data.Addresses, a)
	case "number":
		s.data.Numbers = append(s.data.Numbers, routing.Number{
			ID: w.id(), Number: e164.Number(w.at(1)), ProviderID: w.num("provider"), ServerID: w.num("server"),
			Direction: direction(w.at(2)), Enabled: !w.flag("disabled"), Virtual: w.flag("virtual"),
		})
	case "gate":
		s.data.Gates = append(s.data.Gates, routing.Gate{
			ID: w.id(), Name: w.at(1), NumberID: w.num("number"), ServerID: w.num("server"),
			CLISupport: !w.flag("no_cid"), Enabled: !w.flag("disabled"),
		})
	case "account":
		tier, err := routing.ParseTier(w.or("min", "noncli"))
		w.ok(err)
		s.accounts[w.at(1)] = w.id()
		s.data.Accounts = append(s.data.Accounts, routing.Account{
			ID: w.id(), Name: w.at(1), Enabled: true, DefaultCLI: e164.Number(w.pairs["default"]), MinTier: tier,
			TariffID: w.num("tariff"), NoLoss: w.flag("no_loss"), MaxRate: amount(w, "max_rate", money.ParseRate), MaxFee: amount(w, "max_fee", money.ParseAmount),
		})
	case "rate":
		deck := s.deck(w)
		s.rows[deck] = append(s.rows[deck], s.rate(w))
	case "lengths":
		s.lengths(w)
	case "tariff":
		s.data.Tariffs = append(s.data.Tariffs, routing.Tariff{ID: w.id(), Name: w.at(1), CurrencyID: s.currency(w.at(2))})
	case "policy":
		s.data.Policies = append(s.data.Policies, s.policy(w))
	case "policy_rule":
		s.data.PolicyRules = append(s.data.PolicyRules, routing.PolicyRule{
			ID: w.id(), Position: int(w.id()), PolicyID: w.num("policy"), Match: s.match(w),
		})
	case "answers":
		s.answers = answersOf(w)
	case "rule":
		s.data.RouteRules = append(s.data.RouteRules, routing.RouteRule{
			ID: w.id(), Action: routing.RuleAction(w.at(1)), Match: s.match(w), ProviderID: w.num("provider"), Tier: w.tier(), GateID: w.num("gate"),
		})
	case "block":
		s.data.Blocks = append(s.data.Blocks, routing.Block{
			ID: int64(len(s.data.Blocks) + 1), Side: routing.Side(w.at(0)), Prefix: strings.Trim(w.at(1), "-"), AccountID: s.accounts[w.pairs["account"]], Place: w.place(),
		})
	case "stop":
		s.data.StopRules = append(s.data.StopRules, stopRule(w))
	case "plan":
		s.plan(w)
	case "judge":
		s.judge(w)
	default:
		s.t.Fatalf("%s: unknown word %q", w.where, word)
	}
}

func (s *script) build(w words) *routing.Snapshot {
	s.t.Helper()
	if s.snapshot == nil {
		var err error
		s.data.Rates, err = routing.TableOf(s.data.Decks, s.rows)
		w.ok(err)
		snapshot, problems, err := routing.NewSnapshot(s.data, routing.Options{BaseCurrency: "USD", Prior: threeMinutes(s.t)}, time.Time{})
		w.ok(err)
		for _, p := range problems {
			s.t.Errorf("%s: %s", w.where, p)
		}
		s.snapshot = snapshot
	}
	return s.snapshot
}

func (s *script) plan(w words) {
	s.t.Helper()
	snapshot := s.build(w)
	at := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	if v := w.pairs["at"]; v != "" {
		var err error
		layout := time.DateOnly
		if strings.Contains(v, "T") {
			layout = "2006-01-02T15:04"
		}
		at, err = time.Parse(layout, v)
		w.ok(err)
	}
	account := snapshot.Account(s.accounts[w.pairs["account"]])
	server := snapshot.Server(w.pairs["server"])
	if account == nil || server == nil {
		s.t.Fatalf("%s: no such account or server", w.where)
	}
	shown := routing.Presented{CLI: e164.Number(w.pairs["show"]), Number: snapshot.Number(e164.Number(w.pairs["show"]))}
	var plan routing.Plan
	request := routing.Request{
		Server: server, Account: account, Shown: shown, BNumber: e164.Number(w.pairs["to"]), At: at, Ticket: uint64(w.num("ticket")),
		Routing: e164.Number(w.pairs["ported"]),
	}
	if s.answers != nil {
		request.Quality = s.answers
	}
	snapshot.Plan(request, &plan)
	s.asked++
	s.open, s.got, s.want = w.where, nil, nil
	if plan.Refused != "" {
		s.got = append(s.got, "refused "+string(plan.Refused))
	}
	if plan.Redirect != nil {
		s.got = append(s.got, fmt.Sprintf("route x%d %s cli= cost=", plan.Redirect.ID, routing.RedirectDial(plan.Redirect, e164.Number(w.pairs["to"]))))
	}
	for i, r := range plan.Routes {
		s.got = append(s.got, fmt.Sprintf("route %s %s cli=%s cost=%s%s", r.Key, plan.Dial(i), r.CLI, r.Cost, weighed(r.Weight)))
	}
	for _, d := range plan.Dropped {
		s.got = append(s.got, fmt.Sprintf("drop %s %s", d.Key, d.Reason))
	}
}

func (s *script) compare() {
	s.t.Helper()
	if s.open == "" {
		return
	}
	sortDrops(s.got)
	sortDrops(s.want)
	if diff := cmp.Diff(s.want, s.got); diff != "" {
		s.t.Errorf("%s: plan (-want +got):\n%s", s.open, diff)
	}
	s.open = ""
}

func (s *script) judge(w words) {
	s.t.Helper()
	s.asked++
	o := routing.Outcome{Result: routing.Result(w.at(1))}
	o.SIPStatus = int(w.num("sip"))
	o.Cause = q850.Cause(w.num("cause"))
	o.Agreeing = int(w.num("agreeing"))
	text := strings.Join(w.plain[2:], " ")
	before, want, _ := strings.Cut(text, "->")
	o.Rang = strings.Contains(before, "rang")
	v := s.build(w).Judge(w.id(), o)
	got := "next"
	if v.Stop {
		got = fmt.Sprintf("stop %d", v.Release)
	}
	if got != strings.TrimSpace(want) {
		s.t.Errorf("%s: %s (%s), want %s", w.where, got, v.Rule, want)
	}
}

func (s *script) provider(w words) routing.Provider {
	p := routing.Provider{
		ID: w.id(), Name: w.at(1), Enabled: !w.flag("disabled"), CLIAllowed: w.flag("cli_allowed"), Dynamic: w.flag("dynamic"),
		AppendPlus: w.flag("append_plus"), DefaultCLI: e164.Number(w.pairs["default"]), Plain: true,
	}
	p.CurrencyID = s.currency(w.at(2))
	for _, t := range routing.Tiers() {
		if prefix, sold := w.pairs[t.String()]; sold {
			p.TierPrefix[t], p.Plain = &prefix, false
		}
	}
	return p
}

// deck is the one of the rate's owner and tier, made when it is not there.
func (s *script) deck(w words) int64 {
	d := routing.Deck{ID: int64(len(s.data.Decks) + 1), Revision: 1, Version: 1, ProviderID: w.num("provider"), TariffID: w.num("tariff")}
	if tier := w.tier(); tier != nil {
		d.Tier = *tier
	}
	for _, o := range s.data.Decks {
		if o.ProviderID == d.ProviderID && o.TariffID == d.TariffID && o.Tier == d.Tier {
			return o.ID
		}
	}
	s.data.Decks = append(s.data.Decks, d)
	return d.ID
}

func (s *script) rate(w words) routing.DeckRow {
	s.t.Helper()
	perMinute, err := money.ParseRate(w.at(1))
	w.ok(err)
	first, next, _ := strings.Cut(w.at(2), "/")
	r := routing.DeckRow{Prefix: w.at(0), Blocked: w.flag("blocked")}
	r.Rate = rate.Rate{PerMinute: perMinute, First: int32(w.int(first)), Next: int32(w.int(next)), Window: w.window()}
	for key, field := range map[string]*money.Amount{"fee": &r.ConnectionFee, "min": &r.Minimum, "attempt": &r.AttemptFee} {
		if v := amount(w, key, money.ParseAmount); v != nil {
			*field = *v
		}
	}
	for key, field := range map[string]*time.Time{"from": &r.From, "to": &r.To} {
		if v := w.pairs[key]; v != "" {
			*field, err = time.Parse(time.DateOnly, v)
			w.ok(err)
		}
	}
	return r
}

func (s *script) lengths(w words) {
	s.t.Helper()
	for seconds, calls := range w.pairs {
		s.data.Lengths = append(s.data.Lengths, routing.LengthCount{Prefix: w.at(0), Seconds: int32(w.int(seconds)), Calls: w.int(calls)})
	}
}

func (s *script) policy(w words) routing.Policy {
	s.t.Helper()
	p := routing.Policy{ID: w.id(), Name: w.at(1), Kind: routing.PolicyKind(w.at(2))}
	if v := amount(w, "band", money.ParseAmount); v != nil {
		p.Band = int(*v / 10_000)
	}
	for _, text := range w.plain[3:] { // 8:1, 7/cli:2
		who, n, _ := strings.Cut(text, ":")
		id, tier, only := strings.Cut(who, "/")
		r := routing.PolicyRoute{ProviderID: w.int(id), Place: int(w.int(n)), Weight: int(w.int(n))}
		if only {
			t, err := routing.ParseTier(tier)
			w.ok(err)
			r.Tier = &t
		}
		p.Routes = append(p.Routes, r)
	}
	return p
}

func (s *script) match(w words) routing.Match {
	return routing.Match{
		AccountID: s.accounts[w.pairs["account"]], APrefix: w.pairs["a"], BPrefix: w.pairs["b"], Window: w.window(), Place: w.place(), Quiet: w.quiet(),
	}
}

func (s *script) currency(iso string) int64 {
	for _, c := range s.data.Currencies {
		if c.ISO == iso {
			return c.ID
		}
	}
	return 0
}

// place reads types=mobile,premium countries=GB,US regions=London.
func (w words) place() (m geo.Match) {
	w.t.Helper()
	list := func(key string) []string {
		return strings.FieldsFunc(w.pairs[key], func(r rune) bool { return r == ',' })
	}
	for _, text := range list("types") {
		t, err := geo.ParseType(text)
		w.ok(err)
		m.Types = append(m.Types, t)
	}
	m.Countries, m.Regions = list("countries"), list("regions")
	return m
}

// quiet reads quiet=22:00-08:00.
func (w words) quiet() (q routing.Quiet) {
	w.t.Helper()
	from, to, both := strings.Cut(w.pairs["quiet"], "-")
	if !both {
		return q
	}
	for text, field := range map[string]*int{from: &q.From, to: &q.To} {
		at, err := time.Parse("15:04", text)
		w.ok(err)
		*field = at.Hour()*60 + at.Minute()
	}
	return q
}

// threeMinutes is the distribution in which every call talks three minutes.
func threeMinutes(tb testing.TB) *rate.Lengths {
	tb.Helper()
	l, err := rate.NewLengths(map[int32]uint64{180: 1})
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// amount reads a pair that may be missing.
func amount[T any](w words, key string, parse func(string) (T, error)) *T {
	w.t.Helper()
	if w.pairs[key] == "" {
		return nil
	}
	v, err := parse(w.pairs[key])
	w.ok(err)
	return &v
}

// window reads days=mon,tue and hours=22:00-06:00.
func (w words) window() rate.Window {
	w.t.Helper()
	var v rate.Window
	for day := range strings.SplitSeq(w.pairs["days"], ",") {
		if i := strings.Index("montuewedthufrisatsun", day); day != "" && i >= 0 {
			v.Days |= 1 << (i / 3)
		}
	}
	from, to, both := strings.Cut(w.pairs["hours"], "-")
	if !both {
		return v
	}
	for text, field := range map[string]*uint16{from: &v.Start, to: &v.End} {
		at, err := time.Parse("15:04", text)
		w.ok(err)
		*field = uint16(at.Hour()*60 + at.Minute())
	}
	return v
}

func (w words) tier() *routing.Tier {
	w.t.Helper()
	if w.pairs["tier"] == "" {
		return nil
	}
	t, err := routing.ParseTier(w.pairs["tier"])
	w.ok(err)
	return &t
}

func stopRule(w words) routing.StopRule {
	r := routing.StopRule{
		ID: w.id(), ProviderID: w.num("provider"), SIPStatus: int(w.num("sip")), Cause: q850.Cause(w.num("cause")),
		Release: q850.Cause(w.num("release")), Stop: w.at(1) == "stop",
	}
	if v := w.pairs["rang"]; v != "" {
		rang := v == "yes"
		r.Rang = &rang
	}
	return r
}

// expected puts a route or drop line into the form that plan produces.
func expected(word string, w words) string {
	if word == "refused" {
		return "refused " + w.at(0)
	}
	if word == "drop" {
		return fmt.Sprintf("drop %s %s", w.at(0), w.at(1))
	}
	cost := w.pairs["cost"]
	if cost != "" {
		amount, err := money.ParseAmount(cost)
		w.ok(err)
		cost = amount.String()
	}
	worth := ""
	if v := w.pairs["worth"]; v != "" {
		v, loss := strings.CutPrefix(v, "-")
		amount, err := money.ParseAmount(v)
		w.ok(err)
		if loss {
			amount = -amount
		}
		worth = " worth=" + amount.String() + " flags=" + w.pairs["flags"]
	}
	return fmt.Sprintf("route %s %s cli=%s cost=%s%s", w.at(0), w.at(1), w.pairs["cli"], cost, worth)
}

// sortDrops keeps the routes in their order and sorts what was dropped.
func sortDrops(list []string) {
	first := len(list)
	for i, v := range list {
		if strings.HasPrefix(v, "drop") {
			first = i
			break
		}
	}
	slices.Sort(list[first:])
}

func direction(s string) routing.Direction {
	var d routing.Direction
	if strings.Contains(s, "IN") {
		d |= routing.In
	}
	if strings.Contains(s, "OUT") {
		d |= routing.Out
	}
	return d
}

func (w words) at(i int) string {
	w.t.Helper()
	if i >= len(w.plain) {
		w.t.Fatalf("%s: word %d is missing", w.where, i+1)
	}
	return w.plain[i]
}

func (w words) id() int64 { return w.int(w.at(0)) }

func (w words) num(key string) int64 {
	if w.pairs[key] == "" {
		return 0
	}
	return w.int(w.pairs[key])
}

func (w words) int(s string) int64 {
	w.t.Helper()
	v, err := strconv.ParseInt(s, 10, 64)
	w.ok(err)
	return v
}

func (w words) or(key, fallback string) string {
	if v := w.pairs[key]; v != "" {
		return v
	}
	return fallback
}

func (w words) flag(name string) bool {
	return strings.Contains(","+w.pairs["flags"]+",", ","+name+",")
}

func (w words) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%s: %v", w.where, err)
	}
}
