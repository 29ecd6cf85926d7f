package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"tandem/agi/agitest"
	"tandem/play"
)

// Echo is the anchor of AGI: a raw FastAGI server on listen that gives everyone
// the commands of a file, one a line, until ctx ends. It runs in a process of
// its own so that its CPU time can be told apart.
func Echo(ctx context.Context, listen, file string) error {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("echo: %w", err)
	}
	return echoOn(ctx, ln, file)
}

func echoOn(ctx context.Context, ln net.Listener, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return errors.Join(fmt.Errorf("echo: %w", err), ln.Close())
	}
	server := agitest.RawServer{Commands: strings.Split(strings.TrimRight(string(text), "\n"), "\n")}
	return server.Serve(ctx, ln)
}

// startEcho starts the anchor in its own process.
func startEcho(ctx context.Context, o Options, dir string, addr netip.AddrPort, commands []string, teardown *play.Teardown) (*play.Process, error) {
	file := filepath.Join(dir, "echo.commands")
	if err := os.WriteFile(file, []byte(strings.Join(commands, "\n")+"\n"), 0o600); err != nil {
		return nil, err
	}
	p, err := play.Start(ctx, play.Command{
		Name: "echo", Argv: []string{o.Binary, "bench", "echo", "--listen", addr.String(), "--commands", file},
		Log: filepath.Join(dir, "echo.log"),
	})
	if err != nil {
		return nil, err
	}
	teardown.Add("echo", stopper(p))
	return p, await(ctx, readyLimit, p, func(ctx context.Context) bool {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", addr.String())
		return err == nil && conn.Close() == nil
	})
}
