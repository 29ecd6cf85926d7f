package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"tandem/api/live"
	v1 "tandem/api/v1"
	"tandem/ari"
)

// newBoard makes what knows the calls in progress of all servers.
func (n *node) newBoard() *live.Board {
	names := make([]string, len(n.watchers))
	for i, w := range n.watchers {
		names[i] = w.client.Server()
	}
	return live.NewBoard(live.Config{Keeper: n.keeper, Books: n.db, Snapshot: n.snapshots.get, Places: n.db.Atlas().Place, Now: time.Now, Log: n.log}, names...)
}

// openStream makes what hears of one server's calls as things happen.
func (w *watcher) openStream() error {
	var err error
	w.stream, err = ari.NewStream(w.client, ari.StreamConfig{
		App: ari.AppName(w.node.config.Node), Log: w.node.log, Everything: true,
		Handlers: ari.CallHandlers(w.client.Server(), w),
		// What happened while the stream was away is not told.
		OnConnect: func(ctx context.Context, _ uint64) { w.resync(ctx) },
	})
	return err
}

// resync takes the whole picture of a server. Should it fail, the next look of the
// watch makes up for it.
func (w *watcher) resync(ctx context.Context) {
	asOf := time.Now()
	ids, calls, err := w.client.Callers(ctx)
	if err != nil {
		w.node.tell(ctx, "calls of server "+w.client.Server()+" are not known anew", err)
		return
	}
	w.node.board.Saw(w.client.Server(), asOf, ids, seen(calls))
	info, err := w.client.Info(ctx)
	if err == nil {
		w.info.Store(&info)
	}
}

// CallChanged implements ari.CallObserver.
func (w *watcher) CallChanged(server string, call ari.Up) { w.node.board.Told(server, seenOf(call)) }

// CallEnded implements ari.CallObserver.
func (w *watcher) CallEnded(server, channelID string) { w.node.board.Ended(server, channelID) }

func seen(calls []ari.Up) []live.Seen {
	list := make([]live.Seen, len(calls))
	for i, c := range calls {
		list[i] = seenOf(c)
	}
	return list
}

func seenOf(c ari.Up) live.Seen {
	account, err := strconv.ParseInt(c.Account, 10, 64)
	if err != nil {
		account = 0 // nobody knows yet, or nobody pays
	}
	return live.Seen{CallID: c.CallID, Answered: c.State == answered, Route: c.Key, Direction: c.Direction, AccountID: account, BeganAt: c.Created}
}

// hangUp ends a call on somebody's wish.
func (n *node) hangUp(ctx context.Context, server, callID string, cause int) error {
	for _, w := range n.watchers {
		if w.client.Server() != server {
			continue
		}
		err := w.client.Hangup(ctx, callID, strconv.Itoa(cause))
		if errors.Is(err, ari.ErrNoChannel) {
			return fmt.Errorf("%w: %w", v1.ErrNoCall, err)
		}
		return err
	}
	return v1.ErrNoARI
}
