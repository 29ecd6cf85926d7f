package main

import (
	"context"
	"time"

	"tandem/api"
)

// Bounds of what is shown live.
const (
	liveEvery     = time.Second
	liveListeners = 64
)

// newHub makes what shows calls in progress with their money.
func (n *node) newHub() *api.Hub {
	return api.NewHub(api.HubConfig{
		Node: n.config.Node, Running: n.keeper.Running, Balances: n.db, Snapshot: n.snapshots.get,
		Every: liveEvery, Listeners: liveListeners, Now: time.Now, Log: n.log,
	})
}

// orphansEvery is how often calls are looked for that only Asterisk's own records
// know.
const orphansEvery = 15 * time.Second

// closingOrphans closes them, on one node.
func (n *node) closingOrphans(ctx context.Context) {
	tick := time.NewTicker(orphansEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !n.first() {
			continue
		}
		bounded, cancel := context.WithTimeout(ctx, orphansEvery)
		_, err := n.reconciler.CloseOrphans(bounded)
		cancel()
		n.tell(ctx, "calls that only Asterisk's own records know are not closed yet", err)
	}
}

// keepCDRs is how long Asterisk's own records are kept. A report that comes later
// than that is refused anyhow.
const keepCDRs = 60 * 24 * time.Hour

// collectingCDRs brings in Asterisk's own records of this machine.
func (n *node) collectingCDRs(ctx context.Context, file string) {
	c := api.CDRCollector{File: file, Node: n.config.Node, Store: n.db, Every: collectEvery, Log: n.log}
	c.Run(ctx)
}

// collectEvery is how often files of Asterisk are taken in.
const collectEvery = 5 * time.Second
