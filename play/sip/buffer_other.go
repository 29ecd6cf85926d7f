//go:build !linux

package sip

import "net"

// enlarge asks for a larger receive buffer; the kernel may give less.
func enlarge(conn *net.UDPConn, size int) { _ = conn.SetReadBuffer(size) }
