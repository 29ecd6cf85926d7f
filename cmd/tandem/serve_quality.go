package main

import (
	"context"
	"time"

	"tandem/db"
)

// Times of the rollups.
const (
	qualityEvery  = 30 * time.Second
	qualityGather = 5 * time.Minute // of hours and days; reports do without them until then
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
		if time.Since(forgotten) > forgetEvery && n.forgetQuality(ctx) {
			forgotten = time.Now()
		}
		n.countQuality(ctx)
	}
}

// countQuality counts what is due.
func (n *node) countQuality(ctx context.Context) {
	done, err := n.db.RollQuality(ctx, db.QualityRoll{
		Place: n.db.Atlas().Place, Settle: db.QualitySettle, Gather: qualityGather, Linger: db.QualityLinger,
	}, nil)
	n.quality.Rolled(done, err, time.Now())
	n.tell(ctx, "quality is not counted up to now", err)
}

// forgetQuality deletes old rollups. An error is counted as one of the rollups, and
// it is tried again with the next round; what calls have done is counted all the
// same.
func (n *node) forgetQuality(ctx context.Context) (done bool) {
	_, err := n.db.ForgetQuality(ctx, n.config.Quality.keep())
	if err != nil {
		n.quality.Rolled(db.QualityRolled{}, err, time.Now())
	}
	n.tell(ctx, "old figures of quality could not be forgotten", err)
	return err == nil
}
