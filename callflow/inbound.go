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
func Inbound(s *routing.Snapshot, limits Limits, in Seizure, lastAgent LastAgent) Decision {
	d := begin(s, billing.Incoming, in)
	server := s.Server(in.Server)
	if server == nil {
		return d.reject(unknownServer)
	}
	source, ok := sourceAddr(in.Source)
	if !ok {
		return d.reject(foreignSource)
	}
	provider := s.ProviderAt(source)
	if provider == nil {
		return d.reject(foreignSource)
	}
	d.Record.ProviderID = provider.ID
	b, err := e164.Parse(in.Dialled)
	if err != nil {
		return d.reject(unknownNumber)
	}
	d.Record.BNumber = b
	number := s.Number(b)
	if refusal, bad := admit(number, provider, server); bad {
		return d.reject(refusal)
	}
	d.Record.NumberID, d.Record.AccountID = number.ID, number.AccountID
	if number.EchoTest {
		d.Action = Echo
		d.Record.Reason = "echo test"
		return d
	}
	caller, err := e164.Parse(in.CLI)
	if err == nil {
		d.Record.ANumber, d.Record.CLI = caller, caller
		if agent := lastAgent(number.AccountID, caller); rings(agent, server) {
			return d.ring(s, server, agent, "the agent who last called this number")
		}
	}
	if agent := s.Subscriber(number.DestinationSubscriberID); agent != nil && agent.Enabled {
		return d.ring(s, server, agent, "the number's destination")
	}
	if number.DestinationNumber != "" {
		return d.forward(s, server, number, in)
	}
	if operator := s.DutyFor(number, server); operator != nil && operator.Enabled {
		return d.ring(s, server, operator, "the duty operator")
	}
	return d.reject(nobodyToRing)
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
func (d Decision) forward(s *routing.Snapshot, server *routing.Server, number *routing.Number, in Seizure) Decision {
	account := s.Account(number.AccountID)
	if account == nil || !account.Enabled {
		return d.reject(accountOff.because(fmt.Errorf("%s is forwarded, but no account pays for it", number.Number)))
	}
	shown := routing.Presented{CLI: number.Number, Number: number, Reason: "the number that was called, forwarding to " + string(number.DestinationNumber)}
	d.Record.CLI = shown.CLI
	return d.carry(s, server, account, shown, number.DestinationNumber, in)
}
