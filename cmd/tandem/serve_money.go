package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tandem/api"
	"tandem/ari"
	"tandem/callflow"
	"tandem/db"
)

func (c config) money() callflow.Money {
	return callflow.Money{Slice: c.Money.Slice, Lead: c.Money.Lead, Warn: c.Money.Warn, Within: c.Money.Within}
}

// keepMoney makes what looks after the money of calls in progress.
func (n *node) keepMoney(metrics *api.Metrics) {
	n.keeper = callflow.NewKeeper(callflow.KeeperConfig{
		Money: n.config.money(), MaxTalk: n.config.Limits.MaxTalk, Holds: n.db, Line: n.lineOf, Snapshot: n.snapshots.get,
		Sounds: n.config.sounds(), Metrics: metrics, Now: time.Now, Log: n.log,
	})
	n.flow.Keeper = n.keeper
	n.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "tandem_calls_unpriced_total", Help: "Calls written by this node that could not be charged; ledger verify names them.",
	}, func() float64 { return float64(n.db.Unpriced()) }))
	n.reconciler = &callflow.Reconciler{
		Books: n.db, Records: n.spool, Keeper: n.keeper, Patience: n.config.Money.Patience, Every: lookEvery,
		Longest: n.config.longestCall(), Mine: n.counts, Closed: metrics.Closed, Snapshot: n.snapshots.get, Now: time.Now, Log: n.log,
	}
}

// lookEvery is how often open calls are held against Asterisk's list of channels.
const lookEvery = 5 * time.Second

// lineOf is how calls of a server are reached; nil: they are not.
func (n *node) lineOf(server string) callflow.Line {
	for _, w := range n.watchers {
		if w.client.Server() == server && w.line != nil {
			return w.line
		}
	}
	return nil
}

// openLine makes what moves the limits of one server's calls. Without a user for
// AMI calls of accounts whose money is limited end when their first slice does.
func (w *watcher) openLine(name string, server serverConfig) error {
	if server.AMI == "" || server.AMIUser == "" {
		w.node.log.Warn().Str("server", name).Msg("no AMI user is configured: calls cannot be paid for slice by slice")
		return nil
	}
	password, err := secret("asterisk.servers."+name+".ami_secret_file", server.AMISecretFile)
	if err != nil {
		return err
	}
	w.ami, err = ari.NewAMI(ari.AMIConfig{Server: name, Address: server.AMI, User: server.AMIUser, Secret: password, Log: w.node.log})
	if err != nil {
		return fmt.Errorf("asterisk.servers.%s: %w", name, err)
	}
	w.line = line{ari.NewLine(w.client, w.ami, w.stream)}
	return nil
}

// line is a callflow.Line over AMI and ARI.
type line struct{ *ari.Line }

// Limit implements callflow.Line.
func (l line) Limit(ctx context.Context, callID string) (callflow.Armed, error) {
	a, err := l.Line.Limit(ctx, callID)
	return callflow.Armed(a), over(err)
}

// Arm implements callflow.Line.
func (l line) Arm(ctx context.Context, callID string, a callflow.Armed, left, total time.Duration, spent string) error {
	return over(l.Line.Arm(ctx, callID, ari.Armed(a), left, total, spent))
}

// Warn implements callflow.Line.
func (l line) Warn(ctx context.Context, callID, sound string) error {
	return over(l.Line.Warn(ctx, callID, sound))
}

func over(err error) error {
	if errors.Is(err, ari.ErrNoChannel) {
		return fmt.Errorf("%w: %w", callflow.ErrNoCall, err)
	}
	return err
}

// watchAway closes, now and then, what servers that are away cannot have any more.
func (n *node) watchAway(ctx context.Context) {
	tick := time.NewTicker(awayEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		// Those of today, and those that were removed while calls were up.
		servers, err := n.db.HoldServers(ctx)
		n.tell(ctx, "servers that have open calls are not known", err)
		for _, s := range n.snapshots.get().Servers() {
			servers = append(servers, s.Name)
		}
		slices.Sort(servers)
		for _, name := range slices.Compact(servers) {
			err := n.reconciler.Away(ctx, name)
			n.tell(ctx, "open calls of server "+name+", which is away, are not looked at yet", err)
		}
	}
}

const awayEvery = time.Minute

// verifying holds the books against each other now and then, on one node.
func (n *node) verifying(ctx context.Context) {
	if n.config.Money.Verify == 0 {
		return
	}
	wait := firstRound
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = n.config.Money.Verify
		if !n.first() {
			n.metrics.Verified(-1) // another node knows
			continue
		}
		n.verify(ctx)
	}
}

// verify tells what the books hold that cannot be: each finding in the log, their
// number as a metric.
func (n *node) verify(ctx context.Context) {
	v, err := n.db.VerifyAndKeep(ctx, n.config.Node)
	if errors.Is(err, db.ErrBusy) {
		n.metrics.Verified(-1) // somebody else is at it
		return
	}
	if n.tell(ctx, "the ledger could not be verified", err); err != nil {
		n.metrics.Verified(-1)
		return
	}
	for _, f := range v.Findings {
		n.log.Error().Str("kind", string(f.Kind)).Int64("account_id", f.AccountID).Str("call_id", f.CallID).
			Int64("posting_id", f.PostingID).Msg("ledger: " + f.Detail)
	}
	n.metrics.Verified(len(v.Findings) + int(v.More))
	n.log.Info().Int64("calls", v.Calls).Int64("postings", v.Postings).Int("findings", len(v.Findings)).Msg("ledger verified")
}
