package ari

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"
)

// Pauses between two tries to connect.
const (
	firstTry = 100 * time.Millisecond
	lastTry  = 5 * time.Second
)

// keepUp has one session after the other until ctx ends. A session returns when
// its connection is over, and calls up once it stands. A trouble is logged when it
// is of another kind than the last, as lost, and its end as back.
func keepUp(ctx context.Context, log zerolog.Logger, lost, back string, session func(ctx context.Context, up func()) error) {
	pause := newPause()
	trouble := ""
	for {
		err := session(ctx, func() {
			pause.Reset()
			if trouble != "" {
				log.Info().Msg(back)
			}
			trouble = ""
		})
		if ctx.Err() != nil {
			return
		}
		if kind := kindOf(err); kind != trouble {
			trouble = kind
			log.Warn().Err(err).Msg(lost)
		}
		timer := time.NewTimer(pause.NextBackOff())
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

// newPause grows from try to try and is uneven, so that nodes do not come back
// together.
func newPause() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval, b.Multiplier, b.RandomizationFactor = firstTry, lastTry, 2, 0.5
	b.Reset()
	return b
}
