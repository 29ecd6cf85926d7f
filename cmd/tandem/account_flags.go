package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"tandem/db"
	"tandem/internal/e164"
	"tandem/internal/money"
)

// given is a flag that may be left away, and whose value may begin with a minus.
type given struct {
	set  bool
	text string
}

// Decode implements kong.MapperValue.
func (g *given) Decode(c *kong.DecodeContext) error {
	token := c.Scan.Peek()
	text, ok := token.Value.(string)
	if !ok || token.IsEOL() || token.Type != kong.FlagValueToken && strings.HasPrefix(text, "-") && !belowZero(text) {
		return errors.New("a value is missing")
	}
	c.Scan.Pop()
	g.set, g.text = true, strings.TrimSpace(text)
	return nil
}

// none says that the flag takes a setting away.
func (g given) none() bool { return strings.EqualFold(g.text, noneWord) }

const noneWord = "none"

// belowZero tells "-1.50" from a flag.
func belowZero(text string) bool {
	return len(text) > 1 && text[0] == '-' && strings.IndexByte(".0123456789", text[1]) >= 0
}

// beforeSum is an argument that a sum follows, which may begin with a minus.
type beforeSum string

// Decode implements kong.MapperValue.
func (n *beforeSum) Decode(c *kong.DecodeContext) error {
	token, err := c.Scan.PopValue("name")
	if err != nil {
		return err
	}
	*n = beforeSum(token.String())
	if next, ok := c.Scan.Peek().Value.(string); ok && belowZero(next) {
		c.Scan.Pop()
		c.Scan.PushTyped(next, kong.PositionalArgumentToken) // or -1 would be a flag
	}
	return nil
}

// accountFlags are the settings of an account as the command line names them.
type accountFlags struct {
	Payment             given `help:"prepaid: calls end when the money does. postpaid: the balance may go below zero, as far as --credit." placeholder:"prepaid|postpaid"`
	Tariff              given `help:"What its calls are sold by: name or id; none: they are not sold." placeholder:"NAME"`
	Credit              given `help:"How far below zero the balance may go; -5: 5.00 are not touched; none: no limit, prepaid: 0." placeholder:"SUM|none"`
	Daily               given `help:"Most it may spend a day, on its clock; none: any." placeholder:"SUM|none"`
	PerCall             given `help:"Most one call may cost; none: any." placeholder:"SUM|none"`
	Low                 given `help:"Below it the balance is low; none: never." placeholder:"SUM|none"`
	Language            given `help:"Of announcements, e.g. ru; none: that of Asterisk." placeholder:"LANGUAGE"`
	TimeZone            given `help:"Of its days, and of the hours in its tariff, e.g. Europe/Moscow; none: UTC, and the deck's." placeholder:"ZONE"`
	Channels            given `help:"Calls at the same time; 0: no limit." placeholder:"N"`
	CPS                 given `name:"cps" help:"New calls a second; 0: no limit." placeholder:"N"`
	Allow               given `help:"The only prefixes it may call, parted by commas; none: any." placeholder:"PREFIX,...|none"`
	Block               given `help:"Prefixes it may not call, parted by commas; none: none of its own." placeholder:"PREFIX,...|none"`
	Country             given `help:"Country of its callers, ISO 3166, e.g. RU; none: they dial international numbers." placeholder:"CODE"`
	InternationalPrefix given `help:"What they dial before a foreign number, e.g. 00 or 810." placeholder:"DIGITS"`
	TrunkPrefix         given `help:"What they dial before a national number, e.g. 0 or 8." placeholder:"DIGITS"`
	DefaultCLI          given `name:"default-cli" help:"Number to show when a caller may not show its own." placeholder:"NUMBER"`
	MinTier             given `help:"No route of a lower tier: noncli, cli or premium." placeholder:"TIER"`
	NoLoss              given `help:"yes: no route that costs more than the call is sold for." placeholder:"yes|no"`
	MaxPerMinute        given `help:"Dearest price per minute to buy at, in the base currency; none: any." placeholder:"PRICE|none"`
	MaxConnectionFee    given `help:"Dearest connection fee to buy at, in the base currency; none: any." placeholder:"SUM|none"`
}

// check reads every flag once, so that what is wrong is told before the database
// is asked.
func (f accountFlags) check() error { return f.apply(&db.Account{}) }

// named finds the tariff and the currency that are named, and says how they change
// an account.
func (f accountFlags) named(ctx context.Context, database *db.DB, currency string) (func(a *db.Account), error) {
	var tariff db.Tariff
	var err error
	if f.Tariff.set && !f.Tariff.none() {
		if tariff, err = findTariff(ctx, database, "--tariff", f.Tariff.text); err != nil {
			return nil, err
		}
	}
	currency = strings.ToUpper(currency)
	if currency != "" {
		if err := knownCurrency(ctx, database, "--currency", currency); err != nil {
			return nil, err
		}
	}
	return func(a *db.Account) {
		if f.Tariff.set {
			a.TariffID, a.Tariff = tariff.ID, tariff.Name
		}
		if currency != "" && currency != a.Currency {
			a.CurrencyID, a.Currency = 0, currency
		}
	}, nil
}

// apply changes what the other flags name, and nothing else.
func (f accountFlags) apply(a *db.Account) error {
	var r reading
	r.word("payment", f.Payment, &a.Payment, db.Prepaid, db.Postpaid)
	r.sum("credit", f.Credit, &a.Credit, true)
	r.sum("daily", f.Daily, &a.DailyLimit, false)
	r.sum("per-call", f.PerCall, &a.CallLimit, false)
	r.sum("low", f.Low, &a.LowBalance, true)
	r.text("language", f.Language, &a.Language, "a language of Asterisk's sounds such as ru or en_GB, or none", goodLanguage)
	r.text("time-zone", f.TimeZone, &a.TimeZone, "a name of the IANA time zone database such as Europe/Moscow, or none", goodZone)
	r.count("channels", f.Channels, &a.Channels)
	r.count("cps", f.CPS, &a.CPS)
	r.prefixes("allow", f.Allow, &a.Allowed)
	if f.Allow.set {
		a.AllowOnly = !f.Allow.none()
	}
	r.prefixes("block", f.Block, &a.Blocked)
	r.text("country", f.Country, &a.Country, "an ISO 3166 code such as GB, or none", goodCountry)
	r.text("international-prefix", f.InternationalPrefix, &a.InternationalPrefix, "at most 5 digits, or none", goodPrefix)
	r.text("trunk-prefix", f.TrunkPrefix, &a.TrunkPrefix, "at most 5 digits, or none", goodPrefix)
	r.text("default-cli", f.DefaultCLI, &a.DefaultCLI, "an international number such as 442038070121, or none", goodNumber)
	a.DefaultCLI = strings.TrimPrefix(a.DefaultCLI, "+")
	r.word("min-tier", f.MinTier, &a.MinTier, "noncli", "cli", "premium")
	noLoss := yesNo(a.NoLoss)
	r.word("no-loss", f.NoLoss, &noLoss, yesNo(true), yesNo(false))
	a.NoLoss = noLoss == yesNo(true)
	r.price("max-per-minute", f.MaxPerMinute, &a.MaxPerMinute)
	r.sum("max-connection-fee", f.MaxConnectionFee, &a.MaxConnectionFee, false)
	return r.err
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// reading reads flags until one is wrong.
type reading struct{ err error }

// fail keeps the first fault: which flag, what it says, what is wanted.
func (r *reading) fail(flag string, g given, want string) {
	if r.err == nil {
		r.err = fmt.Errorf("--%s %q: want %s", flag, g.text, want)
	}
}

// text sets a setting that is a word, empty for none.
func (r *reading) text(flag string, g given, to *string, want string, good func(string) bool) {
	switch {
	case !g.set || r.err != nil:
	case g.none() || g.text == "":
		*to = ""
	case !good(g.text):
		r.fail(flag, g, want)
	default:
		*to = g.text
	}
}

// word sets a setting that is one of a few words.
func (r *reading) word(flag string, g given, to *string, words ...string) {
	if !g.set || r.err != nil {
		return
	}
	if word := strings.ToLower(g.text); slices.Contains(words, word) {
		*to = word
		return
	}
	r.fail(flag, g, strings.Join(words[:len(words)-1], ", ")+" or "+words[len(words)-1])
}

// price sets a setting that is a price per minute or, with none, no limit.
func (r *reading) price(flag string, g given, to **money.Rate) {
	switch {
	case !g.set || r.err != nil:
	case g.none():
		*to = nil
	default:
		v, err := money.ParseRate(g.text)
		if err != nil || v < 0 {
			r.fail(flag, g, "a price such as 0.0125, with at most 8 digits after the point, or none")
			return
		}
		*to = &v
	}
}

// sum sets a setting that is a sum of money or, with none, no limit.
func (r *reading) sum(flag string, g given, to **money.Amount, minus bool) {
	switch {
	case !g.set || r.err != nil:
	case g.none():
		*to = nil
	default:
		v, err := money.ParseAmount(g.text)
		switch {
		case err != nil:
			r.fail(flag, g, "a sum such as 50.00, with at most 6 digits after the point, or none")
		case v < 0 && !minus:
			r.fail(flag, g, "a sum that is not below zero, or none")
		case v > maxSum || v < -maxSum:
			r.fail(flag, g, "a sum below "+shortPrice(maxSum+1))
		default:
			*to = &v
		}
	}
}

// maxSum is the most that the columns of limits hold.
const maxSum money.Amount = 999_999_999_999_999_999

// count sets a setting that is a whole number.
func (r *reading) count(flag string, g given, to *int) {
	if !g.set || r.err != nil {
		return
	}
	n, err := strconv.Atoi(g.text)
	if g.none() {
		n, err = 0, nil
	}
	if err != nil || n < 0 || n > 1_000_000 {
		r.fail(flag, g, "a whole number from 0, no limit, to 1000000")
		return
	}
	*to = n
}

// prefixes sets a list of leading digits.
func (r *reading) prefixes(flag string, g given, to *[]string) {
	switch {
	case !g.set || r.err != nil:
		return
	case g.none():
		*to = nil
		return
	}
	var list []string
	for part := range strings.SplitSeq(g.text, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "+")
		if part == "" || len(part) > e164.MaxDigits || strings.Trim(part, "0123456789") != "" {
			r.fail(flag, g, "leading digits of international numbers parted by commas, such as 7,4420, or none")
			return
		}
		list = append(list, part)
	}
	*to = list
}

func goodLanguage(text string) bool {
	return regexp.MustCompile(`^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})?$`).MatchString(text)
}

func goodZone(text string) bool {
	_, err := time.LoadLocation(text)
	return err == nil && text != "Local"
}

func goodNumber(text string) bool {
	_, err := e164.Parse(text)
	return err == nil
}

func goodPrefix(text string) bool {
	return len(text) <= 5 && strings.Trim(text, "0123456789") == ""
}

func goodCountry(text string) bool {
	_, err := e164.NewDialRules(text, "", "")
	return err == nil
}
