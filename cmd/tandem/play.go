package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"tandem/billing"
	"tandem/play"
	"tandem/play/sip"
)

type playCmd struct {
	Once bool   `help:"End after the call; the last line is a JSON object."`
	Dir  string `help:"Where the stack keeps everything; emptied first." default:"var/play"`
}

// demoNumber is in Moscow. Its last digits make the first carrier asked answer
// 503 and the next one pick up.
const demoNumber = "84957775503"

// demoLogin is the subscriber who calls.
const demoLogin = "moscow-101"

// demoTalk is how long the two talk.
const demoTalk = 2 * time.Second

// outcome is the last line of a run with --once.
type outcome struct {
	CallID      string              `json:"call_id"`
	Disposition billing.Disposition `json:"disposition"`
	Attempts    int                 `json:"attempts"`
	TalkMS      int64               `json:"talk_ms"`
}

// Run starts the stack, places a call that fails on the first route and is
// answered on the second, shows its record, and keeps the stack until ctx ends.
//
// The JSON object of --once comes after everything has ended: it is the last
// line whichever way the output is read.
func (p playCmd) Run(ctx context.Context, e *env) error {
	call, err := p.play(ctx, e)
	if err != nil || !p.Once {
		return err
	}
	return json.NewEncoder(e.out).Encode(outcome{call.Start.CallID, call.Disposition, len(call.Attempts), call.Talk.Milliseconds()})
}

func (p playCmd) play(ctx context.Context, e *env) (call billing.End, err error) {
	began := time.Now()
	tools, err := play.FindTools()
	if err != nil {
		return call, err
	}
	binary, err := os.Executable()
	if err != nil {
		return call, err
	}
	parent := filepath.Dir(p.Dir)
	if err := os.MkdirAll(parent, 0o750); err != nil {
		return call, err
	}
	unlock, err := play.Lock(parent)
	if errors.Is(err, play.ErrInUse) {
		return call, fmt.Errorf("another play stack runs in %s: end it, or choose another --dir", parent)
	}
	if err != nil {
		return call, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	stack, err := play.Up(ctx, play.Options{
		Dir: p.Dir, Binary: binary, Tools: tools, Nodes: 1, Media: true, Demo: !p.Once, Log: zerolog.Nop(),
		Progress: func(text string) { fmt.Fprintf(e.out, "%5.1fs  %s\n", time.Since(began).Seconds(), text) },
		Settings: func(s *play.NodeSettings) { s.Alarms = 5 * time.Second }, // who tries a rule sees it fire
	})
	if err != nil {
		return call, err
	}
	defer func() {
		fmt.Fprintf(e.out, "\n%5.1fs  ending everything\n", time.Since(began).Seconds())
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		err = errors.Join(err, stack.Down(stop))
	}()
	fmt.Fprintf(e.out, "%5.1fs  %s calls %s\n\n", time.Since(began).Seconds(), demoLogin, demoNumber)
	call, err = demoCall(ctx, stack)
	if err != nil {
		return call, err
	}
	told, err := stack.Tandem(ctx, "call", call.Start.CallID)
	if err != nil {
		return call, err
	}
	if _, err := e.out.Write(told); err != nil {
		return call, err
	}
	if p.Once {
		return call, nil
	}
	if err := p.tell(e.out, stack); err != nil {
		return call, err
	}
	<-ctx.Done()
	return call, nil
}

// demoCall places the call and waits for its record.
func demoCall(ctx context.Context, stack *play.Stack) (billing.End, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	phone, err := stack.Phone(ctx, demoLogin)
	if err != nil {
		return billing.End{}, err
	}
	call, err := phone.Dial(ctx, sip.CallSpec{To: demoNumber})
	if err != nil {
		return billing.End{}, fmt.Errorf("demo call: %w", err)
	}
	if err := call.WaitAnswer(ctx); err != nil {
		return billing.End{}, fmt.Errorf("demo call: %w", err)
	}
	select {
	case <-time.After(demoTalk):
	case <-ctx.Done():
		return billing.End{}, context.Cause(ctx)
	}
	if err := call.Hangup(ctx); err != nil {
		return billing.End{}, fmt.Errorf("demo call: %w", err)
	}
	return waitForRecord(ctx, stack)
}

// waitForRecord waits until the newest call has ended in the database.
func waitForRecord(ctx context.Context, stack *play.Stack) (billing.End, error) {
	c, err := loadConfig(stack.Nodes[0].Config)
	if err != nil {
		return billing.End{}, err
	}
	database, err := openDB(ctx, c, zerolog.Nop())
	if err != nil {
		return billing.End{}, err
	}
	defer database.Close()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		calls, err := database.Calls(ctx, 1)
		if err != nil {
			return billing.End{}, err
		}
		if len(calls) == 1 && !calls[0].EndedAt.IsZero() {
			return database.Call(ctx, calls[0].Start.CallID)
		}
		select {
		case <-ctx.Done():
			return billing.End{}, fmt.Errorf("the call's record did not arrive: %w", context.Cause(ctx))
		case <-tick.C:
		}
	}
}

// tell says where everything is and how to go on.
func (p playCmd) tell(out io.Writer, stack *play.Stack) error {
	r, err := stack.Describe()
	if err != nil {
		return err
	}
	runFile := filepath.Join(filepath.Dir(p.Dir), "run.json")
	node := r.Nodes[0]
	_, err = fmt.Fprintf(out, `
Everything runs until Ctrl-C. Addresses and credentials: %s

  the console      %s
%s
  place a call     register any SIP phone at %s as %s, password %s
                   and dial 8495…, 810… or +…; the last digits choose what happens:
                   …5503 first route fails, …0486 busy, …9301 rings, …9105 hangs up after 5 s
  or without one   bin/tandem dial --run %s --as %s 84957770486
  ask for routes   bin/tandem explain --config %s --server %s --from 74951815000 --to +74957777777
  see calls        bin/tandem call --config %s [CALL_ID] [--json]
  Tandem's log     %s
  Asterisk's log   %s
  MariaDB          %s
`, runFile, r.Console.URL, signIns(r.Console), r.SIP, r.Subscribers[0].User, r.Subscribers[0].Password, runFile, r.Subscribers[0].User, node.Config, r.Server, node.Config, node.Log, r.Asterisk.Log, r.MariaDB.Address)
	return err
}

// signIns lists who may sign in, one a line.
func signIns(c *play.RunConsole) string {
	var b strings.Builder
	for _, u := range c.Users {
		what := u.Role
		if u.Account != "" {
			what += " of account " + u.Account
		}
		fmt.Fprintf(&b, "                   sign in as %-9s password %s   %s\n", u.Login, u.Password, what)
	}
	return b.String()
}

type carrierCmd struct {
	Listen string `help:"Address to take calls at." default:"127.0.0.1:5070"`
	Name   string `help:"Its name." default:"carrier"`
}

// Run runs one carrier until ctx ends. The last digits of the B-number choose
// what becomes of a call.
func (c carrierCmd) Run(ctx context.Context, e *env) error {
	addr, err := netip.ParseAddrPort(c.Listen)
	if err != nil {
		return fmt.Errorf("--listen %q: want an address and port", c.Listen)
	}
	carrier := sip.NewCarrier(sip.CarrierConfig{Name: c.Name, Addr: addr, Media: true, Log: zerolog.New(e.errOut)})
	if err := carrier.Start(ctx); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "%s takes calls at %s; the last digits of the number choose the outcome:\n", c.Name, carrier.Addr())
	for _, o := range sip.Outcomes() {
		fmt.Fprintf(e.out, "  …%s  %s\n", o.Suffix, o.Says)
	}
	<-ctx.Done()
	return carrier.Close()
}
