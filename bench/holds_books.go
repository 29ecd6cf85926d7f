package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"tandem/billing"
	"tandem/billing/rate"
	"tandem/db"
	"tandem/internal/money"
	"tandem/play"
)

// The accounts of the bench, beyond those of the demo data, each with one
// subscriber of the same name.
const (
	firstPayer  = 100_001
	limited     = firstPayer - 1 // the one that has too little
	payerCredit = "1000000000"   // of each other one; no run comes near it
	limitedHas  = "10.00"
)

func payerName(i int) string { return fmt.Sprintf("payer-%d", i+1) }

// books are the accounts and what is set aside for them, reached by our own code
// and by the bare driver.
type books struct {
	db    *db.DB
	bare  *bareHold
	terms billing.Terms
	run   atomic.Int64 // makes call ids that no earlier case had
}

// openBooks makes the accounts and both ways to them.
func openBooks(ctx context.Context, m *play.MariaDB, accounts int, teardown *play.Teardown) (*books, error) {
	if err := addPayers(ctx, m, accounts); err != nil {
		return nil, err
	}
	at := m.Config()
	database, err := db.Open(ctx, db.Config{
		Address: at.Addr, User: at.User, Password: at.Passwd, Database: at.DBName, Program: "tandem bench", Log: zerolog.Nop(),
	})
	if err != nil {
		return nil, err
	}
	teardown.Add("connections to MariaDB", func(context.Context) error { return database.Close() })
	b := &books{db: database, terms: demoTerms()}
	text, err := json.Marshal(&b.terms)
	if err != nil {
		return nil, err
	}
	config := m.Config()
	config.InterpolateParams = true
	b.bare = &bareHold{
		DSN: config.FormatDSN(), Amount: holdAmount.String(), CurrencyID: demoEUR, PaidS: int64(holdTalk / time.Second), Terms: string(text),
		Server: server, Node: "bare",
	}
	if err := b.bare.open(); err != nil {
		return nil, err
	}
	teardown.Add("bare connections to MariaDB", func(context.Context) error { return b.bare.close() })
	return b, nil
}

// addPayers makes prepaid accounts on the demo's tariff, with a subscriber and a
// topped-up balance each. A node that is to know them starts later.
func addPayers(ctx context.Context, m *play.MariaDB, n int) error {
	var accounts, subscribers, balances, postings []string
	add := func(id int, name, balance string) {
		accounts = append(accounts, fmt.Sprintf("(%d, '%s', 'prepaid', 1, 'RU', '810', '8', '74951815000', 'cli')", id, name))
		subscribers = append(subscribers, fmt.Sprintf("('%s', 'unused', %d, 1)", name, id))
		balances = append(balances, fmt.Sprintf("(%d, %d, %s, UTC_TIMESTAMP(3))", id, demoEUR, balance))
		postings = append(postings, fmt.Sprintf("('bench:%d', UTC_TIMESTAMP(3), 'topup', 'cash', 'customer', %d, %s, %d)", id, id, balance, demoEUR))
	}
	add(limited, "payer-limited", limitedHas)
	for i := range n {
		add(firstPayer+i, payerName(i), payerCredit)
	}
	return execAll(
		ctx, m,
		fmt.Sprintf("SET GLOBAL innodb_buffer_pool_size = %d", bufferPool),
		"INSERT INTO accounts (id, name, payment, tariff_id, country, international_prefix, trunk_prefix, default_cli, min_tier) VALUES "+strings.Join(accounts, ", "),
		"INSERT INTO subscribers (login, secret, account_id, server_id) VALUES "+strings.Join(subscribers, ", "),
		"INSERT INTO balances (account_id, currency_id, balance, opened_at) VALUES "+strings.Join(balances, ", "),
		"INSERT INTO ledger (posting_key, at, kind, debit, credit, credit_id, amount, currency_id) VALUES "+strings.Join(postings, ", "),
	)
}

// What each hold of the bench is for.
const (
	holdTalk   = 2 * time.Minute
	holdAmount = money.Amount(30_000) // 0.03, two minutes at the demo's price
	minuteFor  = money.Amount(15_000)
)

// demoTerms are those of a call to Moscow as the demo data sells it, with five
// routes.
func demoTerms() billing.Terms {
	price := func(perMinute string, currency int64, perEUR money.FX) *billing.Price {
		v, err := money.ParseRate(perMinute)
		if err != nil {
			panic(err) // a constant of ours
		}
		return &billing.Price{
			Card: rate.Card{Rates: []rate.Rate{{PerMinute: v, First: 60, Next: 60}}}, Deck: 11, Prefix: "7495", CurrencyID: currency, CardCurrencyID: currency,
			From: perEUR, To: perEUR,
		}
	}
	const one = money.FX(1e8)
	t := billing.Terms{Sale: price("0.0150", demoEUR, one), Base: one}
	for i, cost := range []string{"0.0070", "0.0075", "0.0081", "0.0090", "0.0110"} {
		t.Routes = append(t.Routes, billing.RouteTerms{Key: fmt.Sprintf("%d.c.a%d", 7+i, 31+i), Cost: price(cost, demoUSD, 116e6)})
	}
	return t
}

// today is the day that a limit of a day would be checked for.
func today() time.Time { return time.Now().UTC().Truncate(24 * time.Hour) }

// bounds are those of a prepaid account.
func bounds() billing.Bounds { return billing.Bounds{Credit: new(money.Amount), Day: today()} }

// clear takes every hold away.
func (b *books) clear(ctx context.Context) error {
	return b.bare.exec(ctx, "TRUNCATE TABLE holds", "UPDATE balances SET held = 0, calls = 0")
}

var errBooks = errors.New("the books do not agree")

// add holds the balances against the holds, account by account: the sums, how many
// holds were made, and nothing above a balance.
func (b *books) add(ctx context.Context, made int) error {
	var holds, wrong, above int
	err := b.bare.pool.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM holds), SUM(held <> COALESCE(amount, 0) OR calls <> COALESCE(n, 0)), SUM(held > balance)
		FROM balances LEFT JOIN (SELECT account_id, SUM(amount) AS amount, COUNT(*) AS n FROM holds GROUP BY account_id) h USING (account_id)`).
		Scan(&holds, &wrong, &above)
	if err == nil && (holds != made || wrong != 0 || above != 0) {
		err = fmt.Errorf("%w: %d holds were made, %d are there; %d balances do not say what their holds do, %d hold more than they have",
			errBooks, made, holds, wrong, above)
	}
	return err
}

// work is what the three ways do in a case.
func (b *books) work(ctx context.Context, what string, accounts, workers int) ([3]work, error) {
	run := b.run.Add(1)
	if what == "extend" {
		open, err := b.hold(ctx, run, accounts)
		if err != nil {
			return [3]work{}, err
		}
		mine := func(worker, n int) *openHold {
			share := len(open) / workers
			return &open[worker*share+n%share]
		}
		return [3]work{
			func(ctx context.Context, worker, n int) error { return b.extend(ctx, mine(worker, n)) },
			func(ctx context.Context, worker, n int) error { return b.bare.extend(ctx, mine(worker, n)) },
			func(ctx context.Context, worker, n int) error { return b.bare.extendPlainly(ctx, mine(worker, n)) },
		}, nil
	}
	var calls atomic.Int64
	next := func(side int) (string, int64) {
		n := calls.Add(1)
		return fmt.Sprintf("%s-17%08d.%d%d", server, run, n, side), firstPayer + n*7919%int64(accounts)
	}
	return [3]work{
		func(ctx context.Context, _, _ int) error {
			id, account := next(0)
			return b.grant(ctx, b.newHold(id, account))
		},
		func(ctx context.Context, _, _ int) error {
			id, account := next(1)
			return b.bare.hold(ctx, id, account)
		},
		func(ctx context.Context, _, _ int) error {
			id, account := next(2)
			return b.bare.holdPlainly(ctx, id, account)
		},
	}, nil
}

func (b *books) newHold(id string, account int64) billing.Hold {
	return billing.Hold{
		CallID: id, AccountID: account, Amount: holdAmount, Paid: holdTalk, Limited: true, Terms: b.terms,
		Server: server, Node: "tandem", BeganAt: time.Now(),
	}
}

var errNotGranted = errors.New("not granted")

func (b *books) grant(ctx context.Context, h billing.Hold) error {
	g, err := b.db.Hold(ctx, h, bounds())
	if err == nil && !g.Granted {
		err = fmt.Errorf("%w: %s", errNotGranted, g.Limit)
	}
	return err
}

// openHold is a hold that is extended again and again, by one worker at a time.
type openHold struct {
	id      string
	account int64
	paid    time.Duration
	amount  money.Amount
}

// extended is how many holds there are to extend.
const extended = 1024

// hold makes the holds that are to be extended.
func (b *books) hold(ctx context.Context, run int64, accounts int) ([]openHold, error) {
	open := make([]openHold, extended)
	for i := range open {
		o := &open[i]
		*o = openHold{fmt.Sprintf("%s-17%08d.%d", server, run, i), firstPayer + int64(i%accounts), holdTalk, holdAmount}
		if err := b.bare.hold(ctx, o.id, o.account); err != nil {
			return nil, err
		}
	}
	return open, nil
}

func (o *openHold) longer() { o.paid, o.amount = o.paid+time.Minute, o.amount+minuteFor }

func (b *books) extend(ctx context.Context, o *openHold) error {
	g, err := b.db.Extend(ctx, billing.Extension{
		CallID: o.id, AccountID: o.account, From: o.paid, To: o.paid + time.Minute, Amount: o.amount + minuteFor, Bounds: bounds(),
	})
	if err == nil && !g.Granted {
		err = fmt.Errorf("%w: %s", errNotGranted, g.Limit)
	}
	o.longer()
	return err
}

// Guarantee is what becomes of an account that is asked for more than it has, by
// many at a time.
type Guarantee struct {
	Balance money.Amount `json:"balance"`
	Asked   int          `json:"calls_asked"` // each of them twice
	Amount  money.Amount `json:"amount_each"`
	Granted int          `json:"calls_granted"`
	Held    money.Amount `json:"held"`         // as the balance says
	Holds   money.Amount `json:"sum_of_holds"` // as they say
	Beyond  money.Amount `json:"beyond_the_balance"`
}

const (
	raceCalls  = 1000
	raceAmount = money.Amount(70_000) // 142 of them fit into 10.00
)

// race lets workers ask for a thousand calls of the account that has money for
// 142, each call twice at the same time.
func (b *books) race(ctx context.Context, workers int) (g Guarantee, err error) {
	if err := b.clear(ctx); err != nil {
		return g, err
	}
	g.Asked, g.Amount = raceCalls, raceAmount
	var asked atomic.Int64
	var running sync.WaitGroup
	errs := make([]error, workers)
	for w := range workers {
		running.Go(func() {
			for n := asked.Add(1); n <= 2*raceCalls && errs[w] == nil; n = asked.Add(1) {
				h := b.newHold(fmt.Sprintf("%s-1700000000.%d", server, (n+1)/2), limited)
				h.Amount = raceAmount
				_, errs[w] = b.db.Hold(ctx, h, bounds())
			}
		})
	}
	running.Wait()
	if err := errors.Join(errs...); err != nil {
		return g, err
	}
	err = b.bare.pool.QueryRowContext(ctx, `SELECT balance, held, calls, (SELECT COALESCE(SUM(amount), 0) FROM holds) FROM balances WHERE account_id = ?`, limited).
		Scan(&g.Balance, &g.Held, &g.Granted, &g.Holds)
	if err != nil {
		return g, err
	}
	g.Beyond = max(0, g.Held-g.Balance)
	if want := int(g.Balance / raceAmount); g.Granted != want || g.Held != g.Holds || g.Held != raceAmount*money.Amount(want) {
		return g, fmt.Errorf("%w: %d calls of %s were granted to an account with %s, want %d; held %s, holds %s",
			errBooks, g.Granted, raceAmount, g.Balance, want, g.Held, g.Holds)
	}
	return g, nil
}
