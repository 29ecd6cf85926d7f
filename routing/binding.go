package routing

import (
	"slices"

	"tandem/internal/e164"
)

// Presented is the number a call will show, and how we came to it.
type Presented struct {
	CLI    e164.Number // empty: the call has no number of its own to show
	Number *Number     // its row in the pool; nil when it is not one of ours
	Reason string
}

// Present chooses the number to show. A caller may present only a number that
// it was given; anything else becomes the account's default. A number of the
// pool that is switched off is shown by nobody.
func (s *Snapshot) Present(account *Account, subscriber *Subscriber, asked e164.Number) Presented {
	why := "the account's default"
	if asked != "" {
		if subscriber != nil && slices.Contains(subscriber.MayShow, asked) {
			if p, ok := s.showable(asked); ok {
				p.Reason = "asked for by the caller"
				return p
			}
			why = "the account's default: the number asked for is switched off"
		} else if asked != account.DefaultCLI {
			why = "the account's default: the caller may not show the number asked for"
		}
	}
	if account.DefaultCLI != "" {
		if p, ok := s.showable(account.DefaultCLI); ok {
			p.Reason = why
			return p
		}
	}
	return Presented{Reason: "none: the account has no default that can be shown"}
}

func (s *Snapshot) showable(n e164.Number) (Presented, bool) {
	row := s.numbers[n]
	return Presented{CLI: n, Number: row}, row == nil || row.Enabled
}

// Home is the server from which a call that shows the number must leave: the
// server of its gate, else the one the pool binds it to; nil when any server
// will do. A gate on the asking server always counts as home. A gate that is
// switched off still binds its number.
func (s *Snapshot) Home(number *Number, here *Server) *Server {
	if number == nil {
		return nil
	}
	var elsewhere *Server
	for _, g := range s.gatesOf[number.ID] {
		if g.ServerID == here.ID {
			return here
		}
		if elsewhere == nil {
			elsewhere = s.servers[g.ServerID]
		}
	}
	if elsewhere != nil {
		return elsewhere
	}
	if number.ServerID == 0 {
		return nil
	}
	return s.servers[number.ServerID]
}

// mayUseGate is the binding rule for a dial peer: it carries the number that is
// bound to it, or a call without a number, which then shows the gate's.
func (s *Snapshot) mayUseGate(g *Gate, here *Server, shown Presented) (Reason, bool) {
	switch {
	case g.ServerID != here.ID:
		return ReasonGateOtherServer, false
	case !g.Enabled:
		return ReasonGateDisabled, false
	case shown.CLI == "":
		return "", true
	case shown.Number == nil || shown.Number.ID != g.NumberID:
		return ReasonGateOtherNumber, false
	case shown.Number.Direction&Out == 0:
		return ReasonNumberInOnly, false
	}
	return "", true
}

// mayUseAddress is the binding rule for an open way out: a provider that lets
// us set the caller ID may show any number of the pool, one with dynamic calls
// any number at all, any other only its own numbers.
func (s *Snapshot) mayUseAddress(p *Provider, shown Presented) (Reason, bool) {
	if shown.CLI == "" {
		return "", true
	}
	if p.Dynamic {
		return s.notThroughGate(p, shown)
	}
	own := shown.Number != nil && shown.Number.ProviderID == p.ID
	switch {
	case shown.Number == nil && p.CLIAllowed:
		return ReasonCLINotOurs, false
	case p.CLIAllowed:
		return s.notThroughGate(p, shown)
	case !own:
		return ReasonCLINotAllowed, false
	case shown.Number.Direction&Out == 0:
		return ReasonNumberInOnly, false
	}
	return s.notThroughGate(p, shown)
}

// notThroughGate keeps a provider's own gate-bound number on its gate: the
// provider would see the call come from the wrong account. That holds while the
// gate is switched off, too.
func (s *Snapshot) notThroughGate(p *Provider, shown Presented) (Reason, bool) {
	if shown.Number == nil || shown.Number.ProviderID != p.ID {
		return "", true
	}
	if len(s.gatesOf[shown.Number.ID]) > 0 {
		return ReasonBoundToGate, false
	}
	return "", true
}
