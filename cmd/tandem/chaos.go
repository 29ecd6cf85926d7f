package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"tandem/bench/chaos"
	"tandem/play"
)

type chaosCmd struct {
	Minutes int    `help:"How long calls are made." default:"1"`
	Seed    uint64 `help:"Makes the same calls and breaks the same things again; 0: a new one, which is told."`
	JSON    bool   `help:"Print one JSON object; progress goes to stderr."`
	Dir     string `help:"Where the run keeps everything; a run that failed leaves it." default:"var/chaos"`
}

// Run makes calls while everything is broken in turn, and counts the money. The
// JSON object comes after everything has ended: it is the last line either way.
func (c chaosCmd) Run(ctx context.Context, e *env) error {
	tools, err := play.FindTools()
	if err != nil {
		return err
	}
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	progress, began := e.out, time.Now()
	if c.JSON {
		progress = e.errOut
	}
	if c.Seed == 0 {
		c.Seed = uint64(began.UnixMilli())
	}
	report, err := chaos.Run(ctx, chaos.Options{
		Dir: c.Dir, Binary: binary, Tools: tools, Length: time.Duration(c.Minutes) * time.Minute, Seed: c.Seed,
		Progress: func(text string) { fmt.Fprintf(progress, "%6.1fs  %s\n", time.Since(began).Seconds(), text) },
	})
	if err != nil {
		return errors.Join(err, fmt.Errorf("chaos: not carried through; seed %d, logs and data are in %s", c.Seed, report.Dir))
	}
	tellChaos(progress, report)
	if err := json.NewEncoder(e.out).Encode(report); err != nil {
		return err
	}
	if report.Failed() {
		return errSaid
	}
	return nil
}

// maxTold bounds the findings that are printed.
const maxTold = 50

// tellChaos says what is wrong, and where to look.
func tellChaos(out io.Writer, r chaos.Report) {
	if !r.Failed() {
		fmt.Fprintln(out, "nothing was lost, nothing was charged twice, nobody spent what was not there")
		return
	}
	for _, story := range r.Stories {
		fmt.Fprintf(out, "\n%s", story)
	}
	fmt.Fprintf(out, "\n%d findings:\n", len(r.Wrong))
	for _, text := range r.Wrong[:min(len(r.Wrong), maxTold)] {
		fmt.Fprintln(out, " ", strings.ReplaceAll(text, "\n", "\n    "))
	}
	fmt.Fprintf(out, "seed %d; logs and data stay in %s\n", r.Seed, r.Dir)
}
