package chaos

import (
	"context"
	"fmt"
	"sync"
	"time"

	"tandem/billing"
	"tandem/internal/money"
)

// topUp is money paid in.
type topUp struct {
	Key       string
	Name      string // of the account
	AccountID int64
	Amount    money.Amount
	At        time.Time
}

func opening(name string, id int64, amount money.Amount) topUp {
	return topUp{Key: "chaos:opening:" + name, Name: name, AccountID: id, Amount: amount, At: now()}
}

// now is a time as the tables keep it.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// posting is the top-up as the ledger takes it.
func (t topUp) posting() billing.Posting {
	return billing.Posting{
		Key: t.Key, At: t.At, Kind: billing.TopUp, Debit: billing.Party{Kind: billing.Cash}, Credit: billing.Party{Kind: billing.Customer, ID: t.AccountID},
		Amount: t.Amount, CurrencyID: euro,
	}
}

// Times of paying in.
const (
	payEvery  = 3 * time.Second // at most; a random part of it
	payWithin = 2 * time.Second
	payAgain  = 300 * time.Millisecond
)

// topUps pays in during the calls. What is not acknowledged is paid in again under
// the same key, until it is.
type topUps struct {
	pay func(ctx context.Context, t topUp) error
	ids map[string]int64

	mu   sync.Mutex
	list []topUp // acknowledged
}

// run pays in until ctx ends; the last payment is seen through.
func (p *topUps) run(ctx context.Context, seed uint64) {
	r := random(seed, "top-ups")
	var payers []subject
	for _, s := range subjects() {
		if s.TopUps {
			payers = append(payers, s)
		}
	}
	for n := 0; rest(ctx, span(r, 200*time.Millisecond, payEvery)); n++ {
		s := payers[r.IntN(len(payers))]
		t := topUp{
			Key: fmt.Sprintf("chaos:topup:%d", n), Name: s.Name, AccountID: p.ids[s.Name],
			Amount: money.Amount(20_000 + r.Int64N(200_000)), At: now(),
		}
		if p.through(context.WithoutCancel(ctx), t) {
			p.mu.Lock()
			p.list = append(p.list, t)
			p.mu.Unlock()
		}
	}
}

// patience is how long a payment is tried: every outage of a run is shorter.
const patience = time.Minute

func (p *topUps) through(ctx context.Context, t topUp) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		within, cancel := context.WithTimeout(ctx, payWithin)
		err := p.pay(within, t)
		cancel()
		if err == nil {
			return true
		}
		if !rest(ctx, payAgain) {
			return false
		}
	}
}

// acknowledged are the payments so far.
func (p *topUps) acknowledged() []topUp {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]topUp(nil), p.list...)
}
