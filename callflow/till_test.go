package callflow_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"tandem/billing"
	"tandem/billing/rate"
	"tandem/callflow"
	"tandem/internal/money"
	"tandem/routing"
)

const (
	unit = money.Amount(1_000_000)
	cent = unit / 100
)

// centASecond is sold at 0.60 a minute, second by second.
func centASecond() billing.Terms { return soldAt(60_000_000, 1, 1) }

func soldAt(perMinute money.Rate, first, next int32) billing.Terms {
	return billing.Terms{Base: 100_000_000, Sale: &billing.Price{
		Card: rate.Card{Rates: []rate.Rate{{PerMinute: perMinute, First: first, Next: next}}}, CurrencyID: 1, From: 100_000_000, To: 100_000_000,
	}}
}

// till is a HoldStore in memory. It keeps what HoldStore promises, and says so
// when somebody asks for what makes no sense.
type till struct {
	t *testing.T

	mu      sync.Mutex
	balance map[int64]money.Amount // by account; an account that is missing has none
	spent   map[int64]money.Amount // today
	holds   map[string]billing.Hold
	sums    map[int64]money.Amount // of holds, by account
	asked   []billing.Extension
	broken  error         // is the answer to everything
	flaky   func() error  // or this, sometimes after the deed
	takes   time.Duration // for an answer
}

func newTill(t *testing.T, balance money.Amount) *till {
	t.Helper()
	return &till{t: t, balance: map[int64]money.Amount{1: balance}, spent: map[int64]money.Amount{}, sums: map[int64]money.Amount{}, holds: map[string]billing.Hold{}}
}

// put sets money aside without asking whether there is any.
func (s *till) put(h billing.Hold) {
	s.sums[h.AccountID] += h.Amount - s.holds[h.CallID].Amount
	s.holds[h.CallID] = h
}

// settle closes a hold for what its talk came to.
func (s *till) settle(id string, charge money.Amount) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.holds[id]
	if charge > h.Amount {
		s.t.Errorf("%s is charged %s of a hold of %s", id, charge, h.Amount)
	}
	s.balance[h.AccountID] -= charge
	s.sums[h.AccountID] -= h.Amount
	delete(s.holds, id)
}

// room is what may be added to an account's holds, and what bounds it.
func (s *till) room(account int64, b billing.Bounds) (room money.Amount, limit billing.Limit) {
	balance, ok := s.balance[account]
	if !ok {
		return 0, billing.LimitNoBalance
	}
	held := s.sums[account]
	room, limit = 1<<62, billing.LimitNone
	if b.Credit != nil {
		room, limit = balance+*b.Credit-held, billing.LimitNoMoney
	}
	if b.Daily != nil && *b.Daily-s.spent[account]-held < room {
		room, limit = *b.Daily-s.spent[account]-held, billing.LimitDaily
	}
	return room, limit
}

func (s *till) wait(ctx context.Context) error {
	if s.takes > 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(s.takes):
		}
	}
	return nil
}

func (s *till) Hold(ctx context.Context, h billing.Hold, b billing.Bounds) (billing.Grant, error) {
	if err := s.wait(ctx); err != nil {
		return billing.Grant{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return billing.Grant{}, s.broken
	}
	if there, ok := s.holds[h.CallID]; ok {
		return billing.Grant{Granted: true, Amount: there.Amount, Paid: there.Paid}, nil
	}
	if room, limit := s.room(h.AccountID, b); limit == billing.LimitNoBalance || h.Amount > room {
		return billing.Grant{Limit: limit, Room: max(0, room)}, nil
	}
	s.put(h)
	return billing.Grant{Granted: true, Amount: h.Amount, Paid: h.Paid}, nil
}

func (s *till) Extend(ctx context.Context, e billing.Extension) (billing.Grant, error) {
	if err := s.wait(ctx); err != nil {
		return billing.Grant{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, e)
	if s.broken != nil {
		return billing.Grant{}, s.broken
	}
	g := s.extend(e)
	if s.flaky != nil {
		if err := s.flaky(); err != nil {
			return billing.Grant{}, err // whether it is done is not known
		}
	}
	return g, nil
}

func (s *till) extend(e billing.Extension) billing.Grant {
	h, ok := s.holds[e.CallID]
	switch {
	case !ok:
		return billing.Grant{Limit: billing.LimitGone}
	case h.Paid >= e.To:
		return billing.Grant{Granted: true, Amount: h.Amount, Paid: h.Paid}
	case h.Paid != e.From:
		return billing.Grant{Limit: billing.LimitGone, Amount: h.Amount, Paid: h.Paid}
	case e.Amount < h.Amount || e.AccountID != h.AccountID || e.To%time.Second != 0:
		s.t.Errorf("%s asks for %+v of the hold %s, %s", e.CallID, e, h.Amount, h.Paid)
	}
	if room, limit := s.room(h.AccountID, e.Bounds); limit == billing.LimitNoBalance || e.Amount-h.Amount > room {
		return billing.Grant{Amount: h.Amount, Paid: h.Paid, Limit: limit, Room: max(0, room)}
	}
	h.Amount, h.Paid = e.Amount, e.To
	s.put(h)
	return billing.Grant{Granted: true, Amount: h.Amount, Paid: h.Paid}
}

func (s *till) topUp(sum money.Amount) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.balance[1] += sum
}

// held is what is set aside for account 1.
func (s *till) held() money.Amount {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sums[1]
}

// extensions are all that were asked for.
func (s *till) extensions() []billing.Extension {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

func (s *till) hold(id string) billing.Hold {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.holds[id]
}

// exchange is a Line: an Asterisk whose limits strike. It writes down what it is
// told to do, and when.
type exchange struct {
	t     *testing.T
	began time.Time
	quiet bool // nothing is written down

	mu    sync.Mutex
	calls map[string]*talk
	diary []string
	looks int                  // how often Limit was asked
	takes func() time.Duration // for an answer
	deaf  error                // is the answer to Limit
	stuck int                  // this many Arms fail
	mute  int                  // this many Warns fail
	lasts time.Duration        // so long does each sound
}

// talk is a call that Asterisk has.
type talk struct {
	answered time.Time // zero: not yet
	strikes  time.Time // the limit, once it is answered
	asked    int       // requests for it under way
	warned   int
	whispers int // at work
}

func newExchange(t *testing.T) *exchange {
	t.Helper()
	return &exchange{t: t, began: time.Now(), calls: map[string]*talk{}}
}

// answer lets a call talk until its limit.
func (x *exchange) answer(id string, paid time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	c := x.calls[id]
	if c == nil {
		c = &talk{}
		x.calls[id] = c
	}
	c.answered, c.strikes = time.Now(), time.Now().Add(paid)
}

// ring is a call that nobody has answered yet.
func (x *exchange) ring(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.calls[id] = &talk{}
}

func (x *exchange) hangUp(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.calls, id)
}

// until is how long after the start of the test the limit of a call strikes.
func (x *exchange) until(id string) time.Duration {
	x.mu.Lock()
	defer x.mu.Unlock()
	if c := x.calls[id]; c != nil {
		return c.strikes.Sub(x.began)
	}
	return 0
}

func (x *exchange) note(format string, args ...any) {
	if !x.quiet {
		x.diary = append(x.diary, fmt.Sprintf("%s ", time.Since(x.began).Round(time.Millisecond))+fmt.Sprintf(format, args...))
	}
}

// use is a request for a call; ok is false when there is no such call any more.
// Two at once for one call are a fault of the keeper.
func (x *exchange) use(id string) (c *talk, done func()) {
	x.mu.Lock()
	c = x.calls[id]
	if c != nil {
		if c.asked++; c.asked > 1 {
			x.t.Errorf("%s is looked after by two at once", id)
		}
	}
	x.mu.Unlock()
	if x.takes != nil {
		time.Sleep(x.takes())
	}
	x.mu.Lock()
	if c != nil && (x.calls[id] != c || (!c.answered.IsZero() && !time.Now().Before(c.strikes))) {
		c.asked--
		c = nil
	}
	return c, func() {
		if c != nil {
			c.asked--
		}
		x.mu.Unlock()
	}
}

func (x *exchange) Limit(_ context.Context, id string) (callflow.Armed, error) {
	c, done := x.use(id)
	defer done()
	x.looks++
	now := time.Now()
	switch {
	case x.deaf != nil:
		return callflow.Armed{}, x.deaf
	case c == nil:
		return callflow.Armed{}, callflow.ErrNoCall
	case c.answered.IsZero():
		return callflow.Armed{At: now}, nil
	}
	return callflow.Armed{Answered: true, Called: "PJSIP/a-1", Left: c.strikes.Sub(now), Talked: now.Sub(c.answered), At: now}, nil
}

func (x *exchange) Arm(_ context.Context, id string, a callflow.Armed, left, total time.Duration, spent string) error {
	c, done := x.use(id)
	defer done()
	switch {
	case c == nil:
		return callflow.ErrNoCall
	case x.stuck > 0:
		x.stuck--
		x.note("not armed")
		return errors.New("no answer")
	case left != total-a.Talked:
		x.t.Errorf("%s: armed for %s, but %s of %s are left", id, left, total-a.Talked, total)
	}
	c.strikes = a.At.Add(left)
	x.note("arm %s %s", total, spent)
	return nil
}

// Warn may come while something else is done for the call, unlike another Warn.
func (x *exchange) Warn(ctx context.Context, id, sound string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	c := x.calls[id]
	if c == nil {
		return callflow.ErrNoCall
	}
	if c.whispers++; c.whispers > 1 {
		x.t.Errorf("two whisper to %s at once", id)
	}
	x.mu.Unlock()
	heard := x.sounds(ctx)
	x.mu.Lock()
	c.whispers--
	if x.calls[id] != c || !time.Now().Before(c.strikes) {
		c = nil
	}
	switch {
	case c == nil:
		return callflow.ErrNoCall
	case heard != nil:
		return heard
	case x.mute > 0:
		x.mute--
		return errors.New("no answer")
	}
	c.warned++
	x.note("warn %s", sound)
	return nil
}

// sounds is how long a warning takes.
func (x *exchange) sounds(ctx context.Context) error {
	took := x.lasts
	if x.takes != nil {
		took += x.takes()
	}
	select {
	case <-time.After(took):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// did is the diary so far.
func (x *exchange) did() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.diary)
}

// tally counts what a keeper does.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func (c *tally) count(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	c.counts[what]++
}

func (c *tally) of(what string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts[what]
}

func (c *tally) Extended(outcome string) { c.count(outcome) }
func (c *tally) Warned()                 { c.count("warned") }

// payers is a snapshot of accounts that buy in currency 1.
func payers(t *testing.T, accounts ...routing.Account) *routing.Snapshot {
	t.Helper()
	for i := range accounts {
		accounts[i].CurrencyID = 1
	}
	s, problems, err := routing.NewSnapshot(routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 100_000_000}, Accounts: accounts,
		Servers: []routing.Server{{ID: 1, Name: "alpha", Driver: routing.PJSIP}},
	}, routing.Options{BaseCurrency: "USD"}, noon)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return s
}
