package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"tandem/bench"
)

// benchDeckFlags are those of the benches over decks of rates.
type benchDeckFlags struct {
	benchFlags
	CSV string `name:"csv" help:"Add the raw figures to this file."`
}

type deckReport interface {
	Print(out io.Writer) error
	Rows() bench.Rows
}

// report keeps the raw figures and writes the report.
func (f benchDeckFlags) report(e *env, began time.Time, report deckReport) error {
	if f.CSV != "" {
		if err := report.Rows().AppendTo(f.CSV, began); err != nil {
			return err
		}
	}
	return f.print(e, report)
}

type benchDecideCmd struct {
	benchDeckFlags
	Rates     int `help:"Rates in all decks together." default:"1000000"`
	Providers int `help:"Providers that share them." default:"5"`
	Seconds   int `help:"Measured time of each side." default:"10"`
	Slices    int `help:"Turns of each side." default:"5"`
}

// Run measures and prints.
func (b benchDecideCmd) Run(ctx context.Context, e *env) error {
	began := time.Now()
	o, err := b.options(e)
	if err != nil {
		return err
	}
	report, err := bench.Decide(ctx, o, bench.DecideSpec{
		Rates: b.Rates, Providers: b.Providers, Each: time.Duration(b.Seconds) * time.Second, Slices: b.Slices,
	})
	if err != nil {
		return fmt.Errorf("bench decide: %w", err)
	}
	return b.report(e, began, report)
}

type benchSwapCmd struct {
	benchDeckFlags
	Rates     int     `help:"Rates in all decks together." default:"5000000"`
	Providers int     `help:"Providers that share them; one deck is exchanged in each round." default:"5"`
	PerSecond float64 `help:"Route exchanges that are due a second." default:"200"`
	Seconds   int     `help:"Steady time before each exchange." default:"20"`
	Rounds    int     `help:"Exchanges, one after the other." default:"3"`
}

// Run measures and prints.
func (b benchSwapCmd) Run(ctx context.Context, e *env) error {
	began := time.Now()
	o, err := b.options(e)
	if err != nil {
		return err
	}
	report, err := bench.Swap(ctx, o, bench.SwapSpec{
		Rates: b.Rates, Providers: b.Providers, PerSecond: b.PerSecond, Steady: time.Duration(b.Seconds) * time.Second, Rounds: b.Rounds,
	})
	if err != nil {
		return fmt.Errorf("bench swap: %w", err)
	}
	return b.report(e, began, report)
}

type benchImportCmd struct {
	benchDeckFlags
	Rates  int `help:"Rows of the sheet." default:"1000000"`
	Rounds int `help:"Sheets, one after the other; from the third on they replace a deck." default:"4"`
}

// Run measures and prints.
func (b benchImportCmd) Run(ctx context.Context, e *env) error {
	began := time.Now()
	o, err := b.options(e)
	if err != nil {
		return err
	}
	report, err := bench.Import(ctx, o, bench.ImportSpec{Rates: b.Rates, Rounds: b.Rounds})
	if err != nil {
		return fmt.Errorf("bench import: %w", err)
	}
	return b.report(e, began, report)
}

type benchTablesCmd struct {
	Dir string `arg:"" help:"Folder with the raw figures." default:"docs/benchmarks"`
}

// Run prints.
func (b benchTablesCmd) Run(e *env) error { return bench.Tables(e.out, b.Dir) }
