package capacity

import (
	"fmt"

	"tandem/routing"
)

// Kind says what a limit is of.
type Kind uint8

// What has limits.
const (
	Provider Kind = iota
	Gate
	Account
)

// String is the kind's word in the API and in metrics.
func (k Kind) String() string {
	switch k {
	case Provider:
		return "provider"
	case Gate:
		return "gate"
	case Account:
		return "account"
	default:
		return fmt.Sprintf("kind %d", uint8(k))
	}
}

// Subject is one provider, gate or account.
type Subject struct {
	Kind Kind
	ID   int64
}

// String names it for people, as in "gate 8".
func (s Subject) String() string { return fmt.Sprintf("%s %d", s.Kind, s.ID) }

// Limit is what a subject may do on all nodes together.
type Limit = routing.Limit

// Largest limits. They keep the bucket's whole numbers far from overflow.
const (
	maxChannels = 10_000_000
	maxCPS      = 100_000
)

func validLimit(s Subject, l Limit) error {
	if l.Channels < 0 || l.Channels > maxChannels {
		return fmt.Errorf("%s: channels %d: want 0 (no limit) to %d", s, l.Channels, maxChannels)
	}
	if l.CPS < 0 || l.CPS > maxCPS {
		return fmt.Errorf("%s: calls per second %d: want 0 (no limit) to %d", s, l.CPS, maxCPS)
	}
	return nil
}

// Way is a way out: what a breaker watches. The tier does not matter, for the
// packets are the same.
type Way struct {
	ProviderID int64
	GateID     int64 // 0: by an address
	AddressID  int64 // 0: by a gate
}

// WayOf is the way that a route takes; the zero Way for a subscriber of ours and
// for another server.
func WayOf(k routing.Key) Way {
	return Way{ProviderID: k.ProviderID, GateID: k.GateID, AddressID: k.AddressID}
}

// words are the way in two numbers, for the index.
func (w Way) words() (a, b int64) {
	if w.GateID != 0 {
		return w.ProviderID, w.GateID
	}
	return w.ProviderID, -w.AddressID
}
