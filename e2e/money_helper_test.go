//go:build e2e

package e2e_test

import (
	"database/sql"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/billing"
	"tandem/billing/rate"
	"tandem/db"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/play"
	"tandem/play/sip"
)

// More subscribers of the demo data. Here every one shows nothing: its account
// is made by the test.
const (
	london2 = "london-202"
	seller  = retail
)

// paying gives an exchange its times of paying for calls.
func paying(slice, lead, warn, wait time.Duration) func(*play.Options) {
	return with(func(s *play.NodeSettings) { s.Slice, s.Lead, s.Warn, s.Patience = slice, lead, warn, wait })
}

// inLine waits until the nodes, which were there before Asterisk, see calls at once,
// can move their limits and whisper to callers.
func (x *exchange) inLine(t *testing.T) {
	t.Helper()
	eventually(t, patience, func() error {
		for _, node := range x.Nodes {
			log := tail(node.Log, 100_000)
			for _, message := range []string{"AMI answers again", "ARI events come again"} {
				if !strings.Contains(log, message) {
					return fmt.Errorf("node %s has not said %q", node.Name, message)
				}
			}
		}
		return nil
	})
}

// deal is what an account and we have agreed on.
type deal struct {
	login    string
	rate     rate.Rate         // that calls to Russia are sold by
	costPlus bool              // they are sold at what they cost and markup more
	currency string            // of the tariff; empty: EUR
	money    string            // what is paid in, in EUR; empty: nothing
	more     func(*db.Account) // and the rest; prepaid, unless it says otherwise
}

// markup of every cost-plus tariff.
const (
	markupPercent   = 25_0000 // 25 %
	markupPerMinute = 200_000 // 0.002
)

// customer is an account with a telephone and a tariff of its own.
type customer struct {
	x     *exchange
	id    int64
	login string
	rate  rate.Rate
	paid  money.Amount // in
}

// customers makes accounts and waits until every node knows them.
func (x *exchange) customers(t *testing.T, deals map[string]deal) map[string]*customer {
	t.Helper()
	made := map[string]*customer{}
	for name, d := range deals {
		made[name] = x.customer(t, name, d)
	}
	x.change(t, `UPDATE accounts SET no_loss = 0 WHERE id > 4`)
	for _, c := range made {
		x.phone(t, c.login)
	}
	return made
}

func (x *exchange) customer(t *testing.T, name string, d deal) *customer {
	t.Helper()
	if d.currency == "" {
		d.currency = "EUR"
	}
	name = fmt.Sprintf("%s %d", name, x.numbers.Add(1))
	tariff := db.Tariff{Name: name, Currency: d.currency}
	if d.costPlus {
		tariff.CostPlus, tariff.Percent, tariff.PerMinute = true, markupPercent, markupPerMinute
	}
	tariff, err := x.records.CreateTariff(soon(t), tariff)
	if err != nil {
		t.Fatal(err)
	}
	if !d.costPlus {
		x.sellsBy(t, tariff.ID, d.rate)
	}
	account := db.Account{Name: name, Enabled: true, Payment: db.Prepaid, TariffID: tariff.ID, Currency: "EUR"}
	if d.more != nil {
		d.more(&account)
	}
	if account, err = x.records.CreateAccount(soon(t), account); err != nil {
		t.Fatal(err)
	}
	c := &customer{x: x, id: account.ID, login: d.login, rate: d.rate}
	if d.money != "" {
		c.topUp(t, d.money)
	}
	x.exec(t, `UPDATE subscribers SET account_id = ? WHERE login = ?`, c.id, c.login)
	return c
}

// sellsBy publishes a deck that has one rate for all of Russia.
func (x *exchange) sellsBy(t *testing.T, tariff int64, r rate.Rate) {
	t.Helper()
	x.exec(t, `INSERT INTO decks (tariff_id, version, state, rates, created_at) VALUES (?, 1, 'loading', 1, UTC_TIMESTAMP(3))`, tariff)
	x.exec(t, `INSERT INTO deck_rates (deck_id, prefix, per_minute, connection_fee, minimum_charge, attempt_fee, first_s, next_s)
		SELECT id, '7', ?, ?, ?, ?, ?, ? FROM decks WHERE tariff_id = ?`,
		r.PerMinute, r.ConnectionFee, r.Minimum, r.AttemptFee, r.First, r.Next, tariff)
	x.exec(t, `UPDATE decks SET state = 'published', publish_at = '2026-01-01' WHERE tariff_id = ?`, tariff)
}

// Exchange rates of the demo data.
const (
	euro   money.FX = 1_0000_0000
	dollar money.FX = 1_1600_0000
	ruble  money.FX = 92_5000_0000
)

// carrier is a provider as calls from here that show nothing meet it: the
// cheapest is VoxBeam, the next WestCall.
type carrier struct {
	id   int64
	deck int64
	key  string // of its route
	iso  string // of its currency
	fx   money.FX
	rate rate.Rate // to Moscow
}

// attemptFee is what both charge for every attempt, each in its currency.
const attemptFee money.Amount = 250

func firstCarrier() carrier {
	return carrier{8, voxbeamNonCLI, "8.n.a1", "USD", dollar, rate.Rate{PerMinute: 900_000, AttemptFee: attemptFee, First: 30, Next: 6}}
}

func secondCarrier() carrier {
	return carrier{7, 3, "7.c.g8", "RUB", ruble, rate.Rate{PerMinute: 75_000_000, AttemptFee: attemptFee, First: 1, Next: 1}}
}

// chargesFees makes the two charge attempts.
func (x *exchange) chargesFees(t *testing.T) {
	t.Helper()
	for _, c := range []carrier{firstCarrier(), secondCarrier()} {
		x.exec(t, `UPDATE deck_rates SET attempt_fee = ? WHERE deck_id = ?`, attemptFee, c.deck)
		x.exec(t, `UPDATE decks SET revision = revision + 1 WHERE id = ?`, c.deck)
	}
}

// cost is what it is owed for an attempt; talk 0: that failed.
func (c carrier) cost(t *testing.T, talk time.Duration) money.Amount {
	t.Helper()
	return priceOf(t, c.rate, talk) + c.rate.AttemptFee
}

// gets is the entry of that, base the sum in the base currency.
func (c carrier) gets(sum money.Amount) string {
	return fmt.Sprintf("expense: %s %s to provider %d, purchase", sum, c.iso, c.id)
}

func (c carrier) base(t *testing.T, sum money.Amount) money.Amount {
	t.Helper()
	return converted(t, sum, c.fx, dollar)
}

func converted(t *testing.T, sum money.Amount, from, to money.FX) money.Amount {
	t.Helper()
	v, err := money.Convert(sum, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// topUp pays money in.
func (c *customer) topUp(t *testing.T, sum string) {
	t.Helper()
	amount := eur(t, sum)
	if _, err := c.x.records.TopUp(soon(t), db.TopUp{
		Key: fmt.Sprintf("e2e:%d:%d", c.id, c.x.numbers.Add(1)), AccountID: c.id, Amount: amount, At: time.Now(),
	}); err != nil {
		t.Fatal(err)
	}
	c.paid += amount
}

// set changes the account and waits until every node decides by it.
func (c *customer) set(t *testing.T, change func(*db.Account)) {
	t.Helper()
	if _, _, err := c.x.records.UpdateAccount(soon(t), c.id, func(a *db.Account) error { change(a); return nil }); err != nil {
		t.Fatal(err)
	}
	c.x.change(t, `UPDATE accounts SET no_loss = 0 WHERE id = ?`, c.id)
}

// call dials a number that makes the carriers do what its ending says.
func (c *customer) call(t *testing.T, ending string) (*sip.Call, e164.Number) {
	t.Helper()
	b := c.x.number(ending)
	return c.x.dial(t, c.login, string(b)), b
}

// up is a call that has been answered by the first carrier, and its id.
func (c *customer) up(t *testing.T) (call *sip.Call, b e164.Number, id string) {
	t.Helper()
	return c.upAt(t, "9307")
}

func (c *customer) upAt(t *testing.T, ending string) (call *sip.Call, b e164.Number, id string) {
	t.Helper()
	call, b = c.call(t, ending)
	answered(t, call)
	c.x.started(t, string(b))
	ids, err := c.x.callsWhere(t, "dialled = ?", string(b))
	if err != nil || len(ids) != 1 {
		t.Fatal(ids, err)
	}
	return call, b, ids[0]
}

// listens lets the caller listen that long after the answer.
func listens(t *testing.T, call *sip.Call, talk time.Duration) {
	t.Helper()
	answered(t, call)
	if err := call.WaitMedia(soon(t), call.EarlyMediaPackets()+int(talk/(20*time.Millisecond))); err != nil {
		t.Fatal(err)
	}
}

// talks listens that long and hangs up.
func talks(t *testing.T, call *sip.Call, talk time.Duration) {
	t.Helper()
	listens(t, call, talk)
	if err := call.Hangup(soon(t)); err != nil {
		t.Fatal(err)
	}
}

// eur reads a sum.
func eur(t *testing.T, sum string) money.Amount {
	t.Helper()
	a, err := money.ParseAmount(sum)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// priceOf is what a rate asks for a talk.
func priceOf(t *testing.T, r rate.Rate, talk time.Duration) money.Amount {
	t.Helper()
	price, err := r.Price(talk)
	if err != nil {
		t.Fatal(err)
	}
	return price
}

// inEuro is the exact sum of a price in another currency, the fee for trying
// included, converted and rounded once.
func inEuro(r rate.Rate, fx money.FX, talk time.Duration) money.Amount {
	// A second at 1e-8 a minute is a 6000th of 1e-6.
	sum := big.NewRat(int64(r.PerMinute), 6000)
	sum.Mul(sum, big.NewRat(int64(r.Billed(talk)/time.Second), 1))
	sum.Add(sum, big.NewRat(int64(r.ConnectionFee+r.AttemptFee), 1))
	sum.Mul(sum, big.NewRat(int64(euro), int64(fx)))
	sum.Add(sum, big.NewRat(1, 2))
	return money.Amount(new(big.Int).Div(sum.Num(), sum.Denom()).Int64())
}

// charged is what a call came to, by its record.
type charged struct {
	By       billing.Source
	Sold     bool
	Sale     money.Amount // in EUR
	SaleBase money.Amount // in dollars, as Cost
	Cost     money.Amount
	Margin   money.Amount
	Cut      bool
	Error    string
}

// chargeOf reads it, and what was held for the call.
func (x *exchange) chargeOf(t *testing.T, id string) (c charged, held sql.Null[money.Amount]) {
	t.Helper()
	var sale, saleBase, cost sql.Null[money.Amount]
	var currency sql.NullString
	var by sql.NullString
	row := x.sql.QueryRowContext(soon(t), `SELECT closed_by, sale, iso, sale_base, cost_base, sale_base - cost_base, held, cut, COALESCE(charge_error, '')
		FROM calls LEFT JOIN currency ON currency.id = sale_currency_id WHERE call_id = ?`, id)
	var margin sql.Null[money.Amount]
	if err := row.Scan(&by, &sale, &currency, &saleBase, &cost, &margin, &held, &c.Cut, &c.Error); err != nil {
		t.Fatal(err)
	}
	if currency.Valid && currency.String != "EUR" {
		t.Errorf("call %s is charged in %s", id, currency.String)
	}
	c.By, c.Sold, c.Sale, c.SaleBase, c.Cost, c.Margin = billing.Source(by.String), sale.Valid, sale.V, saleBase.V, cost.V, margin.V
	if c.Sale > held.V && held.Valid {
		t.Errorf("call %s is charged %s, only %s was held", id, c.Sale, held.V)
	}
	return c, held
}

// wantCharge checks what a call that was sold came to.
func (x *exchange) wantCharge(t *testing.T, id string, want charged) {
	t.Helper()
	want.Sold, want.SaleBase = true, converted(t, want.Sale, euro, dollar)
	want.Margin = want.SaleBase - want.Cost
	got, _ := x.chargeOf(t, id)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("charge of call %s (-want +got):\n%s", id, diff)
	}
}

// postings are the entries of a call in the ledger, in their order.
func (x *exchange) postings(t *testing.T, id string) []string {
	t.Helper()
	rows, err := x.sql.QueryContext(soon(t), `SELECT kind, debit, debit_id, credit, credit_id, amount, iso FROM ledger
		JOIN currency ON currency.id = currency_id WHERE call_id = ? ORDER BY ledger.id`, id)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var kind, iso string
		var debit, credit billing.Party
		var amount money.Amount
		if err := rows.Scan(&kind, &debit.Kind, &debit.ID, &credit.Kind, &credit.ID, &amount, &iso); err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprintf("%s: %s %s to %s, %s", debit, amount, iso, credit, kind))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// wantPostings compares them.
func (x *exchange) wantPostings(t *testing.T, id string, want ...string) {
	t.Helper()
	if got := x.postings(t, id); !slices.Equal(got, want) {
		t.Errorf("ledger of call %s: %q, want %q", id, got, want)
	}
}

// pays is the entry of a sale.
func (c *customer) pays(sum money.Amount) string {
	return fmt.Sprintf("customer %d: %s EUR to revenue, sale", c.id, sum)
}

// balance is the money of the account.
func (c *customer) balance(t *testing.T) billing.Balance {
	t.Helper()
	list, err := c.x.records.Balances(soon(t), []int64{c.id})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	return list[0]
}

// wantBalance checks that the account has spent so much and nothing is set aside.
func (c *customer) wantBalance(t *testing.T, spent money.Amount) {
	t.Helper()
	if got := c.balance(t); got.Balance != c.paid-spent || got.Held != 0 || got.Calls != 0 {
		t.Errorf("balance %s, %s held for %d calls; want %s and nothing held", got.Balance, got.Held, got.Calls, c.paid-spent)
	}
}

// balanced checks, when the calls are over, that no hold is open and the books
// agree with each other.
func (x *exchange) balanced(t *testing.T) {
	t.Helper()
	eventually(t, patience, func() error {
		var open int
		err := x.sql.QueryRowContext(soon(t), `SELECT COUNT(*) FROM holds`).Scan(&open)
		if err == nil && open > 0 {
			err = fmt.Errorf("%d holds are open", open)
		}
		return err
	})
	v, err := x.records.Verify(soon(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range v.Findings {
		t.Errorf("ledger: %s of account %d, call %q: %s", f.Kind, f.AccountID, f.CallID, f.Detail)
	}
	if v.Calls == 0 || v.Postings == 0 {
		t.Errorf("verified %+v: nothing to verify", v)
	}
}
