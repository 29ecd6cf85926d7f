package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"tandem/bench"
	"tandem/play"
)

type benchCmd struct {
	AGI     benchAGICmd     `cmd:"" name:"agi" help:"FastAGI exchanges per server-CPU-second, against a raw echo server."`
	Decide  benchDecideCmd  `cmd:"" help:"Decisions over decks of millions of rates, against an indexed SQL query."`
	Import  benchImportCmd  `cmd:"" help:"A rate sheet from the file to the first call by it, against a raw LOAD DATA of the same rows."`
	Swap    benchSwapCmd    `cmd:"" help:"FastAGI exchanges while a deck of millions of rates is exchanged, against the same node left alone."`
	Holds   benchHoldsCmd   `cmd:"" help:"Money set aside for calls, durably, against the same statements without our code, and routes with it."`
	Records benchRecordsCmd `cmd:"" help:"Call records, rated and durable, against plain inserts of the same rows."`
	Calls   benchCallsCmd   `cmd:"" help:"Calls through a real Asterisk, against the same Asterisk with a bare Dial."`
	API     benchAPICmd     `cmd:"" name:"api" help:"Requests a second of the HTTP API, against an answer of the same server that takes no thought."`
	Live    benchLiveCmd    `cmd:"" help:"The live stream with many listeners, against plain writes of as many bytes."`
	Quality benchQualityCmd `cmd:"" help:"Carriers that fail and recover, simulated, against policies that order them; the tables of docs/quality.md."`
	Reports benchReportsCmd `cmd:"" help:"Reports of route quality from rollups, against the same from attempts, and what the rollups cost."`
	Tables  benchTablesCmd  `cmd:"" hidden:"" help:"The tables of docs/benchmarks.md, from the raw figures."`
	Echo    benchEchoCmd    `cmd:"" hidden:"" help:"The anchor of bench agi: a raw FastAGI server."`
	Feed    benchFeedCmd    `cmd:"" hidden:"" help:"The servers of bench live."`
	Handler benchHandlerCmd `cmd:"" hidden:"" help:"The anchor of bench holds: a raw FastAGI server that sets money aside."`
}

// benchFlags are those of every bench.
type benchFlags struct {
	JSON bool   `help:"Print one JSON object."`
	Dir  string `help:"Where the bench keeps data and logs of its run; each bench empties its own folder in it." default:"var/bench"`
}

// options finds the programs; progress goes to stderr.
func (f benchFlags) options(e *env) (bench.Options, error) {
	tools, err := play.FindTools()
	if err != nil {
		return bench.Options{}, err
	}
	binary, err := os.Executable()
	if err != nil {
		return bench.Options{}, err
	}
	began := time.Now()
	return bench.Options{
		Dir: f.Dir, Binary: binary, Version: version, Tools: tools,
		Progress: func(text string) { fmt.Fprintf(e.errOut, "%6.1fs  %s\n", time.Since(began).Seconds(), text) },
	}, nil
}

// print writes a report the one way or the other.
func (f benchFlags) print(e *env, report interface{ Print(out io.Writer) error }) error {
	if f.JSON {
		return printJSON(e, report)
	}
	return report.Print(e.out)
}

type benchAGICmd struct {
	benchFlags
	Seconds     int `help:"Measured time of each side." default:"20"`
	Slices      int `help:"Turns of each side." default:"5"`
	Concurrency int `help:"Exchanges at once." default:"16"`
}

// Run measures and prints.
func (b benchAGICmd) Run(ctx context.Context, e *env) error {
	o, err := b.options(e)
	if err != nil {
		return err
	}
	report, err := bench.AGI(ctx, o, bench.AGISpec{
		Each: time.Duration(b.Seconds) * time.Second, Slices: b.Slices, Concurrency: b.Concurrency,
	})
	if err != nil {
		return fmt.Errorf("bench agi: %w", err)
	}
	return b.print(e, report)
}

type benchEchoCmd struct {
	Listen   string `required:"" help:"Address to take connections at."`
	Commands string `required:"" help:"File with the commands to send, one a line."`
}

// Run serves until ctx ends.
func (b benchEchoCmd) Run(ctx context.Context) error { return bench.Echo(ctx, b.Listen, b.Commands) }
