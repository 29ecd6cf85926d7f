package agi

import (
	"net"
	"net/netip"
)

// peerOf returns the far address. An IPv4 address that arrived on an IPv6
// socket (::ffff:192.0.2.1) becomes IPv4 again, and a zone (fe80::1%eth0) is
// dropped, as the allow-list knows neither form. The zero value means that the
// connection has no address, and so is nobody's.
func peerOf(conn net.Conn) netip.AddrPort {
	tcp, ok := conn.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := tcp.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port())
}
