package agitest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
)

// RawServer is the least a FastAGI server can be, as the anchor of
// benchmarks: it finds the script and the call's id in the environment, sends
// the same commands to everyone, waits for a line after each, and closes. It
// has no deadlines, checks nothing and logs nothing; it is not for real use.
type RawServer struct {
	// Commands are sent in order, without their newline. To be fair they are
	// those that the server it is compared with sends ([Outcome.Commands]).
	Commands []string
}

// Serve accepts until ctx is over, then waits for the exchanges in progress.
func (r *RawServer) Serve(ctx context.Context, ln net.Listener) error {
	defer context.AfterFunc(ctx, func() { _ = ln.Close() })()
	lines := make([][]byte, 0, len(r.Commands))
	for _, command := range r.Commands {
		lines = append(lines, []byte(command+"\n"))
	}
	pool := sync.Pool{New: func() any { return new([8192]byte) }}
	var running sync.WaitGroup
	defer running.Wait()
	for {
		conn, err := ln.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("agitest: accept: %w", err)
		}
		running.Go(func() {
			defer conn.Close()
			if buf, ok := pool.Get().(*[8192]byte); ok {
				_ = answer(conn, buf[:], lines) // a client's failure is the client's to count
				pool.Put(buf)
			}
		})
	}
}

var errTooLong = errors.New("agitest: line too long")

func answer(conn net.Conn, buf []byte, lines [][]byte) error {
	env, err := readUntil(conn, buf, []byte("\n\n"))
	if err != nil {
		return err
	}
	script, callID := field(env, "agi_network_script: "), field(env, "agi_uniqueid: ")
	if script == nil || callID == nil {
		return errors.New("agitest: not an environment")
	}
	for _, line := range lines {
		if _, err := conn.Write(line); err != nil {
			return err
		}
		if _, err := readUntil(conn, buf, []byte("\n")); err != nil {
			return err
		}
	}
	return nil
}

func readUntil(conn net.Conn, buf, end []byte) ([]byte, error) {
	for n := 0; n < len(buf); {
		read, err := conn.Read(buf[n:])
		n += read
		if bytes.HasSuffix(buf[:n], end) {
			return buf[:n], nil
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, errTooLong
}

func field(env []byte, key string) []byte {
	_, rest, ok := bytes.Cut(env, []byte(key))
	if !ok {
		return nil
	}
	value, _, _ := bytes.Cut(rest, []byte("\n"))
	return value
}
