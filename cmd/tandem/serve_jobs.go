package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/rs/zerolog"

	"tandem/db"
	"tandem/portability"
)

// dip is the configuration of the portability dip without what lies in files; its
// table stands for one that is there.
func (c config) dip() portability.Config {
	v := c.Portability
	d := portability.Config{
		Enabled: v.Enabled, URL: v.URL, Timeout: v.Timeout, CacheSize: v.CacheSize, CacheFor: v.CacheFor, Prefixes: v.Prefixes,
	}
	if v.Table {
		d.Table = (*db.DB)(nil)
	}
	return d
}

// newDipper makes the number portability dip; it does nothing unless enabled.
func newDipper(all config, database *db.DB, log zerolog.Logger, metrics portability.Metrics) (*portability.Dipper, error) {
	c, d := all.Portability, all.dip()
	d.Table = nil
	if c.Enabled && c.Table {
		d.Table = database
	}
	var err error
	if d.Token, err = optionalSecret("portability.token_file", c.TokenFile); err != nil {
		return nil, err
	}
	if c.CAFile != "" {
		if d.CA, err = os.ReadFile(c.CAFile); err != nil {
			return nil, fmt.Errorf("portability.ca_file: %w", err)
		}
	}
	return portability.New(d, log, metrics)
}

// Times of the housekeeping. The first round comes soon after the start, since a
// node may be started every day.
const (
	firstRound = time.Minute
	nextRound  = time.Hour
)

// housekeeping does, now and then and on one node, what no call waits for: it
// measures how long calls talk and forgets what is kept for long enough.
func (n *node) housekeeping(ctx context.Context) {
	n.nowAndThen(ctx, func() {
		if over := n.config.Routing.MeasureOver; over > 0 {
			_, err := n.db.CallLengths(ctx, time.Now().Add(-over))
			n.tell(ctx, "call lengths could not be measured", err)
		}
		if keep := n.config.Routing.KeepReasons; keep > 0 {
			_, err := n.db.ForgetReasons(ctx, keep)
			n.tell(ctx, "old reasons could not be forgotten", err)
		}
		n.forgetOld(ctx)
	})
}

// nowAndThen does work in rounds, while this node is the one that does.
func (n *node) nowAndThen(ctx context.Context, round func()) {
	for wait := firstRound; ; wait = nextRound {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		if n.first() {
			round()
		}
	}
}

func (n *node) tell(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil && !errors.Is(err, db.ErrBusy) {
		n.log.Warn().Err(err).Msg(what)
	}
}
