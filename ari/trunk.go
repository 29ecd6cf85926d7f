package ari

import (
	"strconv"
	"strings"
)

// trunkPrefix begins the endpoint names of providers; no gate and no subscriber
// bears it.
const trunkPrefix = "trunk-"

// ParseTrunk reads the name of a provider's address, trunk-PROVIDER-ADDRESS. Any
// other endpoint, a gate or a subscriber, is not ok; nor is trunk-PROVIDER, on
// which a provider's calls arrive and which has no address to be reached at.
func ParseTrunk(endpoint string) (providerID, addressID int64, ok bool) {
	rest, found := strings.CutPrefix(endpoint, trunkPrefix)
	provider, address, both := strings.Cut(rest, "-")
	if !found || !both {
		return 0, 0, false
	}
	providerID, ok = id(provider)
	if !ok {
		return 0, 0, false
	}
	addressID, ok = id(address)
	if !ok {
		return 0, 0, false
	}
	return providerID, addressID, true
}

// source says that an endpoint only takes calls.
func source(endpoint string) bool {
	rest, found := strings.CutPrefix(endpoint, trunkPrefix)
	_, ok := id(rest)
	return found && ok
}

// id reads a number as it is written into names: no sign, no leading zero.
func id(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n > 0 && strconv.FormatInt(n, 10) == text
}
