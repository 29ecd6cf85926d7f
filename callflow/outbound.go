package callflow

import (
	"errors"
	"fmt"
	"slices"

	"tandem/billing"
	"tandem/internal/e164"
	"tandem/routing"
)

// Outbound decides a call that one of our subscribers makes, or that another
// server of ours hands over. It is pure: the live call and explain both run it.
//
//	who is it -> what was dialled -> one of ours? ring it
//	          -> which number is shown -> that number's server -> the routes, cheapest first
func Outbound(s *routing.Snapshot, limits Limits, in Seizure, w World) Decision {
	d, leg := outbound(s, limits, in)
	if leg == nil {
		return d
	}
	return d.carry(s, leg, in, w)
}

// World is what a decision depends on besides the snapshot and the call: what
// is going on right now. The zero value is an idle switch with nothing ported.
type World struct {
	Plan    *routing.Plan // worked in; nil: a new one
	Room    routing.Room
	Quality routing.Evidence
	Ticket  func(*routing.Policy) uint64            // the next ticket of a policy that shares
	Ported  func(e164.Number) (routing e164.Number) // the number portability dip
	Policy  *routing.Policy                         // instead of the one that the rules pick
}

// leg is a call that has to be carried to the public network.
type leg struct {
	server  *routing.Server
	account *routing.Account
	shown   routing.Presented
	b       e164.Number
}

// outbound finds who calls whom, showing what. It decides the calls that stay
// with us; the others are left to carry.
func outbound(s *routing.Snapshot, limits Limits, in Seizure) (Decision, *leg) {
	d := begin(s, billing.Outgoing, in)
	server := s.Server(in.Server)
	if server == nil {
		return d.reject(unknownServer), nil
	}
	if in.Hops > limits.HopLimit {
		return d.reject(tooManyHops), nil
	}
	if in.Hops > 0 {
		// A neighbour hands over a call that is ours to ring, whoever makes it.
		if b, err := e164.Parse(in.Dialled); err == nil {
			if callee := ours(s, b); callee != nil {
				d.Record.BNumber = b
				if caller, err := e164.Parse(in.CLI); err == nil {
					d.Record.ANumber, d.Record.CLI = caller, caller
				}
				return d.ring(s, server, callee, "handed over by server "+in.Endpoint), nil
			}
		}
	}
	account, subscriber, refusal := caller(s, in)
	if account == nil {
		return d.reject(refusal), nil
	}
	d.Record.AccountID = account.ID
	if subscriber != nil {
		d.Record.SubscriberID = subscriber.ID
		if callee := s.Extension(account.ID, in.Dialled); callee != nil {
			d.Record.CLI = e164.Number(subscriber.Extension) // what the called party can dial back
			return d.ring(s, server, callee, "extension of the same account"), nil
		}
	}
	b, err := account.Rules.Normalise(in.Dialled)
	if err != nil {
		return d.reject(badNumber.because(err)), nil
	}
	d.Record.BNumber = b
	shown := present(s, account, subscriber, in)
	d.Record.ANumber, d.Record.CLI = shown.CLI, shown.CLI

	if callee := ours(s, b); callee != nil {
		return d.ring(s, server, callee, "a number of ours: rung without a provider"), nil
	}
	return d, &leg{server, account, shown, b}
}

// caller finds who pays for the call. Identity is the endpoint that Asterisk
// matched. A neighbour server has checked its caller already: the account is
// that of the number it shows.
func caller(s *routing.Snapshot, in Seizure) (*routing.Account, *routing.Subscriber, Refusal) {
	if in.Hops > 0 {
		number := s.Number(e164.Number(in.CLI))
		if number == nil || s.Account(number.AccountID) == nil {
			return nil, nil, unknownEndpoint
		}
		return enabled(s.Account(number.AccountID), nil)
	}
	subscriber := s.Login(in.Endpoint)
	if subscriber == nil {
		return nil, nil, unknownEndpoint
	}
	if !subscriber.Enabled {
		return nil, nil, subscriberOff
	}
	return enabled(s.Account(subscriber.AccountID), subscriber)
}

func enabled(account *routing.Account, subscriber *routing.Subscriber) (*routing.Account, *routing.Subscriber, Refusal) {
	if !account.Enabled {
		return nil, nil, accountOff
	}
	return account, subscriber, Refusal{}
}

// present settles the number to show. What a neighbour server shows it has
// settled itself.
func present(s *routing.Snapshot, account *routing.Account, subscriber *routing.Subscriber, in Seizure) routing.Presented {
	asked, err := account.Rules.Normalise(in.CLI)
	if err != nil {
		asked = "" // an extension or nothing: the account's default
	}
	if in.Hops > 0 {
		return routing.Presented{CLI: asked, Number: s.Number(asked), Reason: "settled by the first server"}
	}
	return s.Present(account, subscriber, asked)
}

// ours finds the subscriber behind a number of the pool: such a call is free
// and never touches the public network.
func ours(s *routing.Snapshot, b e164.Number) *routing.Subscriber {
	number := s.Number(b)
	if number == nil || !number.Enabled {
		return nil
	}
	return s.Subscriber(number.DestinationSubscriberID)
}

// carry plans the routes and makes them the decision.
func (d Decision) carry(s *routing.Snapshot, l *leg, in Seizure, w World) Decision {
	request := routing.Request{Server: l.server, Account: l.account, Shown: l.shown, BNumber: l.b, At: in.At, Policy: w.Policy, Room: w.Room, Quality: w.Quality}
	if w.Ported != nil {
		if request.Routing = w.Ported(l.b); request.Routing != l.b {
			d.Record.RoutingNumber = request.Routing
		}
	}
	if request.Policy == nil {
		request.Policy = s.Policy(l.account.ID, l.shown.CLI, l.b, in.At)
	}
	request.Draw = w.Ticket
	if d.routed = request.Routing; d.routed == "" {
		d.routed = l.b
	}
	plan := w.Plan
	if plan == nil {
		plan = &routing.Plan{}
	}
	s.Plan(request, plan)
	d.Plan = plan
	if len(plan.Routes) > 0 && (plan.Sold || plan.Markup != nil) {
		switch {
		case l.account.CurrencyID == 0:
			plan.Refuse(routing.ReasonNoBalance)
		case s.FX(l.account.CurrencyID) == 0:
			plan.Refuse(routing.ReasonNoFX)
		}
	}
	switch {
	case plan.Refused != "":
		refusal := refusedBy(plan.Refused)
		if plan.Detail != "" {
			refusal = refusal.because(errors.New(plan.Detail))
		}
		return d.reject(refusal)
	case plan.Redirect != nil:
		return d.redirect(plan.Redirect, routing.RedirectDial(plan.Redirect, l.b), fmt.Sprintf("%s is bound to server %s", l.shown.CLI, plan.Redirect.Name))
	case len(plan.Routes) > 0:
		d.Action = Dial
		d.Record.Reason = "shows " + orNone(l.shown.CLI) + ": " + l.shown.Reason
		d.Offers = make([]Offer, len(plan.Routes))
		for i := range plan.Routes {
			d.Offers[i] = Offer{Key: plan.Routes[i].Key, Dial: plan.Dial(i), CLI: plan.Routes[i].CLI}
		}
		return d
	case len(plan.Dropped) == 1 && plan.Dropped[0].Reason == routing.ReasonServerUnbound:
		return d.reject(serverUnreachable.because(errors.New("server " + plan.Dropped[0].Detail + " has no IAX2 path")))
	}
	if slices.ContainsFunc(plan.Dropped, func(v routing.Drop) bool { return v.Reason.Passes() }) {
		return d.reject(routesExhausted) // there are routes, but not now
	}
	return d.reject(noRoute)
}

// ring makes one of our subscribers the only offer. On another server the call
// goes there first, with the number that leads to the subscriber.
func (d Decision) ring(s *routing.Snapshot, server *routing.Server, callee *routing.Subscriber, why string) Decision {
	home := s.ServerByID(callee.ServerID)
	switch {
	case !callee.Enabled:
		return d.reject(nobodyToRing.because(fmt.Errorf("subscriber %s is switched off", callee.Login)))
	case home == nil || home == server:
		d.Action = Dial
		d.Record.Reason = why
		d.Offers = []Offer{{
			Key: routing.Key{SubscriberID: callee.ID}, Dial: routing.SubscriberDial(server.Driver, callee), CLI: d.Record.CLI, Why: why,
		}}
		return d
	}
	number := d.Record.BNumber
	dial := ""
	if number != "" {
		dial = routing.RedirectDial(home, number)
	}
	if dial == "" {
		return d.reject(serverUnreachable.because(fmt.Errorf("subscriber %s lives on server %s", callee.Login, home.Name)))
	}
	return d.redirect(home, dial, fmt.Sprintf("%s lives on server %s", callee.Login, home.Name))
}

func (d Decision) redirect(to *routing.Server, dial, why string) Decision {
	d.Action = Redirect
	d.Record.Direction = billing.Redirected
	d.Record.Reason = why
	d.Offers = []Offer{{Key: routing.Key{ServerID: to.ID}, Dial: dial, CLI: d.Record.CLI, Why: why}}
	return d
}

func (d Decision) reject(r Refusal) Decision {
	d.Action, d.Refusal, d.Offers = Reject, r, nil
	d.Record.Reason = r.Reason
	return d
}

func (r Refusal) because(err error) Refusal {
	r.Reason += ": " + err.Error()
	return r
}

func orNone(n e164.Number) string {
	if n == "" {
		return "no number"
	}
	return string(n)
}
