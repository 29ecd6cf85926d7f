package main

import (
	"context"
	"errors"
	"time"

	"tandem/callflow"
)

// Bounds of what is asked about calls that were up before this node.
const (
	answersEvery  = time.Second
	answersAtOnce = 200
)

// learnAnswers finds out since when calls talk that nobody here saw answered: the
// called party's channel knows. Without AMI it stays unknown, or the hold tells.
func (w *watcher) learnAnswers(ctx context.Context) {
	if w.line == nil {
		return
	}
	tick := time.NewTicker(answersEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if w.ami.Up() {
			w.learnSome(ctx)
		}
	}
}

func (w *watcher) learnSome(ctx context.Context) {
	server := w.client.Server()
	for _, id := range w.node.board.Untimed(server, answersAtOnce) {
		armed, err := w.line.Limit(ctx, id)
		switch {
		case errors.Is(err, callflow.ErrNoCall):
		case err != nil:
			w.node.log.Debug().Err(err).Str("server", server).Msg("since when calls talk is not known yet")
			return
		case armed.Answered:
			w.node.board.AnsweredAt(server, id, armed.At.Add(-armed.Talked))
		default:
			w.node.board.AnsweredAt(server, id, time.Time{})
		}
	}
}
