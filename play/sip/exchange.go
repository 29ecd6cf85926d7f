package sip

import (
	"strings"
	"sync"
	"time"
)

const (
	// huntWindow is how long after one carrier was asked an offer of the same
	// number to another still belongs to the same hunt.
	huntWindow = 15 * time.Second
	// huntDigits of the B-number are compared: providers are dialled with
	// different technical prefixes, the end of the number stays the same.
	huntDigits = 10
	// huntsKept bounds the memory of an Exchange.
	huntsKept = 10_000
)

// Exchange is what carriers know of each other: which numbers were offered to
// one of them a moment ago. It lets one B-number mean "the first carrier
// refuses, the next answers". Two simultaneous hunts for the same number cannot
// be told apart.
type Exchange struct {
	mu     sync.Mutex
	offers map[string]time.Time // number → time of the hunt's first offer
}

// NewExchange makes an Exchange to be shared by several carriers.
func NewExchange() *Exchange {
	return &Exchange{offers: make(map[string]time.Time)}
}

// first reports whether this is the first offer of the number in a hunt. The
// second offer ends the hunt, so the third is a first one again.
func (e *Exchange) first(number string, at time.Time) bool {
	key := strings.TrimLeft(number, "+")
	key = key[max(0, len(key)-huntDigits):]

	e.mu.Lock()
	defer e.mu.Unlock()
	if before, ok := e.offers[key]; ok && at.Sub(before) < huntWindow {
		delete(e.offers, key)
		return false
	}
	if len(e.offers) >= huntsKept {
		clear(e.offers)
	}
	e.offers[key] = at
	return true
}
