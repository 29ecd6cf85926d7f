package main

import (
	"context"
	"fmt"
	"time"

	"tandem/bench"
)

type benchHoldsCmd struct {
	benchDeckFlags
	Seconds  float64 `help:"Measured time of each way of setting money aside, in each case." default:"0.9"`
	Slices   int     `help:"Turns of each way." default:"3"`
	Accounts int     `help:"Accounts that pay, where there are many." default:"1000"`
	Workers  int     `help:"Holds at a time, where there are many." default:"32"`
	Route    float64 `help:"Measured seconds of each server that is asked for routes; 0 leaves them out." default:"3"`
}

// Run measures and prints.
func (b benchHoldsCmd) Run(ctx context.Context, e *env) error {
	began := time.Now()
	o, err := b.options(e)
	if err != nil {
		return err
	}
	report, err := bench.Holds(ctx, o, bench.HoldsSpec{
		Each: seconds(b.Seconds), Slices: b.Slices, Accounts: b.Accounts, Workers: b.Workers, Route: seconds(b.Route),
	})
	if err != nil {
		return fmt.Errorf("bench holds: %w", err)
	}
	return b.report(e, began, report)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

type benchHandlerCmd struct {
	Listen   string `required:"" help:"Address to take connections at."`
	Commands string `required:"" help:"File with the commands to send, one a line."`
	Hold     string `required:"" help:"File with the hold to make for each call."`
}

// Run serves until ctx ends.
func (b benchHandlerCmd) Run(ctx context.Context) error {
	return bench.Handler(ctx, b.Listen, b.Commands, b.Hold)
}

type benchRecordsCmd struct {
	benchDeckFlags
	Calls   int   `help:"Calls of each case and round, at most." default:"3000"`
	Batches []int `help:"Records in a transaction." default:"1,10,100,500"`
	Rounds  int   `help:"Rounds, each with all cases." default:"2"`
	Senders int   `help:"End reports that wait at the spool at a time." default:"500"`
}

// Run measures and prints.
func (b benchRecordsCmd) Run(ctx context.Context, e *env) error {
	began := time.Now()
	o, err := b.options(e)
	if err != nil {
		return err
	}
	report, err := bench.Settle(ctx, o, bench.RecordsSpec{Calls: b.Calls, Batches: b.Batches, Rounds: b.Rounds, Senders: b.Senders})
	if err != nil {
		return fmt.Errorf("bench records: %w", err)
	}
	return b.report(e, began, report)
}
