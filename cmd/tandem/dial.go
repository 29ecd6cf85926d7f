package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"tandem/play"
	"tandem/play/sip"
)

type dialCmd struct {
	Number  string        `arg:"" help:"What to dial, as the subscriber would."`
	As      string        `name:"as" help:"Subscriber's login." default:"moscow-101"`
	RunFile string        `name:"run" help:"run.json of the play stack." default:"var/run.json"`
	Local   string        `help:"Address to call from." default:"127.0.0.1"`
	Talk    time.Duration `help:"How long to talk before hanging up." default:"3s"`
	Wait    time.Duration `help:"How long to wait for an answer." default:"60s"`
}

// Run registers a telephone, calls, and says what happened.
func (d dialCmd) Run(ctx context.Context, e *env) (err error) {
	stack, login, err := d.stack()
	if err != nil {
		return err
	}
	server, err := netip.ParseAddrPort(stack.SIP)
	if err != nil {
		return fmt.Errorf("%s: sip: %w", d.RunFile, err)
	}
	local, err := netip.ParseAddr(d.Local)
	if err != nil {
		return fmt.Errorf("--local %q: want an address", d.Local)
	}
	phone := sip.NewPhone(sip.PhoneConfig{Login: login.User, Password: login.Password, Server: server, Local: netip.AddrPortFrom(local, 0), Media: true})
	if err := phone.Start(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, phone.Close()) }()
	call, err := phone.Dial(ctx, sip.CallSpec{To: d.Number})
	if err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(ctx, d.Wait)
	defer cancel()
	if err := call.WaitAnswer(wait); err != nil {
		r := call.Result()
		if r.Status != 0 {
			fmt.Fprintf(e.out, "%d %s after %s, %d packets of early media heard\n", r.Status, r.Reason, r.FinalAfter.Round(time.Millisecond), call.EarlyMediaPackets())
			return nil
		}
		return errors.Join(err, call.Cancel(context.WithoutCancel(ctx)))
	}
	fmt.Fprintf(e.out, "answered after %s\n", call.Result().FinalAfter.Round(time.Millisecond))
	select {
	case <-time.After(d.Talk):
		err = call.Hangup(ctx)
	case <-call.Done():
	case <-ctx.Done():
		err = call.Hangup(context.WithoutCancel(ctx))
	}
	r := call.Result()
	fmt.Fprintf(e.out, "talked %s, ended by %s\n", r.Talk().Round(time.Millisecond), r.EndedBy)
	return err
}

// stack reads run.json and finds the subscriber in it.
func (d dialCmd) stack() (play.RunFile, play.Login, error) {
	var r play.RunFile
	text, err := os.ReadFile(d.RunFile)
	if err != nil {
		return r, play.Login{}, fmt.Errorf("no play stack runs (make run starts one): %w", err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, play.Login{}, fmt.Errorf("%s: %w", d.RunFile, err)
	}
	for _, s := range r.Subscribers {
		if s.User == d.As {
			return r, s, nil
		}
	}
	return r, play.Login{}, fmt.Errorf("--as %q: no such subscriber in %s", d.As, d.RunFile)
}
