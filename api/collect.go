package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
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

// Collect brings in what there is and says how many reports it was. A line that
// Asterisk was writing during the rename is whole by the next round: the
// renamed file is read first, and again if it has grown.
func (c *Collector) Collect(ctx context.Context) (int, error) {
	taken := c.File + collecting + c.Node
	if _, err := os.Stat(taken); errors.Is(err, fs.ErrNotExist) {
		if err := os.Rename(c.File, taken); errors.Is(err, fs.ErrNotExist) {
			return 0, nil
		} else if err != nil {
			return 0, fmt.Errorf("collect: %w", err)
		}
		// Give a write that began before the rename one interval to end.
		return 0, nil
	}
	n, size, err := c.read(ctx, taken)
	if err != nil {
		return n, err
	}
	if info, err := os.Stat(taken); err != nil || info.Size() != size {
		return n, err // grew meanwhile: again next time, every line is an upsert
	}
	return n, os.Remove(taken)
}

func (c *Collector) read(ctx context.Context, path string) (n int, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, 0, fmt.Errorf("collect: %w", err)
	}
	defer f.Close()
	scanner := bufio.NewScanner(f)
	scanner.Buffer(make([]byte, 0, maxReport), 4*maxReport)
	for scanner.Scan() {
		size += int64(len(scanner.Bytes())) + 1
		line := strings.TrimSpace(scanner.Text())
		if line == "" {
			continue
		}
		report, err := ParseReport(line)
		if err == nil {
			err = c.Flow.End(ctx, report)
		}
		if errors.Is(err, callflow.ErrBadRequest) {
			err = c.putAside(line, err)
		}
		if err != nil {
			return n, size, err
		}
		n++
	}
	if err := scanner.Err(); err != nil {
		return n, size, fmt.Errorf("collect: %w", err)
	}
	return n, size, nil
}

// putAside keeps a line that makes no sense where a person can look at it.
func (c *Collector) putAside(line string, why error) error {
	c.Log.Error().Err(why).Str("file", c.File+rejected).Msg("end report makes no sense; kept aside")
	f, err := os.OpenFile(c.File+rejected, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("collect: %w", err)
	}
	_, err = fmt.Fprintf(f, "%s\n", line)
	return errors.Join(err, f.Sync(), f.Close())
}
