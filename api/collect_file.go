package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/rs/zerolog"
)

// collected is a local file to which Asterisk appends lines, opening it anew for
// each. It is renamed first, so that Asterisk starts a new one, and removed when
// every line of it is durable or put aside.
//
//	FILE ──rename──▶ FILE.collecting-NODE ──an interval later, line by line──▶ bring, flush ──▶ removed
//	                                                     └─ nonsense ──▶ FILE.rejected
type collected struct {
	file  string
	node  string // ours; two nodes may collect the same file and never touch each other's part
	every time.Duration
	what  string // its lines, for messages
	log   zerolog.Logger
	sink  func() sink // for one reading of the file
}

// sink is where the lines of a file go. After flush all of them are durable.
type sink interface {
	// bring takes a line; errNonsense (wrapped): it will never make sense.
	bring(ctx context.Context, line string) error
	flush(ctx context.Context) error
}

// errNonsense marks a line that can never be brought in.
var errNonsense = errors.New("line makes no sense")

const (
	collecting = ".collecting-"
	rejected   = ".rejected"
)

// run collects at once and then at every interval, until ctx ends.
func (c *collected) run(ctx context.Context) {
	tick := time.NewTicker(c.every)
	defer tick.Stop()
	for {
		if n, err := c.collect(ctx); err != nil {
			c.log.Warn().Err(err).Str("file", c.file).Msg(c.what + " not collected yet")
		} else if n > 0 {
			c.log.Info().Int("lines", n).Str("file", c.file).Msg(c.what + " collected")
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// collect takes Asterisk's file away, and brings in the one taken earlier: so a
// write that began before the rename has an interval to end. It says how many
// lines it brought in.
func (c *collected) collect(ctx context.Context) (int, error) {
	taken := c.file + collecting + c.node
	_, err := os.Stat(taken)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.Rename(c.file, taken); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return 0, fmt.Errorf("collect: %w", err)
		}
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("collect: %w", err)
	}
	n, err := c.read(ctx, taken)
	if err != nil {
		return 0, fmt.Errorf("collect: %w", err)
	}
	return n, os.Remove(taken)
}

// read brings in every line. One that is not durable stops it: all of the file
// is read again next time, and every line is an upsert. What makes no sense is
// put aside at the very end, so that this happens once.
func (c *collected) read(ctx context.Context, path string) (n int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var nonsense []stretch
	into := c.sink()
	for lines := newLineReader(f); ; {
		line, at, err := lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		problem := err
		if line = strings.TrimSpace(line); problem == nil && line != "" {
			problem = into.bring(ctx, line)
		}
		switch {
		case errors.Is(problem, errNonsense):
			c.log.Error().Err(problem).Str("file", c.file+rejected).Msg("a line makes no sense; kept aside")
			nonsense = joined(nonsense, at)
		case problem != nil:
			return n, problem
		case line != "":
			n++
		}
	}
	if err := into.flush(ctx); err != nil {
		return n, err
	}
	return n, c.putAside(f, nonsense)
}

// putAside keeps lines that make no sense where a person can look at them.
func (c *collected) putAside(from io.ReaderAt, lines []stretch) error {
	if len(lines) == 0 {
		return nil
	}
	f, err := os.OpenFile(c.file+rejected, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if err == nil {
			err = l.copyTo(f, from)
		}
	}
	return errors.Join(err, f.Sync(), f.Close())
}
