package main

import (
	"context"

	"tandem/geo"
)

// placing loads what knows the places of numbers, so that no call waits for it, and
// then, now and then and on one node, gives places to calls that have none yet.
func (n *node) placing(ctx context.Context) {
	n.tell(ctx, "places of numbers are loaded when they are asked for", geo.Warm(ctx))
	n.nowAndThen(ctx, func() {
		done, err := n.db.PlaceHistory(ctx)
		n.tell(ctx, "places of calls from before are not known yet", err)
		if done > 0 {
			n.log.Info().Int64("calls", done).Msg("calls from before have got the places of their numbers")
		}
	})
}
