package replay_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/billing/rate"
	"tandem/geo"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/internal/scripttest"
	"tandem/routing"
	"tandem/routing/replay"
)

// Scripts in testdata tell what becomes of yesterday's calls. A line is a word,
// plain words, and key=value pairs:
//
//	fx USD 1.10                                    # units per euro
//	server 1 sw iax2=IAX2/a@b
//	provider 1 alpha USD flags=disabled            # sells tier cli, shows any number
//	account 1 office tariff=1 default=44… flags=disabled,no_loss
//	subscriber 1 desk account=1 show=44…
//	number 1 74950000001 account=1 server=2 subscriber=1 flags=disabled
//	tariff 1 retail USD
//	rate provider=1 44 0.0100 60/60 fee=0.01 min=0.02 attempt=0.001 from=2026-03-09 hours=22:00-06:00
//	draft provider=1 44 0.0050 1/1                 # a row of the draft that replaces this deck; also tariff=1
//	policy 1 fixed priority 2:1 1:2                # and: policy_rule 1
//	draft_policy fixed share 1:3 2:1
//	call to=44… talk=90 account=1 show=44… server=sw at=2026-03-02T12:00 route=1.c.a1 attempts=2 ported=44… flags=in_progress
//	replay as=2026-03-09 sample=2 account=1
//	  total calls=… changed=… before=COST after=COST sale_before=… margin_after=… gain=…
//	  destination London,_GB …                     # also country, prefix, provider, account
//	  changes London,_GB gain=…                    # in this order
//	  move 1/cli 2/cli calls=… before=… after=…    # 0: no route
//	  skipped account_gone 1
//	  no_route after over_rate_cap 1
//	  recorded carried=… same_way=… same_key=… retried=… priced=… cost=… replayed=…
//
// Of an expected line only the pairs that it has are looked at; the lines of one
// word are expected in this order, complete.
func TestScripts(t *testing.T) {
	t.Parallel()
	atlas, err := geo.New(0)
	if err != nil {
		t.Fatal(err)
	}
	scripttest.Run(t, func(t *testing.T, lines []scripttest.Line) int {
		t.Helper()
		s := &script{
			t: t, place: atlas.Place, rows: map[int64][]routing.DeckRow{}, drafts: map[int64][]routing.DeckRow{},
			data: routing.Data{FX: map[int64]money.FX{}, Servers: []routing.Server{{ID: 1, Name: "sw"}}, Accounts: []routing.Account{{ID: 1, Name: "office", Enabled: true}}},
		}
		for _, line := range lines {
			s.read(line)
		}
		s.compare()
		return s.asked
	})
}

type script struct {
	t      *testing.T
	place  func(number string) geo.Place
	data   routing.Data
	rows   map[int64][]routing.DeckRow // by deck
	drafts map[int64][]routing.DeckRow // by the deck that they replace
	policy *routing.Policy
	calls  []replay.Call
	asked  int

	where string // of the replay being compared
	got   []said
	want  []said
}

// said is a line of a report.
type said struct {
	word  string
	plain []string
	pairs map[string]string
}

func (s *script) read(line scripttest.Line) {
	s.t.Helper()
	w := words{t: s.t, where: line.Where, pairs: map[string]string{}}
	fields := strings.Fields(line.Text)
	for _, f := range fields[1:] {
		if k, v, ok := strings.Cut(f, "="); ok {
			w.pairs[k] = v
		} else {
			w.plain = append(w.plain, f)
		}
	}
	switch fields[0] {
	case "total", "destination", "country", "prefix", "provider_row", "account_row", "changes", "move", "skipped", "no_route", "recorded":
		s.want = append(s.want, said{fields[0], w.plain, w.pairs})
		return
	}
	s.compare()
	s.do(fields[0], w)
}

func (s *script) do(word string, w words) {
	s.t.Helper()
	d := &s.data
	switch word {
	case "fx":
		id := int64(len(d.Currencies) + 1)
		d.Currencies = append(d.Currencies, routing.Currency{ID: id, ISO: w.at(0)})
		d.FX[id] = must(w, money.ParseFX, w.at(1))
	case "server":
		d.Servers = set(d.Servers, routing.Server{ID: w.id(), Name: w.at(1), IAX2: w.pairs["iax2"]}, func(v routing.Server) int64 { return v.ID })
	case "provider":
		d.Providers = append(d.Providers, routing.Provider{ID: w.id(), Name: w.at(1), CurrencyID: s.currency(w.at(2)), Enabled: !w.flag("disabled"), Dynamic: true, Plain: true})
		d.Addresses = append(d.Addresses, routing.Address{ID: w.id(), ProviderID: w.id(), Host: "sbc.example", Direction: routing.Out, Protocol: "SIP"})
	case "account":
		d.Accounts = set(d.Accounts, routing.Account{
			ID: w.id(), Name: w.at(1), Enabled: !w.flag("disabled"), TariffID: w.num("tariff"), DefaultCLI: e164.Number(w.pairs["default"]), NoLoss: w.flag("no_loss"),
		}, func(v routing.Account) int64 { return v.ID })
	case "subscriber":
		d.Subscribers = append(d.Subscribers, routing.Subscriber{ID: w.id(), Login: w.at(1), AccountID: w.num("account"), Enabled: true, MayShow: []e164.Number{e164.Number(w.pairs["show"])}})
	case "number":
		d.Numbers = append(d.Numbers, routing.Number{
			ID: w.id(), Number: e164.Number(w.at(1)), AccountID: w.num("account"), ServerID: w.num("server"), Enabled: !w.flag("disabled"),
			Direction: routing.In | routing.Out, DestinationSubscriberID: w.num("subscriber"),
		})
	case "tariff":
		d.Tariffs = append(d.Tariffs, routing.Tariff{ID: w.id(), Name: w.at(1), CurrencyID: s.currency(w.at(2))})
	case "rate":
		s.rows[s.deck(w)] = append(s.rows[s.deck(w)], w.rate())
	case "draft":
		s.drafts[s.deck(w)] = append(s.drafts[s.deck(w)], w.rate())
	case "policy":
		d.Policies = append(d.Policies, w.policy(w.id(), 1))
	case "policy_rule":
		d.PolicyRules = append(d.PolicyRules, routing.PolicyRule{ID: w.id(), Position: int(w.id()), PolicyID: w.id()})
	case "draft_policy":
		p := w.policy(0, 0)
		s.policy = &p
	case "call":
		s.calls = append(s.calls, s.call(w))
	case "replay":
		s.replay(w)
	default:
		s.t.Fatalf("%s: unknown word %q", w.where, word)
	}
}

func (s *script) replay(w words) {
	s.t.Helper()
	before := snapshot(s.t, s.data, s.rows)
	draft, rows := s.data, map[int64][]routing.DeckRow{}
	draft.Decks = slices.Clone(draft.Decks)
	for i := range draft.Decks {
		d := &draft.Decks[i]
		rows[d.ID] = s.rows[d.ID]
		if list := s.drafts[d.ID]; list != nil {
			d.ID += 1000
			rows[d.ID] = list
		}
	}
	o := replay.Options{Place: s.place, Policy: s.policy, By: replay.Dimensions(), Account: w.num("account"), Sample: w.num("sample")}
	if w.pairs["as"] != "" {
		o.As = w.time("as", time.DateOnly)
	}
	s.asked++
	s.where = w.where
	s.got = lines(run(s.t, before, snapshot(s.t, draft, rows), o, of(s.calls)))
}

func lines(r *replay.Report) []said {
	list := []said{row("total", r.Total)}
	list[0].plain = nil
	for _, t := range r.Tables {
		word := map[replay.Dimension]string{replay.ByProvider: "provider_row", replay.ByAccount: "account_row"}[t.By]
		for _, v := range t.Rows {
			if word == "" {
				list = append(list, row(string(t.By), v))
			} else {
				list = append(list, row(word, v))
			}
		}
	}
	for _, v := range r.Changes {
		list = append(list, row("changes", v))
	}
	for _, m := range r.Moves {
		list = append(list, said{"move", []string{way(m.From), way(m.To)}, map[string]string{
			"calls": num(m.Calls), "before": m.Before.String(), "after": m.After.String(), "gain": m.Gain.String(), "talk": num(m.TalkMS / 1000),
		}})
	}
	for _, v := range r.Skipped {
		list = append(list, said{"skipped", []string{string(v.Reason), num(v.Calls)}, nil})
	}
	for i, reasons := range [][]replay.ReasonCount{r.NoRoute.Before, r.NoRoute.After} {
		for _, v := range reasons {
			list = append(list, said{"no_route", []string{[]string{"before", "after"}[i], string(v.Reason), num(v.Calls)}, nil})
		}
	}
	v := r.Recorded
	return append(list, said{"recorded", nil, map[string]string{
		"carried": num(v.Carried), "same_way": num(v.SameWay), "same_key": num(v.SameKey), "retried": num(v.Retried), "priced": num(v.Priced),
		"cost": v.Cost.String(), "replayed": v.Replayed.String(),
	}})
}

func row(word string, r replay.Row) said {
	pairs := map[string]string{
		"calls": num(r.Calls), "answered": num(r.Answered), "talk": num(r.TalkMS / 1000), "changed": num(r.Changed), "lost": num(r.Lost), "won": num(r.Won),
		"gain": r.Gain.String(), "before": r.Before.Cost.String(), "after": r.After.Cost.String(),
	}
	for name, v := range map[string]replay.Side{"before": r.Before, "after": r.After} {
		pairs["routed_"+name], pairs["no_route_"+name], pairs["sold_"+name] = num(v.Calls), num(v.NoRoute), num(v.Sold)
		pairs["sale_"+name], pairs["margin_"+name] = v.Sale.String(), v.Margin().String()
		pairs["talk_"+name] = num(v.TalkMS / 1000)
	}
	return said{word, []string{strings.ReplaceAll(r.Name, " ", "_")}, pairs}
}

func way(w replay.Way) string {
	if w.ProviderID == 0 {
		return "0"
	}
	return num(w.ProviderID) + "/" + w.Tier.String()
}

// compare holds the lines of each word that was expected against the report's.
func (s *script) compare() {
	s.t.Helper()
	for _, word := range []string{"total", "destination", "country", "prefix", "provider_row", "account_row", "changes", "move", "skipped", "no_route", "recorded"} {
		of := func(list []said) []said {
			return slices.DeleteFunc(slices.Clone(list), func(v said) bool { return v.word != word })
		}
		want, got := of(s.want), of(s.got)
		if len(want) == 0 {
			continue
		}
		if len(want) != len(got) {
			s.t.Errorf("%s: %d lines of %s, want %d: %v", s.where, len(got), word, len(want), got)
			continue
		}
		for i := range want {
			if !slices.Equal(want[i].plain, got[i].plain) {
				s.t.Errorf("%s: %s %v, want %v", s.where, word, got[i].plain, want[i].plain)
				continue
			}
			for k, v := range want[i].pairs {
				if g, ok := got[i].pairs[k]; !ok || short(g) != short(v) {
					s.t.Errorf("%s: %s %v: %s=%s, want %s", s.where, word, want[i].plain, k, g, v)
				}
			}
		}
	}
	s.want = nil
}

// short leaves out zeros after the point.
func short(s string) string {
	if strings.Contains(s, ".") {
		return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	return s
}

func num(n int64) string { return strconv.FormatInt(n, 10) }

func (s *script) call(w words) replay.Call {
	s.t.Helper()
	c := replay.Call{
		ID: fmt.Sprint("sw-", len(s.calls)+1), Server: w.or("server", "sw"), AccountID: w.int(w.or("account", "1")), SubscriberID: w.num("subscriber"),
		CLI: e164.Number(w.pairs["show"]), BNumber: e164.Number(w.pairs["to"]), Routing: e164.Number(w.pairs["ported"]), Talk: time.Duration(w.num("talk")) * time.Second,
		Route: w.pairs["route"], Attempts: int(w.num("attempts")), InProgress: w.flag("in_progress"), StartedAt: monday.Add(12 * time.Hour),
	}
	c.Answered = c.Talk != 0
	if w.pairs["at"] != "" {
		c.StartedAt = w.time("at", "2006-01-02T15:04")
	}
	return c
}

// deck is the one of the rate's owner, made when it is not there.
func (s *script) deck(w words) int64 {
	d := routing.Deck{ID: w.num("provider") + 100*w.num("tariff"), Revision: 1, ProviderID: w.num("provider"), TariffID: w.num("tariff")}
	if d.ProviderID != 0 {
		d.Tier = routing.TierCLI
	}
	if !slices.ContainsFunc(s.data.Decks, func(o routing.Deck) bool { return o.ID == d.ID }) {
		s.data.Decks = append(s.data.Decks, d)
	}
	return d.ID
}

func (s *script) currency(iso string) int64 {
	return int64(slices.IndexFunc(s.data.Currencies, func(c routing.Currency) bool { return c.ISO == iso }) + 1)
}

// set adds a row, or takes the place of the one with its id.
func set[T any](list []T, v T, id func(T) int64) []T {
	if i := slices.IndexFunc(list, func(o T) bool { return id(o) == id(v) }); i >= 0 {
		list[i] = v
		return list
	}
	return append(list, v)
}

// words of a line: the plain ones in order, and the key=value pairs.
type words struct {
	t     *testing.T
	where string
	plain []string
	pairs map[string]string
}

func (w words) rate() routing.DeckRow {
	w.t.Helper()
	first, next, _ := strings.Cut(w.at(2), "/")
	r := routing.DeckRow{Prefix: w.at(0), Rate: rate.Rate{PerMinute: must(w, money.ParseRate, w.at(1)), First: int32(w.int(first)), Next: int32(w.int(next))}}
	r.Blocked = w.flag("blocked")
	for key, field := range map[string]*money.Amount{"fee": &r.ConnectionFee, "min": &r.Minimum, "attempt": &r.AttemptFee} {
		if w.pairs[key] != "" {
			*field = must(w, money.ParseAmount, w.pairs[key])
		}
	}
	if w.pairs["from"] != "" {
		r.From = w.time("from", time.DateOnly)
	}
	if from, to, ok := strings.Cut(w.pairs["hours"], "-"); ok {
		for text, field := range map[string]*uint16{from: &r.Window.Start, to: &r.Window.End} {
			at := must(w, func(s string) (time.Time, error) { return time.Parse("15:04", s) }, text)
			*field = uint16(at.Hour()*60 + at.Minute())
		}
	}
	return r
}

// policy reads a name, a kind and the routes, from the word at on.
func (w words) policy(id int64, at int) routing.Policy {
	w.t.Helper()
	p := routing.Policy{ID: id, Name: w.at(at), Kind: routing.PolicyKind(w.at(at + 1))}
	for _, text := range w.plain[at+2:] {
		provider, n, _ := strings.Cut(text, ":")
		p.Routes = append(p.Routes, routing.PolicyRoute{ProviderID: w.int(provider), Place: int(w.int(n)), Weight: int(w.int(n))})
	}
	return p
}

func must[T any](w words, parse func(string) (T, error), text string) T {
	w.t.Helper()
	v, err := parse(text)
	if err != nil {
		w.t.Fatalf("%s: %v", w.where, err)
	}
	return v
}

func (w words) at(i int) string {
	w.t.Helper()
	if i >= len(w.plain) {
		w.t.Fatalf("%s: word %d is missing", w.where, i+1)
	}
	return w.plain[i]
}

func (w words) id() int64 { return w.int(w.at(0)) }

func (w words) num(key string) int64 { return w.int(w.or(key, "0")) }

func (w words) int(s string) int64 {
	w.t.Helper()
	return must(w, func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) }, s)
}

func (w words) or(key, fallback string) string {
	if v := w.pairs[key]; v != "" {
		return v
	}
	return fallback
}

func (w words) time(key, layout string) time.Time {
	w.t.Helper()
	return must(w, func(s string) (time.Time, error) { return time.Parse(layout, s) }, w.pairs[key])
}

func (w words) flag(name string) bool {
	return strings.Contains(","+w.pairs["flags"]+",", ","+name+",")
}
