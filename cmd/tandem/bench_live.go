package main

import (
	"context"
	"fmt"
	"time"

	"tandem/bench"
)

type benchLiveCmd struct {
	benchFlags
	Listeners int           `help:"Streams at once." default:"500"`
	CPS       int           `name:"cps" help:"Calls that begin a second." default:"200"`
	Talk      time.Duration `help:"Talk of each call." default:"10s"`
	Seconds   float64       `help:"Measured time of each side." default:"10"`
}

// Run measures and prints.
func (b benchLiveCmd) Run(ctx context.Context, e *env) error {
	o, err := b.options(e)
	if err != nil {
		return err
	}
	report, err := bench.Live(ctx, o, bench.LiveSpec{Listeners: b.Listeners, CPS: b.CPS, Talk: b.Talk, Each: seconds(b.Seconds)})
	if err != nil {
		return fmt.Errorf("bench live: %w", err)
	}
	return b.print(e, report)
}

type benchFeedCmd struct {
	Listen string        `required:"" help:"Address to take connections at."`
	CPS    int           `name:"cps" default:"200" help:"Calls that begin a second."`
	Talk   time.Duration `default:"10s" help:"Talk of each call."`
	Plain  string        `help:"File whose text is sent once a second instead."`
}

// Run serves until ctx ends.
func (b benchFeedCmd) Run(ctx context.Context) error {
	return bench.Feed(ctx, bench.FeedSpec{Listen: b.Listen, CPS: b.CPS, Talk: b.Talk, Plain: b.Plain})
}
