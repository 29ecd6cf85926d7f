package main

import (
	"context"
	"fmt"
	"time"

	"tandem/api"
	"tandem/callflow"
	"tandem/db"
	"tandem/internal/e164"
	"tandem/quality"
	"tandem/routing"
)

// learn gives the flow its memory of the routes' quality, of which every node has
// its own.
func (n *node) learn() error {
	config := n.config.Quality.evidence()
	evidence, err := quality.New(config)
	if err != nil {
		return fmt.Errorf("route quality: %w", err)
	}
	n.registry.MustRegister(api.NewEvidenceMetrics(evidence.Known)...)
	n.flow.Quality, n.flow.Lessons = evidence, callflow.NewLessons(evidence, config, n.flow.Limits)
	return nil
}

// primeWithin bounds how long a start waits for what was known before: calls wait.
const primeWithin = 5 * time.Second

// prime teaches the evidence what was counted lately, so that a node that starts
// knows about what it knew. Without it, routes go by cost until calls have taught
// it again, so that no start fails for it.
func (n *node) prime(ctx context.Context) {
	back := n.config.Quality.Prime
	if back == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, primeWithin)
	defer cancel()
	snapshot, told := n.snapshots.get(), 0
	now, err := n.db.Now(ctx)
	if err == nil {
		err = n.db.EachRouteQuality(ctx, now.Add(-back), func(r *db.RouteQuality) {
			tier, err := routing.ParseTier(r.Tier)
			if err != nil { // not known: it says nothing of a route
				return
			}
			n.flow.Lessons.Prime(snapshot, &callflow.Past{
				At: r.At, ProviderID: r.ProviderID, Tier: tier, GateID: r.GateID, Prefix: e164.Number(r.Prefix), Measures: r.Measures,
			})
			told++
		})
	}
	if err != nil {
		n.log.Warn().Err(err).Msg("what was known of the routes' quality could not be read; routes go by cost until calls show it")
		return
	}
	n.log.Info().Int("rows", told).Stringer("back", back).Msg("route quality is known from the rollups")
}

// learning tells the evidence every second what has become of the bids.
func (n *node) learning(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			n.flow.Lessons.Tick(now)
		}
	}
}
