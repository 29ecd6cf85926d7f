package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"tandem/callflow"
)

// Collector brings in the end reports that Asterisk wrote into a local file
// while no node answered. The file is renamed first, so that Asterisk starts a
// new one; it is removed when every line of it is durable or put aside.
type Collector struct {
	File  string // as named in the rendered dialplan
	Node  string // ours; two nodes may collect the same file and never touch each other's part
	Flow  *callflow.Flow
	Every time.Duration
	Log   zerolog.Logger
}

const (
	collecting = ".collecting-"
	rejected   = ".rejected"
)

// Run collects at once and then at every interval, until ctx ends.
func (c *Collector) Run(ctx context.Context) {
	tick := time.NewTicker(c.Every)
	defer tick.Stop()
	for {
		if n, err := c.Collect(ctx); err != nil {
			c.Log.Warn().Err(err).Str("file", c.File).Msg("kept end reports not collected yet")
		} else if n > 0 {
			c.Log.Info().Int("reports", n).Str("file", c.File).Msg("kept end reports collected")
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Collect takes Asterisk's file away, and brings in the one taken earlier: so a
// write that began before the rename has an interval to end. It says how many
// reports it brought in.
func (c *Collector) Collect(ctx context.Context) (int, error) {
	taken := c.File + collecting + c.Node
	_, err := os.Stat(taken)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.Rename(c.File, taken); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return 0, fmt.Errorf("collect: %w", err)
		}
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("collect: %w", err)
	}
	n, err := c.read(ctx, taken)
	if err != nil {
		return n, fmt.Errorf("collect: %w", err)
	}
	return n, os.Remove(taken)
}

// read brings in every line. A report that is not durable stops it: all of the
// file is read again next time, and every report is an upsert. What makes no
// sense is put aside at the very end, so that this happens once.
func (c *Collector) read(ctx context.Context, path string) (n int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var nonsense []string
	for reader := bufio.NewReader(f); ; {
		line, err := reader.ReadString('\n')
		if line = strings.TrimSpace(line); line != "" {
			problem := c.bring(ctx, line)
			switch {
			case errors.Is(problem, callflow.ErrBadRequest):
				c.Log.Error().Err(problem).Str("file", c.File+rejected).Msg("end report makes no sense; kept aside")
				nonsense = append(nonsense, line)
			case problem != nil:
				return n, problem
			default:
				n++
			}
		}
		if errors.Is(err, io.EOF) {
			return n, c.putAside(nonsense)
		}
		if err != nil {
			return n, err
		}
	}
}

func (c *Collector) bring(ctx context.Context, line string) error {
	if len(line) > maxReport {
		return fmt.Errorf("%w: a line of %d bytes", callflow.ErrBadRequest, len(line))
	}
	report, err := ParseReport(line)
	if err != nil {
		return err
	}
	return c.Flow.End(ctx, report)
}

// putAside keeps lines that make no sense where a person can look at them.
func (c *Collector) putAside(lines []string) error {
	if len(lines) == 0 {
		return nil
	}
	f, err := os.OpenFile(c.File+rejected, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(strings.Join(lines, "\n") + "\n")
	return errors.Join(err, f.Sync(), f.Close())
}
