package send

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"
)

// Addresses that webhooks may not go to.
var (
	errRefused = errors.New("webhooks may not go there")
	errSecrets = errors.New("clouds tell machines their secrets there: no webhook goes there, whatever the configuration says")
)

// PrivateNetworks are those that webhooks may go to unless others are named: what
// companies use within. Neither this machine nor what clouds tell their secrets at
// is among them.
func PrivateNetworks() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("fc00::/7"),
	}
}

// reserved are no addresses of anybody (RFC 6890), but for those that networks names.
func reserved() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"),
		netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"),
		netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
		netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
	}
}

// metadata is where clouds tell machines their secrets. No webhook goes there,
// whatever networks it may go to.
func metadata() []netip.Addr {
	return []netip.Addr{
		netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("168.63.129.16"), netip.MustParseAddr("100.100.100.200"),
		netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("fd20:ce::254"),
	}
}

// allowed says whether webhooks may go to an address; own are those of this machine.
func allowed(a netip.Addr, networks []netip.Prefix, own []netip.Addr) bool {
	a = a.Unmap().WithZone("")
	here := a.IsLoopback() || a.IsUnspecified() || slices.Contains(own, a) // all of 127/8, and 0.0.0.0, lead to this machine
	if slices.Contains(metadata(), a) || here && !named(a, networks) {
		return false
	}
	if slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return true
	}
	return a.IsGlobalUnicast() && !a.IsPrivate() && !slices.ContainsFunc(reserved(), func(p netip.Prefix) bool { return p.Contains(a) })
}

// named says whether networks name an address by itself, or this machine: a network
// that this machine is in, too, does not mean it.
func named(a netip.Addr, networks []netip.Prefix) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(a) && (p.IsSingleIP() || p.Addr().IsLoopback()) })
}

// ownAddresses are those of this machine's interfaces now. A public address that a
// router puts in their place is not among them.
func ownAddresses() ([]netip.Addr, error) {
	found, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("this machine's own addresses: %w", err)
	}
	var list []netip.Addr
	for _, f := range found {
		if of, ok := f.(*net.IPNet); ok {
			if a, ok := netip.AddrFromSlice(of.IP); ok {
				list = append(list, a.Unmap())
			}
		}
	}
	return list, nil
}

// allowOnly looks at the address that a name has led to, at the moment it is
// connected to: what a name says before may change.
func allowOnly(networks []netip.Prefix) func(network, address string, c syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%s: %w", address, errRefused)
		}
		if slices.Contains(metadata(), to.Addr().Unmap().WithZone("")) {
			return fmt.Errorf("%s: %w", to.Addr(), errSecrets)
		}
		own, err := ownAddresses()
		if err != nil {
			return err
		}
		if !allowed(to.Addr(), networks, own) {
			return fmt.Errorf("%s: %w", to.Addr(), errRefused)
		}
		return nil
	}
}
