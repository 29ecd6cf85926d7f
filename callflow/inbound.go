package callflow

import (
	"fmt"

	"tandem/billing"
	"tandem/internal/e164"
	"tandem/routing"
)

// Inbound decides a call that a provider brings. The packet's source proves who
// brings it; nothing that the caller could have written is believed.
//
//	source -> provider -> number -> provider's own, enabled, bound to this server
//	       -> echo test -> who last called this caller -> the number's destination -> duty operator
//
// lastAgent is asked within the account that the number belongs to: the agent of
// one customer never gets another customer's call.
func Inbound(s *routing.Snapshot, in Seizure, lastAgent LastAgent, w World) Decision {
	d, leg := inbound(s, in, lastAgent)
	if leg == nil {
		return d
	}
	return d.carry(s, leg, in, w)
}

// inbound finds whose call it is and who is rung; a call that is forwarded is
// left to carry.
func inbound(s *routing.Snapshot, in Seizure, lastAgent LastAgent) (Decision, *leg) {
	d := begin(s, billing.Incoming, in)
	server := s.Server(in.Server)
	if server == nil {
		return d.reject(unknownServer), nil
	}
	caller, err := e164.Parse(in.CLI)
	if err == nil {
		d.Record.ANumber, d.Record.CLI = caller, caller
	}
	source, ok := sourceAddr(in.Source)
	if !ok {
		return d.reject(foreignSource), nil
	}
	provider := s.ProviderAt(source)
	if provider == nil {
		return d.reject(foreignSource), nil
	}
	d.Record.ProviderID = provider.ID
	b, err := e164.Parse(in.Dialled)
	if err != nil {
		return d.reject(unknownNumber), nil
	}
	d.Record.BNumber = b
	number := s.Number(b)
	if refusal, bad := admit(number, provider, server); bad {
		return d.reject(refusal), nil
	}
	d.Record.NumberID, d.Record.AccountID = number.ID, number.AccountID
	if number.EchoTest {
		d.Action = Echo
		d.Record.Reason = "echo test"
		return d, nil
	}
	var agent *routing.Subscriber
	if caller != "" {
		agent = lastAgent(number.AccountID, caller)
	}
	return d.deliver(s, server, number, agent)
}

// deliver finds who is rung: the agent, then the number's destination, then the
// duty operator. Whoever cannot be reached leaves the call to the next; one who
// is busy or does not answer ends it.
func (d Decision) deliver(s *routing.Snapshot, server *routing.Server, number *routing.Number, agent *routing.Subscriber) (Decision, *leg) {
	destination := s.Subscriber(number.DestinationSubscriberID)
	d = d.alsoRing(server, agent, "the agent who last called this number")
	d = d.alsoRing(server, destination, "the number's destination")
	if len(d.Offers) == 0 {
		switch {
		case destination != nil && destination.Enabled:
			return d.ring(s, server, destination, "the number's destination"), nil
		case number.DestinationNumber != "":
			return d.forward(s, server, number)
		}
	}
	d = d.alsoRing(server, s.DutyFor(number, server), "the duty operator")
	if len(d.Offers) == 0 {
		return d.reject(nobodyToRing), nil
	}
	d.Record.Reason = d.Offers[0].Why
	return d, nil
}

// alsoRing adds a subscriber to the offers, if it can be rung here and is not
// among them yet.
func (d Decision) alsoRing(server *routing.Server, who *routing.Subscriber, why string) Decision {
	if !rings(who, server) {
		return d
	}
	offer := Offer{Key: routing.Key{SubscriberID: who.ID}, Dial: routing.SubscriberDial(server.Driver, who), CLI: d.Record.CLI, Why: why}
	for _, o := range d.Offers {
		if o.Key == offer.Key {
			return d
		}
	}
	d.Action = Dial
	d.Offers = append(d.Offers, offer)
	return d
}

// LastAgent finds who of an account last called the caller; nil when nobody is
// known.
type LastAgent func(account int64, caller e164.Number) *routing.Subscriber

// admit checks that the number may take calls from this provider here.
func admit(number *routing.Number, provider *routing.Provider, server *routing.Server) (Refusal, bool) {
	switch {
	case number == nil:
		return unknownNumber, true
	case number.ProviderID != provider.ID:
		return otherProvider, true
	case !number.Enabled:
		return numberOff, true
	case number.Direction&routing.In == 0:
		return numberOutOnly, true
	case number.ServerID != 0 && number.ServerID != server.ID:
		return otherServer, true
	}
	return Refusal{}, false
}

// rings says whether an agent can be rung from this server without a detour.
func rings(agent *routing.Subscriber, server *routing.Server) bool {
	return agent != nil && agent.Enabled && (agent.ServerID == 0 || agent.ServerID == server.ID)
}

// forward sends the call on to an outside number. The account of our number
// pays for that leg, and it is our number that is shown: the caller's own may
// be shown only where a provider carries any number, which it cannot promise.
func (d Decision) forward(s *routing.Snapshot, server *routing.Server, number *routing.Number) (Decision, *leg) {
	account := s.Account(number.AccountID)
	if account == nil || !account.Enabled {
		return d.reject(accountOff.because(fmt.Errorf("%s is forwarded, but no account pays for it", number.Number))), nil
	}
	shown := routing.Presented{CLI: number.Number, Number: number, Reason: "the number that was called, forwarding to " + string(number.DestinationNumber)}
	d.Record.CLI = shown.CLI
	return d, &leg{server, account, shown, number.DestinationNumber}
}
