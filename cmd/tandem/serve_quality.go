package main

import (
	"context"
	"time"

	"tandem/db"
)

// Times of the rollups.
const (
	qualityEvery  = 30 * time.Second
	qualitySettle = time.Minute     // no transaction that writes records takes longer
	qualityGather = 5 * time.Minute // of hours and days; reports do without them until then
	qualityLinger = 5 * time.Minute // most calls that end an hour late end together
	forgetEvery   = time.Hour
)

// countingQuality keeps the rollups up to date, on one node.
func (n *node) countingQuality(ctx context.Context) {
	var forgotten time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(qualityEvery):
		}
		if !n.first() {
			n.quality.StandBy()
			continue
		}
		// First, so that history is not counted in buckets that are too short to be kept.
		if time.Since(forgotten) > forgetEvery {
			_, err := n.db.ForgetQuality(ctx, n.config.Quality.keep())
			n.tell(ctx, "old figures of quality could not be forgotten", err)
			if err != nil {
				continue
			}
			forgotten = time.Now()
		}
		done, err := n.db.RollQuality(ctx, db.QualityRoll{
			Place: n.db.Atlas().Place, Settle: qualitySettle, Gather: qualityGather, Linger: qualityLinger,
		}, nil)
		n.quality.Rolled(done, err, time.Now())
		n.tell(ctx, "quality is not counted up to now", err)
	}
}
