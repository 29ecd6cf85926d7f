//go:build e2e

package e2e_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tandem/db"
	"tandem/internal/e164"
	"tandem/play"
	"tandem/play/sip"
)

// Times of the exchanges under test: as short as the dialplan's whole seconds
// allow, so that what must time out does so soon.
const (
	ringTime    = 3 * time.Second
	silenceTime = 2 * time.Second

	// exchangeTime is how long the dialplan waits for one answer of one node.
	exchangeTime = 2 * time.Second
	// reportTime is how long it waits for one end report to be taken.
	reportTime = 2 * time.Second
	// slack is what two busy cores may add to any of these.
	slack = 2 * time.Second

	// phoneTalk is how long a telephone talks that was called.
	phoneTalk = 300 * time.Millisecond

	// patience ends a wait for something that should take a moment.
	patience = 30 * time.Second
)

// exchange is a running stack as tests use it.
type exchange struct {
	*play.Stack
	records *db.DB
	sql     *sql.DB
	numbers atomic.Int32

	oneNeighbour sync.Mutex

	mu     sync.Mutex
	phones map[string]*sip.Phone
}

func openExchange(o play.Options) (*exchange, error) {
	ctx := context.Background()
	stack, err := play.Up(ctx, o)
	if err != nil {
		return nil, err
	}
	x := &exchange{Stack: stack, phones: map[string]*sip.Phone{}}
	if err := x.openDB(ctx); err != nil {
		return nil, errors.Join(err, x.end())
	}
	return x, nil
}

func (x *exchange) openDB(ctx context.Context) error {
	r, err := x.Describe()
	if err != nil {
		return err
	}
	m := r.MariaDB
	if x.sql, err = x.DB(); err != nil {
		return err
	}
	x.records, err = db.Open(ctx, db.Config{Address: m.Address, User: m.User, Password: m.Password, Database: m.Database, Log: zerolog.Nop()})
	return err
}

// end takes the exchange down and looks for what no test would have noticed:
// channels that are still there, data races, panics.
func (x *exchange) end() error {
	errs := []error{x.closeDB()}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	errs = append(errs, x.Down(ctx))
	for _, n := range x.Nodes {
		errs = append(errs, logFaults(n.Log))
	}
	return errors.Join(errs...)
}

// closeDB gives up the test's own connections, once.
func (x *exchange) closeDB() error {
	var errs []error
	if x.records != nil {
		errs = append(errs, x.records.Close())
	}
	if x.sql != nil {
		errs = append(errs, x.sql.Close())
	}
	x.records, x.sql = nil, nil
	return errors.Join(errs...)
}

// logFaults finds what a Go program says when it is ill.
func logFaults(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, fault := range []string{"WARNING: DATA RACE", "panic"} {
		if i := strings.Index(string(text), fault); i >= 0 {
			return fmt.Errorf("%s: %s", path, text[i:min(len(text), i+4000)])
		}
	}
	return nil
}

// tellOnFailure prints the ends of all logs when the test fails.
func (x *exchange) tellOnFailure(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		if !t.Failed() {
			return
		}
		for _, n := range x.Nodes {
			t.Logf("--- %s\n%s", n.Log, tail(n.Log, 25))
		}
		messages := x.Asterisk.LogFile("messages")
		t.Logf("--- %s\n%s", messages, tail(messages, 25))
	})
}

func tail(path string, n int) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// phone is the registered telephone of a subscriber. Called, it answers, talks
// for a moment and hangs up.
func (x *exchange) phone(t *testing.T, login string) *sip.Phone {
	t.Helper()
	x.mu.Lock()
	defer x.mu.Unlock()
	if p := x.phones[login]; p != nil {
		return p
	}
	p, err := x.Phone(soon(t), login)
	if err != nil {
		t.Fatal(err)
	}
	p.SetIncoming(sip.AnswerFor(phoneTalk))
	x.phones[login] = p
	return p
}

// number is a number in Moscow that no other test calls. Its last four digits
// tell the carriers what to do, see package play/sip.
func (x *exchange) number(ending string) e164.Number {
	return e164.Number(fmt.Sprintf("7495%03d%s", 200+x.numbers.Add(1), ending))
}

// national is a number as subscribers in Moscow dial it.
func national(n e164.Number) string { return "8" + string(n[1:]) }

// soon bounds what should take a moment.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// eventually asks again and again until there is nothing wrong any more.
func eventually(t *testing.T, within time.Duration, wrong func() error) {
	t.Helper()
	deadline := time.NewTimer(within)
	defer deadline.Stop()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		err := wrong()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("still so after %v: %v", within, err)
		}
	}
}
