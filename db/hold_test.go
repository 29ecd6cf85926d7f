package db_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/money"
)

// cent is what a second costs by terms.
const cent = money.Amount(10_000)

// floored makes MariaDB itself refuse any change that would set aside or spend
// more than there is.
func (b bundle) floored() {
	b.t.Helper()
	b.exec("ALTER TABLE balances ADD CONSTRAINT floor CHECK (balance - held >= 0 AND held >= 0 AND calls >= 0)")
}

// A hundred calls at once on 10.00, each taking all that it can get, slice by
// slice: they spend at most 10.00.
func TestHundredCallsOnTenEuros(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "10.00")
	b.floored()
	var wait sync.WaitGroup
	for i := range 100 {
		wait.Go(func() {
			h := held(fmt.Sprintf("c%d", i), 1, time.Duration(5+i%7)*time.Second)
			g, err := b.Hold(t.Context(), h, prepaid())
			if err != nil {
				t.Error(err)
				return
			}
			for g.Granted {
				e := billing.Extension{CallID: h.CallID, AccountID: 1, From: g.Paid, To: g.Paid + 7*time.Second, Amount: g.Amount + 7*cent, Bounds: prepaid()}
				more, err := b.Extend(t.Context(), e)
				if err != nil {
					t.Error(err)
					return
				}
				if !more.Granted {
					break
				}
				g = more
			}
			if g.Granted {
				if err := b.WriteRecords(t.Context(), []billing.Record{{End: talked(h.CallID, 1, g.Paid)}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	b.books()
	spent := amount(b.one("SELECT SUM(sale) FROM calls"))
	if spent > amount("10.00") || spent < amount("9.90") {
		t.Errorf("spent %s of 10.00", spent)
	}
	same(t, "left", [][]string{{(amount("10.00") - spent).String(), "0.000000", "0"}}, b.table("SELECT balance, held, calls FROM balances"))
}

// purse is the exact model of an account's money.
type purse struct {
	balance, held, spent money.Amount
	holds                map[string]billing.Grant
	ended                map[string]bool
}

// room is what could be set aside, and what stands against more.
func (p *purse) room(b billing.Bounds, want money.Amount) (money.Amount, billing.Limit) {
	room, limit := money.Amount(1<<62), billing.LimitNone
	if b.Credit != nil {
		room = p.balance + *b.Credit - p.held
		if room < want {
			limit = billing.LimitNoMoney
		}
	}
	if b.Daily != nil {
		left := *b.Daily - p.spent - p.held
		if limit == billing.LimitNone && left < want {
			limit = billing.LimitDaily
		}
		room = min(room, left)
	}
	return max(room, 0), limit
}

func (p *purse) hold(h billing.Hold, b billing.Bounds) billing.Grant {
	if p.ended[h.CallID] {
		return billing.Grant{Limit: billing.LimitGone}
	}
	if g, is := p.holds[h.CallID]; is {
		return g
	}
	if room, limit := p.room(b, h.Amount); limit != billing.LimitNone {
		return billing.Grant{Room: room, Limit: limit}
	}
	g := billing.Grant{Granted: true, Amount: h.Amount, Paid: h.Paid}
	p.held += h.Amount
	p.holds[h.CallID] = g
	return g
}

func (p *purse) extend(e billing.Extension) billing.Grant {
	g, is := p.holds[e.CallID]
	switch {
	case !is:
		return billing.Grant{Limit: billing.LimitGone}
	case g.Paid >= e.To:
		return g
	case g.Paid != e.From:
		g.Granted, g.Limit = false, billing.LimitGone
		return g
	}
	more := max(e.Amount-g.Amount, 0)
	if room, limit := p.room(e.Bounds, more); more > 0 && limit != billing.LimitNone {
		g.Granted, g.Room, g.Limit = false, room, limit
		return g
	}
	p.held += more
	g.Amount, g.Paid = g.Amount+more, e.To
	p.holds[e.CallID] = g
	return g
}

func (p *purse) end(id string, talk time.Duration) {
	if g, is := p.holds[id]; is && !p.ended[id] {
		charge := min(money.Amount(talk/time.Second)*cent, g.Amount)
		p.balance -= charge
		p.spent += charge
		p.held -= g.Amount
		delete(p.holds, id)
	}
	p.ended[id] = true
}

// Whatever is asked for, in whatever order and however often, the answers and
// the books are those of the model.
func TestHoldsFollowTheModel(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(0, "0")
	account := int64(0)
	rapid.Check(t, func(rt *rapid.T) {
		account++
		b.exec("INSERT INTO accounts (id, name) VALUES (?, ?)", account, strconv.FormatInt(account, 10))
		b.exec("INSERT INTO balances (account_id, currency_id, opened_at) VALUES (?, 156, '2026-01-01')", account)
		p := purse{holds: map[string]billing.Grant{}, ended: map[string]bool{}}
		sums := rapid.Custom(func(rt *rapid.T) money.Amount {
			return money.Amount(rapid.IntRange(-200, 400).Draw(rt, "cents")) * cent
		})
		bounds := rapid.Custom(func(rt *rapid.T) billing.Bounds {
			v := billing.Bounds{Day: at("2026-03-04 00:00:00")}
			if rapid.IntRange(0, 9).Draw(rt, "limited") > 0 {
				v.Credit = new(sums.Draw(rt, "credit"))
			}
			if rapid.IntRange(0, 2).Draw(rt, "limited a day") == 0 {
				v.Daily = new(max(0, sums.Draw(rt, "daily")))
			}
			return v
		})
		talk := rapid.Custom(func(rt *rapid.T) time.Duration {
			return time.Duration(rapid.IntRange(0, 120).Draw(rt, "seconds")) * time.Second
		})
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			id := fmt.Sprintf("%d.%d", account, rapid.IntRange(1, 4).Draw(rt, "call"))
			switch rapid.IntRange(0, 9).Draw(rt, "what") {
			case 0:
				p.balance += 5 * cent
				if _, err := b.TopUp(t.Context(), db.TopUp{Key: rapid.StringMatching(`[a-z]{12}`).Draw(rt, "key"), AccountID: account, Amount: 5 * cent, At: time.Now()}); err != nil {
					rt.Fatal(err)
				}
			case 1, 2, 3:
				h, v := held(id, account, talk.Draw(rt, "talk")), bounds.Draw(rt, "bounds")
				if diff := diff(p.hold(h, v), b.hold(h, v)); diff != "" {
					rt.Fatalf("hold (-want +got):\n%s", diff)
				}
			case 4, 5, 6, 7:
				from := p.holds[id].Paid
				if rapid.IntRange(0, 4).Draw(rt, "mistaken") == 0 {
					from = talk.Draw(rt, "from")
				}
				e := billing.Extension{CallID: id, AccountID: account, From: from, To: from + talk.Draw(rt, "more"), Bounds: bounds.Draw(rt, "bounds")}
				e.Amount = money.Amount(e.To/time.Second) * cent
				if diff := diff(p.extend(e), b.extend(e)); diff != "" {
					rt.Fatalf("extend (-want +got):\n%s", diff)
				}
			default:
				d := talk.Draw(rt, "talk")
				b.write(billing.Record{End: talked(id, account, d)})
				p.end(id, d)
			}
			want := []string{p.balance.String(), p.held.String(), strconv.Itoa(len(p.holds)), p.spent.String()}
			if diff := diff(want, b.table("SELECT balance, held, calls, spent FROM balances WHERE account_id = ?", account)[0]); diff != "" {
				rt.Fatalf("balance, held, calls, spent (-want +got):\n%s", diff)
			}
		}
	})
	// What was topped up is in the ledger, what was charged too.
	b.books()
}

// storm is many nodes at work on the same few accounts: calls that begin, go on
// and end, some of them twice, while money comes in.
type storm struct {
	bundle
	accounts int
	calls    int // of each worker
	// insist repeats what failed until its outcome is known.
	insist func(what func(ctx context.Context) error) error
}

func (s storm) run(workers int) {
	s.t.Helper()
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(w)))
			for i := range s.calls {
				if err := s.call(fmt.Sprintf("%d.%d", w, i), r); err != nil {
					s.t.Errorf("worker %d: %v", w, err)
					return
				}
			}
		})
	}
	wait.Wait()
}

func (s storm) call(id string, r *rand.Rand) error {
	account := 1 + r.Int64N(int64(s.accounts))
	h := held(id, account, time.Duration(1+r.IntN(60))*time.Second)
	var g billing.Grant
	if err := s.insist(func(ctx context.Context) (err error) {
		g, err = s.Hold(ctx, h, prepaid())
		return err
	}); err != nil {
		return err
	}
	for range r.IntN(3) {
		if !g.Granted {
			break
		}
		e := billing.Extension{CallID: id, AccountID: account, From: g.Paid, To: g.Paid + 20*time.Second, Amount: g.Amount + 20*cent, Bounds: prepaid()}
		if err := s.insist(func(ctx context.Context) error {
			more, err := s.Extend(ctx, e)
			if err == nil && more.Granted {
				g = more
			}
			return err
		}); err != nil {
			return err
		}
	}
	if r.IntN(4) == 0 {
		key := "top:" + id
		if err := s.insist(func(ctx context.Context) error {
			_, err := s.TopUp(ctx, db.TopUp{Key: key, AccountID: account, Amount: 7 * cent, At: time.Now()})
			return err
		}); err != nil {
			return err
		}
	}
	records := []billing.Record{{Start: started(id)}, {End: talked(id, account, time.Duration(r.IntN(90))*time.Second)}}
	if r.IntN(2) == 0 {
		records = append(records, records[1])
	}
	for range 1 + r.IntN(2) {
		if err := s.insist(func(ctx context.Context) error { return s.WriteRecords(ctx, records) }); err != nil {
			return err
		}
	}
	return nil
}

func TestParallelHoldsNeverOverspend(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(3, "3.00")
	b.floored()
	storm{bundle: b, accounts: 3, calls: 12, insist: func(what func(ctx context.Context) error) error { return what(t.Context()) }}.run(100)
	b.books()
	same(t, "nothing is left open", "0 0.000000", b.one("SELECT CONCAT((SELECT COUNT(*) FROM holds), ' ', SUM(held)) FROM balances"))
	same(t, "every call is over", "1200", b.one("SELECT COUNT(*) FROM calls WHERE closed_by = 'report'"))
}

// Connections die at every moment, so that nobody knows what was done: done
// again, it is done once.
func TestConnectionsThatDie(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	// Connections that were killed while they rested say so when they are closed.
	t.Cleanup(func() { _, _ = b.Close(), b.hand.Close() })
	b.funded(2, "20.00")
	b.floored()
	ctx, stop := context.WithCancel(t.Context())
	var killer sync.WaitGroup
	kills := 0
	killer.Go(func() {
		tick := time.NewTicker(3 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			<-tick.C
			rows := b.table("SELECT id FROM information_schema.PROCESSLIST WHERE db = DATABASE() AND id <> CONNECTION_ID() AND command <> 'Sleep' ORDER BY RAND() LIMIT 1")
			for _, row := range rows {
				// Who is gone by now need not be killed.
				if _, err := b.hand.ExecContext(t.Context(), "KILL CONNECTION "+row[0]); err == nil {
					kills++
				}
			}
		}
	})
	storm{bundle: b, accounts: 2, calls: 40, insist: func(what func(ctx context.Context) error) error {
		for range 1000 {
			err := what(t.Context())
			if err == nil || !errors.Is(err, db.ErrUnavailable) && !errors.Is(err, billing.ErrUnavailable) {
				return err
			}
		}
		return errors.New("a thousand times in vain")
	}}.run(8)
	stop()
	killer.Wait()
	if kills < 20 {
		t.Errorf("only %d connections were killed", kills)
	}
	b.books()
	same(t, "nothing is left open", "0 0.000000", b.one("SELECT CONCAT((SELECT COUNT(*) FROM holds), ' ', SUM(held)) FROM balances"))
}

// A lock that is held too long, or a time-out of the caller, is an error that
// says "later", and nothing is set aside twice when the answer was lost.
func TestHoldThatCannotWait(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "1.00")
	tx, err := b.hand.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(t.Context(), "UPDATE balances SET held = held + 0"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := b.Hold(ctx, held("c1", 1, 10*time.Second), prepaid()); !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("%v; want %v", err, db.ErrUnavailable)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	// The first CALL may still be on its way: the second one gets its hold.
	same(t, "asked again", billing.Grant{Granted: true, Amount: 10 * cent, Paid: 10 * time.Second}, b.hold(held("c1", 1, 10*time.Second), prepaid()))
	same(t, "held once", "0.100000", b.one("SELECT held FROM balances"))
	b.books()
}

func TestHoldsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "1.00")
	for what, spoil := range map[string]func(h *billing.Hold){
		"no call id":         func(h *billing.Hold) { h.CallID = "" },
		"below zero":         func(h *billing.Hold) { h.Amount = -1 },
		"nobody pays":        func(h *billing.Hold) { h.AccountID = 0 },
		"not sold":           func(h *billing.Hold) { h.Terms.Sale = nil },
		"two currencies":     func(h *billing.Hold) { p := priceOf("1"); p.CurrencyID = usd; h.Terms.Routes[0].Sale = p },
		"call id too long":   func(h *billing.Hold) { h.CallID = fmt.Sprintf("%065d", 1) },
		"call id not ascii":  func(h *billing.Hold) { h.CallID = "ü" },
		"server of 65 signs": func(h *billing.Hold) { h.Server = fmt.Sprintf("%065d", 1) },
	} {
		h := held("c1", 1, time.Second)
		spoil(&h)
		if g, err := b.Hold(t.Context(), h, prepaid()); err == nil {
			t.Errorf("%s: %+v", what, g)
		}
	}
	dollars := held("c2", 1, time.Second)
	dollars.Terms.Sale.CurrencyID = usd
	same(t, "another currency", billing.Grant{Limit: billing.LimitNoBalance}, b.hold(dollars, prepaid()))
	free := held("c3", 1, time.Minute)
	free.Terms.Sale, free.AccountID, free.Amount = nil, 0, 0
	same(t, "nobody pays and nothing is held", billing.Grant{Granted: true, Paid: time.Minute}, b.hold(free, billing.Bounds{}))
	same(t, "rows", [][]string{{"c3", "NULL", "0.000000", "NULL"}}, b.table("SELECT call_id, account_id, amount, currency_id FROM holds"))
	b.books()
}
