package demo

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"time"

	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
	schema "tandem/sql"
)

// Snapshot is the demo data at a moment, costs compared in US dollars.
func Snapshot(at time.Time) (*routing.Snapshot, error) {
	d, err := Data()
	if err != nil {
		return nil, err
	}
	s, problems, err := routing.NewSnapshot(d, routing.Options{BaseCurrency: "USD"}, at)
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("demo data: %s", problems[0])
	}
	return s, err
}

// Data reads the seed files.
func Data() (routing.Data, error) {
	d := routing.Data{FX: map[int64]money.FX{}}
	files, err := schema.Seed()
	if err != nil {
		return d, err
	}
	r := reader{files: files}
	for row := range r.rows("article/currency") {
		d.Currencies = append(d.Currencies, routing.Currency{ID: row.id("id"), ISO: row.text("iso")})
	}
	for row := range r.rows("demo/fx_rates") {
		d.FX[row.id("currency_id")] = parse(&r, row, "per_eur", money.ParseFX)
	}
	for row := range r.rows("article/servers") {
		if row.id("id") != 0 { // 0 stands for "no server"
			d.Servers = append(d.Servers, routing.Server{ID: row.id("id"), Name: row.text("servername"), IAX2: row.text("iax2"), Driver: routing.PJSIP})
		}
	}
	for row := range r.rows("article/providers") {
		d.Providers = append(d.Providers, provider(row))
	}
	for row := range r.rows("article/providers_ips") {
		d.Addresses = append(d.Addresses, routing.Address{
			ID: row.id("id"), ProviderID: row.id("provider_id"), Host: row.host(), Direction: row.direction(), Protocol: row.text("proto"),
		})
	}
	for row := range r.rows("demo/accounts") {
		rules, err := e164.NewDialRules(row.text("country"), row.text("international_prefix"), row.text("trunk_prefix"))
		r.err = errors.Join(r.err, err)
		d.Accounts = append(d.Accounts, routing.Account{
			ID: row.id("id"), Name: row.text("name"), Enabled: true, Rules: rules, DefaultCLI: row.number("default_cli"),
			MinTier: parse(&r, row, "min_tier", routing.ParseTier), TariffID: row.id("tariff_id"), NoLoss: row.text("no_loss") != "0",
		})
	}
	for row := range r.rows("demo/subscribers") {
		d.Subscribers = append(d.Subscribers, routing.Subscriber{
			ID: row.id("id"), Login: row.text("login"), AccountID: row.id("account_id"), ServerID: row.id("server_id"),
			Extension: row.text("extension"), Enabled: true,
		})
	}
	for row := range r.rows("demo/subscriber_numbers") {
		i := slices.IndexFunc(d.Subscribers, func(s routing.Subscriber) bool { return s.ID == row.id("subscriber_id") })
		d.Subscribers[i].MayShow = append(d.Subscribers[i].MayShow, row.number("number"))
	}
	for _, file := range []string{"article/numbers_pool", "demo/numbers_pool"} {
		for row := range r.rows(file) {
			d.Numbers = append(d.Numbers, routing.Number{
				ID: row.id("id"), Number: row.number("number"), ProviderID: row.id("provider_id"), ServerID: row.id("server_id"),
				Enabled: row.text("enabled") == "1", Direction: row.direction(), Virtual: row.text("virtualflag") == "1",
			})
		}
	}
	for row := range r.rows("article/gates") {
		d.Gates = append(d.Gates, routing.Gate{
			ID: row.id("id"), NumberID: row.id("numbers_pool_id"), ServerID: row.id("serverid"), Name: row.text("gatename"),
			CLISupport: row.text("cid_support") == "Y", Enabled: true,
		})
	}
	for row := range r.rows("demo/tariffs") {
		d.Tariffs = append(d.Tariffs, routing.Tariff{ID: row.id("id"), Name: row.text("name"), CurrencyID: row.id("currency_id")})
	}
	for row := range r.rows("demo/decks") {
		d.Decks = append(d.Decks, deckOf(&r, row))
	}
	rates := map[int64][]routing.DeckRow{}
	for row := range r.rows("demo/deck_rates") {
		rates[row.id("deck_id")] = append(rates[row.id("deck_id")], rateOf(&r, row))
	}
	d.Rates, err = routing.TableOf(d.Decks, rates)
	return d, errors.Join(r.err, err)
}

func provider(row row) routing.Provider {
	p := routing.Provider{
		ID: row.id("id"), Name: row.text("providername"), CurrencyID: row.id("currency_id"), Enabled: true, Plain: true,
		CLIAllowed: row.text("cli_allowed") == "Y", Dynamic: row.text("dynamic_calls") == "Y", AppendPlus: row.text("append_plus") == "1",
		DefaultCLI: row.number("dynamic_calls_caller_id"),
	}
	columns := [3]string{routing.TierNonCLI: "noncli_prefix", routing.TierCLI: "cli_prefix", routing.TierPremium: "premcli_prefix"}
	for tier, column := range columns {
		if prefix := row.text(column); prefix != "" {
			p.TierPrefix[tier], p.Plain = &prefix, false
		}
	}
	return p
}

// deckOf is a deck of the seed: all of them are published.
func deckOf(r *reader, row row) routing.Deck {
	d := routing.Deck{
		ID: row.id("id"), Revision: 1, Version: int(row.id("version")), ProviderID: row.id("provider_id"), TariffID: row.id("tariff_id"), Zone: time.UTC,
	}
	if d.ProviderID != 0 {
		d.Tier = parse(r, row, "tier", routing.ParseTier)
	}
	return d
}

func rateOf(r *reader, row row) routing.DeckRow {
	v := routing.DeckRow{Prefix: row.text("prefix")}
	v.PerMinute = parse(r, row, "per_minute", money.ParseRate)
	if row.text("connection_fee") != "" {
		v.ConnectionFee = parse(r, row, "connection_fee", money.ParseAmount)
	}
	v.First, v.Next = int32(row.id("first_s")), int32(row.id("next_s"))
	return v
}

// reader collects what went wrong, so that the rows read as a list.
type reader struct {
	files fs.FS
	err   error
}

// row is one line of a file by column name; an empty cell is what MariaDB would
// hold as NULL or zero.
type row map[string]string

// rows reads a file.
func (r *reader) rows(name string) func(yield func(row) bool) {
	return func(yield func(row) bool) {
		file, err := r.files.Open(name + ".csv")
		if err != nil {
			r.err = errors.Join(r.err, err)
			return
		}
		lines, err := csv.NewReader(file).ReadAll()
		if err := errors.Join(err, file.Close()); err != nil || len(lines) == 0 {
			r.err = errors.Join(r.err, fmt.Errorf("%s: %w", name, err))
			return
		}
		for _, line := range lines[1:] {
			cells := row{}
			for i, column := range lines[0] {
				cells[column] = line[i]
			}
			if !yield(cells) {
				return
			}
		}
	}
}

func (r row) text(column string) string { return r[column] }

// id reads a whole number; an empty or damaged one is 0, which refers to nothing.
func (r row) id(column string) int64 {
	n, err := strconv.ParseInt(r[column], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (r row) number(column string) e164.Number { return e164.Number(r[column]) }

// host is what is dialled; the article's integer addresses only tell where
// calls come from.
func (r row) host() string { return r["domainname"] }

func (r row) direction() routing.Direction {
	switch r["direction"] {
	case "IN":
		return routing.In
	case "OUT":
		return routing.Out
	}
	return routing.In | routing.Out
}

// parse reads a cell by its type's own rule.
func parse[T any](r *reader, row row, column string, rule func(string) (T, error)) T {
	v, err := rule(row[column])
	if err != nil {
		r.err = errors.Join(r.err, fmt.Errorf("%s %q: %w", column, row[column], err))
	}
	return v
}
