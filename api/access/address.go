package access

import (
	"net/http"
	"net/netip"
	"strings"
)

// AddressOf is the address in "address:port", as ends of connections are told; the
// zero address where there is none.
func AddressOf(end string) netip.Addr {
	from, err := netip.ParseAddrPort(end)
	if err != nil {
		return netip.Addr{}
	}
	return from.Addr().Unmap()
}

// Network is what somebody who asks from an address has: that address of IPv4, all
// of its /64 of IPv6. Whoever is counted is counted by it.
func Network(a netip.Addr) netip.Prefix {
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	network, _ := a.Prefix(bits) // no address is shorter
	return network
}

// maxHops bounds how much of X-Forwarded-For is read.
const maxHops = 16

// ClientAddress is where a request comes from: the other end of the connection, or,
// where that is a trusted proxy, whom it was asked by. What was there before the
// first stranger is that stranger's word, and not believed.
func ClientAddress(r *http.Request, trusted []netip.Prefix) netip.Addr {
	from := AddressOf(r.RemoteAddr).WithZone("")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for range maxHops {
		if len(hops) == 0 || !within(from, trusted) {
			return from
		}
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[len(hops)-1]))
		if err != nil {
			return from
		}
		from, hops = hop.Unmap().WithZone(""), hops[:len(hops)-1]
	}
	return from
}

func within(a netip.Addr, networks []netip.Prefix) bool {
	for _, n := range networks {
		if n.Contains(a) {
			return true
		}
	}
	return false
}
