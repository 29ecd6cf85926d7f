package routing

import (
	"fmt"
	"strconv"
	"strings"
)

// Key names a route in a few characters. It travels through Asterisk with the
// call, so that any node, and the record, knows which route an attempt used.
//
//	8.c.a1   provider 8, tier cli, address 1
//	7.c.g8   provider 7, tier cli, gate 8
//	s12      subscriber 12, one of ours
//	x2       redirect to server 2
type Key struct {
	ProviderID   int64
	Tier         Tier
	GateID       int64
	AddressID    int64
	SubscriberID int64
	ServerID     int64
}

// String is the form that ParseKey reads.
func (k Key) String() string {
	switch {
	case k.SubscriberID != 0:
		return "s" + strconv.FormatInt(k.SubscriberID, 10)
	case k.ServerID != 0:
		return "x" + strconv.FormatInt(k.ServerID, 10)
	}
	way := ""
	switch {
	case k.GateID != 0:
		way = ".g" + strconv.FormatInt(k.GateID, 10)
	case k.AddressID != 0:
		way = ".a" + strconv.FormatInt(k.AddressID, 10)
	}
	return strconv.FormatInt(k.ProviderID, 10) + "." + k.Tier.letter() + way
}

// ParseKey reads a key as it comes back from Asterisk.
func ParseKey(s string) (Key, error) {
	bad := fmt.Errorf("route key %q: want something like 8.c.a1, 7.c.g8, s12 or x2", s)
	if s == "" || len(s) > 48 {
		return Key{}, bad
	}
	switch s[0] {
	case 's', 'x':
		id, ok := positive(s[1:])
		if !ok {
			return Key{}, bad
		}
		if s[0] == 's' {
			return Key{SubscriberID: id}, nil
		}
		return Key{ServerID: id}, nil
	}
	parts := strings.Split(s, ".")
	if len(parts) != 3 || len(parts[2]) < 2 {
		return Key{}, bad
	}
	var k Key
	var ok bool
	if k.ProviderID, ok = positive(parts[0]); !ok {
		return Key{}, bad
	}
	found := false
	for _, t := range Tiers() {
		if t.letter() == parts[1] {
			k.Tier, found = t, true
		}
	}
	id, ok := positive(parts[2][1:])
	if !found || !ok {
		return Key{}, bad
	}
	switch parts[2][0] {
	case 'g':
		k.GateID = id
	case 'a':
		k.AddressID = id
	default:
		return Key{}, bad
	}
	return k, nil
}

// positive reads an id without sign or leading zero, so that every key has one
// spelling.
func positive(s string) (int64, bool) {
	if s == "" || s[0] < '1' || s[0] > '9' {
		return 0, false
	}
	id, err := strconv.ParseInt(s, 10, 64)
	return id, err == nil
}
