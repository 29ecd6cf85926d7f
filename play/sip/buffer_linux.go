package sip

import (
	"net"
	"syscall"
)

// enlarge asks for a larger receive buffer, as root beyond net.core.rmem_max.
// It is an optimisation: what the kernel does not give we do without.
func enlarge(conn *net.UDPConn, size int) {
	_ = conn.SetReadBuffer(size)
	raw, err := conn.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUFFORCE, size)
	})
}
