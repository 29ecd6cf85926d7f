package callflow_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"tandem/billing"
	"tandem/callflow"
	"tandem/internal/money"
	"tandem/routing"
)

// Slices of a minute, paid 10 seconds before they end, warned 5 seconds before.
func slices10() callflow.Money {
	return callflow.Money{Slice: time.Minute, Lead: 10 * time.Second, Warn: 5 * time.Second, Within: time.Second}
}

// watch is a keeper at work on one call, alpha-1.1 of account 1.
type watch struct {
	*callflow.Keeper
	till     *till
	exchange *exchange
	tally    *tally
	snapshot atomic.Pointer[routing.Snapshot]
	stop     func()
}

func prepaid() routing.Account {
	return routing.Account{ID: 1, Name: "shop", Enabled: true, Credit: new(money.Amount(0))}
}

func keep(t *testing.T, balance money.Amount, account routing.Account) *watch {
	t.Helper()
	w := &watch{till: newTill(t, balance), exchange: newExchange(t), tally: &tally{}}
	w.snapshot.Store(payers(t, account))
	w.Keeper = callflow.NewKeeper(callflow.KeeperConfig{
		Money: slices10(), MaxTalk: 4 * time.Minute, Holds: w.till, Snapshot: w.snapshot.Load, Metrics: w.tally, Now: time.Now, Log: zerolog.Nop(),
		Sounds: map[callflow.Message]string{callflow.MessageLowTime: "low", callflow.MessageSpent: "spent"},
		Line: func(server string) callflow.Line {
			if server != "alpha" {
				return nil
			}
			return w.exchange
		},
	})
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() { w.Run(ctx) })
	w.stop = func() { cancel(); group.Wait() }
	return w
}

const theCall = "alpha-1.1"

// begin lets the call in: a first minute is set aside.
func (w *watch) begin() {
	h := billing.Hold{
		CallID: theCall, AccountID: 1, Amount: 60 * cent, Paid: time.Minute, Limited: true, Terms: centASecond(),
		Server: "alpha", Node: "n1", BeganAt: time.Now(),
	}
	w.till.put(h)
	w.Add(h, 1)
}

// talks is begin with a call that is answered at once.
func (w *watch) talks() {
	w.begin()
	w.exchange.answer(theCall, time.Minute)
}

// After that long the diary reads like this, and the limit strikes then.
func (w *watch) expect(t *testing.T, after, strikes time.Duration, diary ...string) {
	t.Helper()
	time.Sleep(time.Until(w.exchange.began.Add(after)))
	synctest.Wait()
	if diff := cmp.Diff(diary, w.exchange.did()); diff != "" {
		t.Fatalf("after %s:\n%s", after, diff)
	}
	if got := w.exchange.until(theCall); got != strikes {
		t.Fatalf("after %s the limit strikes at %s, want %s", after, got, strikes)
	}
	if h := w.till.hold(theCall); h.Amount != cent*money.Amount(h.Paid/time.Second) {
		t.Fatalf("%s are held for %s", h.Amount, h.Paid)
	}
}

func TestKeeperExtendsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 100*unit, prepaid())
		defer w.stop()
		w.begin()
		w.exchange.ring(theCall)
		time.Sleep(25 * time.Second)
		w.exchange.answer(theCall, time.Minute)
		w.expect(t, 74*time.Second, 85*time.Second)
		w.expect(t, 76*time.Second, 145*time.Second, "1m15s arm 2m0s spent")
		w.expect(t, 136*time.Second, 205*time.Second, "1m15s arm 2m0s spent", "2m15s arm 3m0s spent")
		w.exchange.hangUp(theCall)
		w.expect(t, time.Hour, 0, "1m15s arm 2m0s spent", "2m15s arm 3m0s spent")
		if granted, refused, failed := w.tally.of("granted"), w.tally.of("refused"), w.tally.of("failed"); granted != 2 || refused+failed != 0 {
			t.Errorf("granted %d, refused %d, failed %d", granted, refused, failed)
		}
	})
}

// 0.90 pay for 90 seconds: the rest of the money is taken, the caller is told
// once, five seconds before, and the limit is left to strike.
func TestKeeperTellsThatTheMoneyIsSpent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 90*cent, prepaid())
		defer w.stop()
		w.talks()
		w.expect(t, 51*time.Second, 90*time.Second, "50s arm 1m30s spent")
		w.expect(t, 84*time.Second, 90*time.Second, "50s arm 1m30s spent")
		w.expect(t, 86*time.Second, 90*time.Second, "50s arm 1m30s spent", "1m25s warn low")
		if low := w.Running()[0].Low; !low {
			t.Error("not shown as low")
		}
		w.expect(t, time.Hour, 90*time.Second, "50s arm 1m30s spent", "1m25s warn low")
		if got := w.tally.of("warned"); got != 1 || w.till.held() != 90*cent {
			t.Errorf("warned %d times, %s held", got, w.till.held())
		}
	})
}

// A top-up lets the call go on as long as there is a call, also after the warning.
func TestKeeperGoesOnAfterATopUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 60*cent, prepaid())
		defer w.stop()
		w.talks()
		w.expect(t, 54500*time.Millisecond, time.Minute)
		w.till.topUp(20 * cent) // before the warning: there is none
		w.expect(t, 56*time.Second, 80*time.Second, "55s arm 1m20s spent")
		w.expect(t, 77*time.Second, 80*time.Second, "55s arm 1m20s spent", "1m15s warn low")
		w.till.topUp(10 * unit) // three seconds before the end
		w.expect(t, 79*time.Second, 140*time.Second, "55s arm 1m20s spent", "1m15s warn low", "1m18s arm 2m20s spent")
		if w.Running()[0].Low {
			t.Error("still shown as low")
		}
	})
}

// Money that is set aside but did not reach Asterisk is not set aside again.
func TestKeeperArmsLaterWhatIsPaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 100*unit, prepaid())
		defer w.stop()
		w.exchange.stuck = 3
		w.talks()
		w.expect(t, 55*time.Second, 2*time.Minute, "50s not armed", "51s not armed", "52s not armed", "53s arm 2m0s spent")
		if got := w.tally.of("granted"); got != 1 || len(w.till.extensions()) != 1 {
			t.Errorf("asked %d times, granted %d", len(w.till.extensions()), got)
		}
	})
}

// An answer that was lost on the way is not paid twice either.
func TestKeeperAsksAgainWhenAnAnswerIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 100*unit, prepaid())
		defer w.stop()
		lost := 2
		w.till.flaky = func() error {
			if lost--; lost >= 0 {
				return billing.ErrUnavailable
			}
			return nil
		}
		w.talks()
		w.expect(t, 55*time.Second, 2*time.Minute, "52s arm 2m0s spent")
		if w.till.held() != 120*cent {
			t.Errorf("%s held", w.till.held())
		}
	})
}

// The node that had the call died between the books and Asterisk. Whoever takes
// the call over moves the limit at once and pays nothing twice.
func TestKeeperTakesOverWhatIsPaidButNotArmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 100*unit, prepaid())
		defer w.stop()
		h := billing.Hold{
			CallID: theCall, AccountID: 1, Amount: 120 * cent, Paid: 2 * time.Minute, Limited: true, Terms: centASecond(), Server: "alpha", Node: "n2", BeganAt: time.Now(),
		}
		w.till.put(h)
		w.exchange.answer(theCall, time.Minute)
		time.Sleep(55 * time.Second)
		w.Add(h, 1)
		w.expect(t, 56*time.Second, 2*time.Minute, "55s arm 2m0s spent")
		if len(w.till.extensions()) != 0 {
			t.Errorf("asked for %+v", w.till.extensions())
		}
		w.expect(t, 111*time.Second, 3*time.Minute, "55s arm 2m0s spent", "1m50s arm 3m0s spent")
	})
}

// Another node extends the call while this one thinks that it has it.
func TestKeeperFollowsAnotherNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 100*unit, prepaid())
		defer w.stop()
		w.talks()
		time.Sleep(40 * time.Second)
		w.till.mu.Lock()
		w.till.extend(billing.Extension{CallID: theCall, AccountID: 1, From: time.Minute, To: 100 * time.Second, Amount: 100 * cent})
		w.till.mu.Unlock()
		w.expect(t, 52*time.Second, 100*time.Second, "50s arm 1m40s spent")
	})
}

func TestKeeperLetsGo(t *testing.T) {
	for name, c := range map[string]struct {
		over  func(*watch)
		looks int // at the call, all in all
		has   bool
	}{
		"removed":  {func(w *watch) { w.Remove(theCall) }, 0, false},
		"hung up":  {func(w *watch) { w.exchange.hangUp(theCall) }, 1, true},
		"not seen": {func(w *watch) { w.Gone("alpha", time.Now(), map[string]struct{}{"alpha-9.9": {}}) }, 0, false},
		"settled":  {func(w *watch) { w.till.settle(theCall, 0) }, 1, true},
		"removed while it is looked at": {func(w *watch) {
			time.Sleep(20*time.Second + 500*time.Millisecond)
			w.Remove(theCall)
		}, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := keep(t, 100*unit, prepaid())
				defer w.stop()
				w.exchange.takes = func() time.Duration { return time.Second }
				w.talks()
				time.Sleep(30 * time.Second)
				c.over(w)
				time.Sleep(time.Hour)
				w.stop()
				if did := w.exchange.did(); len(did) > 1 || w.exchange.looks != c.looks || w.Has(theCall) != c.has {
					t.Fatalf("did %v, looked %d times, has the call: %t", did, w.exchange.looks, w.Has(theCall))
				}
			})
		})
	}
}

// A first slice that was set aside at a dearer price pays for more talk.
func TestKeeperTakesNothingBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 100*unit, prepaid())
		defer w.stop()
		w.talks()
		w.Remove(theCall)
		h := w.till.hold(theCall)
		h.Amount = 150 * cent
		w.till.put(h)
		w.Add(h, 1)
		time.Sleep(51 * time.Second)
		if got := w.till.hold(theCall); got.Paid != 2*time.Minute || got.Amount != 150*cent {
			t.Fatalf("%s for %s", got.Amount, got.Paid)
		}
	})
}

// Only a list of the call's own server, made after the call began, is without it.
func TestKeeperIsNotFooledByALookElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 100*unit, prepaid())
		defer w.stop()
		w.talks()
		w.Gone("beta", time.Now().Add(time.Minute), nil)
		w.Gone("alpha", time.Now(), nil)
		w.Gone("alpha", time.Now().Add(time.Minute), map[string]struct{}{theCall: {}})
		if !w.Has(theCall) {
			t.Fatal("let go of a call that is up")
		}
	})
}

// The store is away for all of the last slice: the caller is told, the limit
// strikes; and if it comes back in time the call goes on.
func TestKeeperWithoutItsStore(t *testing.T) {
	for name, slow := range map[string]bool{"refuses at once": false, "hangs": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := keep(t, 100*unit, prepaid())
				defer w.stop()
				w.till.broken = billing.ErrUnavailable
				if slow {
					w.till.takes = time.Minute
				}
				w.talks()
				time.Sleep(59 * time.Second)
				if did := w.exchange.did(); len(did) != 1 || did[0] < "55s warn low" || did[0] > "57s" {
					t.Fatalf("did %v, want one warning", did)
				}
				if got := w.exchange.until(theCall); got != time.Minute {
					t.Fatalf("the limit strikes at %s", got)
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 100*unit, prepaid())
		defer w.stop()
		w.till.broken = billing.ErrUnavailable
		w.talks()
		time.Sleep(53500 * time.Millisecond)
		w.till.mu.Lock()
		w.till.broken = nil
		w.till.mu.Unlock()
		w.expect(t, 55*time.Second, 2*time.Minute, "54s arm 2m0s spent")
	})
}

// Asterisk does not answer for a while: nothing is changed meanwhile.
func TestKeeperWithoutAsterisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 100*unit, prepaid())
		defer w.stop()
		w.talks()
		w.exchange.mu.Lock()
		w.exchange.deaf = errors.New("connection lost")
		w.exchange.mu.Unlock()
		time.Sleep(56500 * time.Millisecond)
		if len(w.till.extensions()) != 0 {
			t.Fatalf("asked for %+v without knowing whether the call is up", w.till.extensions())
		}
		w.exchange.mu.Lock()
		w.exchange.deaf = nil
		w.exchange.mu.Unlock()
		w.expect(t, 58*time.Second, 2*time.Minute, "57s arm 2m0s spent")
	})
}

func TestKeeperDoesNotExtendForADisabledAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 100*unit, prepaid())
		defer w.stop()
		w.talks()
		time.Sleep(30 * time.Second)
		off := prepaid()
		off.Enabled = false
		w.snapshot.Store(payers(t, off))
		w.expect(t, 59*time.Second, time.Minute, "55s warn low")
		if len(w.till.extensions()) != 0 {
			t.Errorf("asked for %+v", w.till.extensions())
		}
	})
}

func TestKeeperStopsAtTheCallLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := prepaid()
		account.CallLimit = new(100 * cent)
		w := keep(t, 100*unit, account)
		defer w.stop()
		w.talks()
		w.expect(t, time.Hour, 100*time.Second, "50s arm 1m40s spent", "1m35s warn low")
	})
}

func TestKeeperStopsAtTheDailyLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := prepaid()
		account.Daily = new(170 * cent)
		w := keep(t, 100*unit, account)
		defer w.stop()
		w.till.spent[1] = 100 * cent
		w.talks()
		w.expect(t, time.Hour, 70*time.Second, "50s arm 1m10s spent", "1m5s warn low")
	})
}

// The longest call is over, not the money: nobody is warned, nothing is said.
func TestKeeperStopsAtTheLongestCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 100*unit, prepaid())
		defer w.stop()
		w.talks()
		w.expect(t, time.Hour, 4*time.Minute, "50s arm 2m0s spent", "1m50s arm 3m0s spent", "2m50s arm 4m0s ")
		if got := w.tally.of("warned"); got != 0 {
			t.Errorf("warned %d times", got)
		}
	})
}

// A warning that did not come through is said again, one that did is not.
func TestKeeperWarnsUntilItIsHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 60*cent, prepaid())
		defer w.stop()
		w.exchange.mute = 2
		w.talks()
		w.expect(t, time.Hour, time.Minute, "57s warn low")
	})
}

// Calls that are not paid slice by slice, and those of servers that cannot be
// reached from here, are left alone and shown.
func TestKeeperLeavesOthersAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 100*unit, prepaid())
		defer w.stop()
		w.Add(billing.Hold{CallID: "alpha-2.1", Paid: time.Minute, Server: "alpha", BeganAt: time.Now()}, 1)
		w.Add(billing.Hold{CallID: "beta-2.1", AccountID: 1, Amount: cent, Paid: time.Minute, Limited: true, Server: "beta", BeganAt: time.Now(), Terms: centASecond()}, 1)
		w.exchange.answer("alpha-2.1", time.Minute)
		w.exchange.answer("beta-2.1", time.Minute)
		time.Sleep(time.Hour)
		if did := w.exchange.did(); len(did) != 0 || len(w.Running()) != 2 {
			t.Fatalf("did %v, shows %v", did, w.Running())
		}
	})
}

func TestRunningShowsCostAndWhatIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 100*unit, prepaid())
		defer w.stop()
		w.begin()
		w.exchange.ring(theCall)
		want := callflow.Running{
			Paid:   time.Minute,
			CallID: theCall, Server: "alpha", Node: "n1", AccountID: 1, BeganAt: time.Now(), Sold: true, CurrencyID: 1, Held: 60 * cent, LeftS: 60, Limited: true,
		}
		time.Sleep(20 * time.Second)
		if diff := cmp.Diff([]callflow.Running{want}, w.Running()); diff != "" {
			t.Fatalf("while it rings:\n%s", diff)
		}
		answered := time.Now().UTC()
		w.exchange.answer(theCall, time.Minute)
		w.Answered(theCall, answered)
		w.Answered(theCall, answered.Add(time.Second)) // what was told first stands
		time.Sleep(12*time.Second + 300*time.Millisecond)
		want.AnsweredAt, want.TalkS, want.LeftS, want.Cost = &answered, 12, 47, 13*cent // a started second counts
		if diff := cmp.Diff([]callflow.Running{want}, w.Running()); diff != "" {
			t.Fatalf("while it talks:\n%s", diff)
		}
	})
}

// Ten thousand calls of three accounts, with answers lost, lines cut, top-ups,
// doubles and calls that end at any moment. Of what is promised nothing breaks: a
// call is never looked after by two at once, talk never goes beyond what is paid,
// holds never beyond the money, and a call with money is not cut.
func TestKeeperWithTenThousandCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many = 10_000
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		var dice sync.Mutex
		r := rand.New(rand.NewPCG(seed, 1))
		chance := func(n int) bool { dice.Lock(); defer dice.Unlock(); return r.IntN(n) == 0 }
		upTo := func(d time.Duration) time.Duration {
			dice.Lock()
			defer dice.Unlock()
			return time.Duration(r.Int64N(int64(d)))
		}

		x, s := newExchange(t), newTill(t, 0)
		x.quiet = true
		x.takes = func() time.Duration { return upTo(40 * time.Millisecond) }
		s.takes = 5 * time.Millisecond
		s.balance = map[int64]money.Amount{1: 1 << 50, 2: 300 * unit, 3: -5 * unit}
		s.flaky = func() error {
			if chance(30) {
				return billing.ErrUnavailable
			}
			return nil
		}
		poor := routing.Account{ID: 3, Enabled: true, Credit: new(100 * unit), CallLimit: new(90 * cent)}
		snapshot := payers(t, prepaid(), routing.Account{ID: 2, Enabled: true, Credit: new(money.Amount(0))}, poor)
		k := callflow.NewKeeper(callflow.KeeperConfig{
			Money: slices10(), MaxTalk: 3 * time.Minute, Holds: s, Snapshot: func() *routing.Snapshot { return snapshot }, Metrics: &tally{}, Now: time.Now,
			Log: zerolog.Nop(), Line: func(string) callflow.Line { return x }, Sounds: map[callflow.Message]string{callflow.MessageLowTime: "low"},
		})
		ctx, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() { k.Run(ctx) })

		var cutEarly atomic.Int32
		for n := range many {
			id, account := fmt.Sprintf("alpha-1.%d", n), int64(1+n%3)
			group.Go(func() {
				time.Sleep(upTo(2 * time.Minute))
				h := billing.Hold{CallID: id, AccountID: account, Amount: 30 * cent, Paid: 30 * time.Second, Limited: true, Terms: centASecond(), Server: "alpha", BeganAt: time.Now()}
				if g, err := s.Hold(ctx, h, billing.Bounds{Credit: snapshot.Account(account).Credit}); err != nil || !g.Granted {
					return
				}
				x.ring(id)
				k.Add(h, account)
				time.Sleep(upTo(20 * time.Second))
				x.answer(id, 30*time.Second)
				answered := time.Now()
				for end := time.Now().Add(upTo(4 * time.Minute)); ; {
					x.mu.Lock()
					strikes := x.calls[id].strikes
					x.mu.Unlock()
					if paid := s.hold(id).Paid; strikes.Sub(answered) > paid {
						t.Errorf("%s may talk %s, paid are %s", id, strikes.Sub(answered), paid)
					}
					if !time.Now().Before(strikes) || !time.Now().Before(end) {
						if account == 1 && time.Now().Before(end) && strikes.Sub(answered) < 3*time.Minute {
							cutEarly.Add(1)
						}
						break
					}
					time.Sleep(min(5*time.Second, time.Until(strikes)))
					for range 2 * upTo(2) { // told again, in the middle of a check
						if h := s.hold(id); k.Has(id) {
							k.Add(h, account)
						}
						time.Sleep(10 * time.Millisecond)
					}
				}
				talked := min(time.Since(answered), s.hold(id).Paid)
				x.hangUp(id)
				k.Remove(id)
				s.settle(id, cent*money.Amount((talked+time.Second-1)/time.Second))
			})
		}
		for range 8 * 60 {
			time.Sleep(time.Second)
			s.mu.Lock()
			if s.sums[2] > s.balance[2] || s.sums[3] > s.balance[3]+100*unit {
				t.Errorf("%s of %s and %s of %s are set aside", s.sums[2], s.balance[2], s.sums[3], s.balance[3])
			}
			s.mu.Unlock()
		}
		cancel()
		group.Wait()
		if s.balance[2] < 0 || s.balance[3] < -100*unit {
			t.Errorf("overspent: %s, %s", s.balance[2], s.balance[3])
		}
		if n := len(k.Running()); n != 0 {
			t.Errorf("%d calls are still kept", n)
		}
		if n := cutEarly.Load(); n > 0 {
			t.Errorf("%d calls with money were cut", n)
		}
	})
}
