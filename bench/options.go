package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tandem/play"
)

// Options are what every bench needs.
type Options struct {
	Dir      string // holds everything a run writes; its sub-folder of the bench is emptied first
	Binary   string // the tandem program
	Version  string // its version, for the report
	Tools    play.Tools
	Progress func(text string) // told before each step; may be nil
	// HoldWithin is how long a new call waits for its money; 0: as in service. Tests of
	// several benches at once have disks that take their time.
	HoldWithin time.Duration
}

func (o Options) say(format string, args ...any) {
	if o.Progress != nil {
		o.Progress(fmt.Sprintf(format, args...))
	}
}

// downLimit bounds the end of everything a bench started.
const downLimit = time.Minute

// within runs a bench in a folder of its own and ends what it started, also
// when it fails or ctx ends.
func (o Options) within(ctx context.Context, name string, work func(dir string, teardown *play.Teardown) error) (err error) {
	top, err := filepath.Abs(o.Dir)
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	if err := os.MkdirAll(top, 0o750); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	unlock, err := play.Lock(top)
	if err != nil {
		return fmt.Errorf("another bench runs in %s: %w", top, err)
	}
	dir := filepath.Join(top, name)
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o750)); err != nil {
		return errors.Join(fmt.Errorf("bench: %w", err), unlock())
	}
	var teardown play.Teardown
	defer func() {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), downLimit)
		defer cancel()
		err = errors.Join(err, teardown.Run(stop), unlock())
	}()
	return work(dir, &teardown)
}
