package agi

import (
	"context"
	"fmt"
	"net"
)

// Listen opens a TCP listener for [Server.Serve]. Keep-alive is off: a session
// lives for milliseconds under deadlines of its own, and four system calls for
// each connection would be most of what the server does beside reading.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	lc := net.ListenConfig{KeepAlive: -1}
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("agi: listen: %w", err)
	}
	return ln, nil
}
