package main

import (
	"context"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"

	"tandem/ari"
	"tandem/callflow"
	"tandem/db"
	"tandem/routing"
	"tandem/routing/capacity"
)

// newCapacity makes the node's memory of what is going on.
func newCapacity(c config) (*capacity.Pool, error) {
	v := c.Breaker
	return capacity.New(capacity.Config{
		MaxAge: c.longestCall(), Silence: c.Limits.NoProgress + breakerMargin,
		Window: v.Window, MinFailures: v.MinFailures, FailurePercent: v.FailurePercent,
		OpenFor: v.OpenFor, OpenMax: v.OpenMax, JitterPercent: breakerJitter,
	}, rand.Float64, time.Now())
}

// breakerMargin is how long after the no-progress time a failure is still
// expected to be told; breakerJitter keeps ways from coming back all at once.
const (
	breakerMargin = 2 * time.Second
	breakerJitter = 10
)

// limitsOf puts the limits of a snapshot in force.
func limitsOf(pool *capacity.Pool, log zerolog.Logger) func(*routing.Snapshot) {
	return func(s *routing.Snapshot) {
		limits := map[capacity.Subject]capacity.Limit{}
		of := func(kind capacity.Kind) func(int64, routing.Limit) {
			return func(id int64, l routing.Limit) {
				if l != (routing.Limit{}) {
					limits[capacity.Subject{Kind: kind, ID: id}] = l
				}
			}
		}
		s.Limits(of(capacity.Provider), of(capacity.Gate), of(capacity.Account))
		if err := pool.SetLimits(limits, time.Now()); err != nil {
			log.Warn().Err(err).Msg("a limit is not in force; the one before it stays")
		}
	}
}

// newWatchers are for the servers whose ARI this node can ask.
func (n *node) newWatchers() ([]*watcher, error) {
	var list []*watcher
	for name, server := range n.config.Asterisk.Servers {
		if server.HTTP == "" || server.ARIUser == "" || n.config.ARI.Poll == 0 {
			continue
		}
		password, err := secret("asterisk.servers."+name+".ari_secret_file", server.ARISecretFile)
		if err != nil {
			return nil, err
		}
		client, err := ari.New(ari.Config{Server: name, BaseURL: "http://" + server.HTTP + "/ari", User: server.ARIUser, Secret: password})
		if err != nil {
			return nil, fmt.Errorf("asterisk.servers.%s: %w", name, err)
		}
		w := &watcher{node: n, client: client, settle: max(server.Qualify+qualifySlack, leastSettle)}
		if err := w.openStream(); err != nil {
			return nil, err
		}
		if err := w.openLine(name, server); err != nil {
			return nil, err
		}
		list = append(list, w)
	}
	return list, nil
}

// An endpoint that was never seen online counts as gone after the qualify
// interval and some slack, and not before a minute: the interval that Asterisk
// runs with may be another than the one this node was started with.
const (
	qualifySlack = 5 * time.Second
	leastSettle  = 65 * time.Second
)

// watcher tells the node's capacity what one Asterisk says: which calls are up
// and which ways answer.
type watcher struct {
	node   *node
	client *ari.Client
	settle time.Duration
	stream *ari.Stream
	ami    *ari.AMI // with line; nil: no user for it is configured
	line   callflow.Line
	info   atomic.Pointer[ari.Info] // as of the last connect of stream; nil: none yet

	restored bool // before the first call; run alone reads it afterwards
}

// takeUp looks who else there is and takes up the calls in progress before the
// first new one is let in. It does not hold up the start for what is away.
func (n *node) takeUp(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, takeUpTime)
	defer cancel()
	if err := n.shareOnce(ctx); err != nil {
		n.log.Warn().Err(err).Msg("other nodes are not known yet")
	}
	var all sync.WaitGroup
	for _, w := range n.watchers {
		all.Go(func() { w.restored = w.restore(ctx) == nil })
	}
	all.Wait()
}

// takeUpTime is what a start spends on that; Asterisk's first questions wait in
// the backlog meanwhile.
const takeUpTime = 700 * time.Millisecond

// run takes up the calls that are up already, then watches until ctx ends.
func (w *watcher) run(ctx context.Context) {
	defer w.client.Close()
	var doors sync.WaitGroup
	defer doors.Wait()
	doors.Go(func() { w.stream.Run(ctx) })
	if w.ami != nil {
		doors.Go(func() { w.ami.Run(ctx) })
		doors.Go(func() { w.learnAnswers(ctx) })
	}
	if !w.restored {
		w.restoreInTime(ctx)
	}
	ari.NewWatch(w.client, w, ari.WatchConfig{Every: w.node.config.ARI.Poll, Settle: w.settle, Only: w.isWayOut, Log: w.node.log}).Run(ctx)
}

// restoreInTime tries until Asterisk answers.
func (w *watcher) restoreInTime(ctx context.Context) {
	if _, err := backoff.Retry(ctx, func() (struct{}, error) { return struct{}{}, w.restore(ctx) },
		backoff.WithBackOff(backoff.NewConstantBackOff(w.node.config.ARI.Poll)), backoff.WithMaxElapsedTime(0), backoff.WithNotify(w.vain())); err != nil {
		return // ctx is over
	}
}

// isWayOut leaves subscribers out of what is watched.
func (w *watcher) isWayOut(endpoint string) bool {
	if _, _, trunk := ari.ParseTrunk(endpoint); trunk {
		return true
	}
	return len(w.node.snapshots.get().GateKeys(w.client.Server(), endpoint)) > 0
}

// vain tells the first of the attempts that fail.
func (w *watcher) vain() func(error, time.Duration) {
	told := false
	return func(err error, _ time.Duration) {
		if !told {
			w.node.log.Warn().Err(err).Str("server", w.client.Server()).Msg("calls in progress are unknown; until they are, limits count new calls only")
		}
		told = true
	}
}

// restore takes up calls that are up already: those that this node let in before
// it was started anew, and its part of those whose node is gone. Calls of nodes
// that live are theirs to count.
func (w *watcher) restore(ctx context.Context) error {
	calls, err := w.client.CallsUp(ctx)
	if err != nil {
		return err
	}
	ids := make([]string, len(calls))
	for i, c := range calls {
		ids[i] = c.CallID
	}
	decided, err := w.node.db.CallNodes(ctx, ids)
	if err != nil {
		w.node.log.Warn().Err(err).Msg("which node let which call in is unknown; all calls are counted here")
	}
	taken := 0
	for _, c := range calls {
		if !w.node.counts(c.CallID, decided[c.CallID]) {
			continue
		}
		taken++
		w.take(c)
	}
	w.node.log.Info().Str("server", w.client.Server()).Int("calls", taken).Int("up", len(calls)).Msg("calls in progress taken up")
	return nil
}

func (w *watcher) take(c ari.Up) {
	var key routing.Key
	if c.Key != "" {
		var err error
		if key, err = routing.ParseKey(c.Key); err != nil {
			w.node.log.Warn().Err(err).Str("call_id", c.CallID).Msg("route of a call in progress unknown")
		}
	}
	account, err := strconv.ParseInt(c.Account, 10, 64)
	if err != nil {
		account = 0 // nobody knows yet, or nobody pays
	}
	w.node.capacity.Restore(c.CallID, account, key, c.Created, time.Now())
}

// Reachable implements ari.Observer.
func (w *watcher) Reachable(server, endpoint string, ok bool) {
	now := time.Now()
	if provider, address, trunk := ari.ParseTrunk(endpoint); trunk {
		w.node.capacity.SetReachable(server, capacity.WayOf(routing.Key{ProviderID: provider, AddressID: address}), ok, now)
		return
	}
	for _, key := range w.node.snapshots.get().GateKeys(server, endpoint) {
		w.node.capacity.SetReachable(server, capacity.WayOf(key), ok, now)
	}
}

// Up implements ari.Observer.
func (w *watcher) Up(ctx context.Context, server string, asOf time.Time, callIDs map[string]struct{}, calls []ari.Up) {
	if freed := w.node.capacity.Reconcile(server, callIDs, asOf, time.Now()); freed > 0 {
		w.node.log.Warn().Str("server", server).Int("calls", freed).Msg("calls whose end this node did not hear are over")
	}
	up := make([]callflow.Up, len(calls))
	for i, c := range calls {
		up[i] = callflow.Up{CallID: c.CallID, Answered: c.State == answered, Route: c.Key}
	}
	w.node.board.Saw(server, asOf, callIDs, seen(calls))
	w.node.reconciler.Saw(ctx, server, asOf, up, callIDs)
}

// answered is the state of a caller's channel that was told so.
const answered = "Up"

// Restarted implements ari.Observer. The next look at the calls says the same.
func (w *watcher) Restarted(server string) { w.node.board.Restarted(server) }

// Lost implements ari.Observer: a trunk that nobody watches is not unreachable.
func (w *watcher) Lost(server string) {
	w.node.capacity.ForgetServer(server, time.Now())
	w.node.board.Lost(server)
}

// share keeps this node's part of every limit: it tells the others that it is
// there and counts who is.
func (n *node) share(ctx context.Context) {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	blind, rests := false, map[capacity.Way]capacity.BreakerState{}
	for {
		n.tellWays(rests)
		if err := n.shareOnce(ctx); err != nil && ctx.Err() == nil {
			if !blind {
				n.log.Warn().Err(err).Msg("other nodes cannot be seen; this node keeps its part of the limits")
			}
			blind = true
		} else {
			blind = false
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// A node that was silent that long is taken for dead, and its part of the
// limits goes to the others.
const (
	heartbeat = 2 * time.Second
	nodeDead  = 10 * time.Second
)

// nodes are the Tandems that live, by name.
type nodes struct {
	alive []string
	index int // of this one
}

// nodeBusy is for how long a node that let a call in keeps its part of the
// limits. Asterisk asks the nodes in a fixed order, so of two nodes one is idle
// as a rule: its part is lent to the other.
const nodeBusy = time.Minute

func (n *node) shareOnce(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(ctx, heartbeat)
	defer cancel()
	if err := n.db.Heartbeat(bounded, n.config.Node, n.flow.LetIn.Swap(0) > 0); err != nil {
		return err
	}
	alive, err := n.db.Alive(bounded, nodeDead, nodeBusy)
	if err != nil {
		return err
	}
	now, index, count := nodePart(n.config.Node, alive)
	if now.index < 0 {
		return fmt.Errorf("node %s does not see itself among %v", n.config.Node, now.alive)
	}
	before := n.others.Swap(&now)
	if err := n.capacity.SetShare(index, count, time.Now()); err != nil {
		return err
	}
	if before != nil && slices.ContainsFunc(before.alive, func(name string) bool { return !slices.Contains(now.alive, name) }) {
		n.inherit(ctx)
	}
	return nil
}

// nodePart says which part of every limit is this node's: those that are busy, and
// the node itself, share.
func nodePart(name string, alive []db.Node) (all nodes, index, count int) {
	all.index = -1
	for i, v := range alive {
		all.alive = append(all.alive, v.Name)
		if v.Name == name {
			all.index, index = i, count
		}
		if v.Busy || v.Name == name {
			count++
		}
	}
	return all, index, count
}

// inherit takes up this node's part of the calls of a node that is gone, without
// letting the heartbeat wait for an Asterisk.
func (n *node) inherit(ctx context.Context) {
	for _, w := range n.watchers {
		go func() {
			if err := w.restore(ctx); err != nil && ctx.Err() == nil {
				n.log.Warn().Err(err).Str("server", w.client.Server()).Msg("calls of the node that is gone are unknown")
			}
		}()
	}
}

// counts says whether a call in progress is this node's to count: it let the
// call in, or nobody who lives did and the call falls to it.
func (n *node) counts(callID, decided string) bool {
	others := n.others.Load()
	switch {
	case decided == "" || decided == n.config.Node || others == nil:
		return true
	case slices.Contains(others.alive, decided):
		return false
	}
	return int(crc32.ChecksumIEEE([]byte(callID))%uint32(len(others.alive))) == others.index
}

// first says whether this node is the one that does what one node does for all.
func (n *node) first() bool {
	others := n.others.Load()
	return others == nil || others.index == 0
}

// tellWays logs which ways out have begun to rest and which are back. rests is
// what was told before.
func (n *node) tellWays(rests map[capacity.Way]capacity.BreakerState) {
	now := map[capacity.Way]bool{}
	for _, w := range n.capacity.State(time.Now(), mostWays).Ways {
		resting := w.State == capacity.Open || w.State == capacity.Unreachable
		if w.State == capacity.Closed || (!resting && rests[w.Way] == capacity.Closed) {
			continue
		}
		now[w.Way] = true
		if resting && rests[w.Way] != w.State {
			rests[w.Way] = w.State
			n.wayEvent(n.log.Warn(), w.Way).Str("state", w.State.String()).Time("until", w.Until).Int("failures", w.Failures).Int("bids", w.Bids).
				Strs("unreachable_from", w.Unreachable).Msg("route rests")
		}
	}
	for way := range rests {
		if !now[way] {
			delete(rests, way)
			n.wayEvent(n.log.Info(), way).Msg("route is back")
		}
	}
}

// mostWays bounds what is looked at; ways that are not well come first.
const mostWays = 1000

func (n *node) wayEvent(l *zerolog.Event, w capacity.Way) *zerolog.Event {
	name := ""
	if p := n.snapshots.get().Provider(w.ProviderID); p != nil {
		name = p.Name
	}
	return l.Str("provider", name).Int64("provider_id", w.ProviderID).Int64("gate_id", w.GateID).Int64("address_id", w.AddressID)
}
