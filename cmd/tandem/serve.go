package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"tandem/agi"
	"tandem/api"
	"tandem/api/live"
	"tandem/billing"
	"tandem/callflow"
	"tandem/db"
	"tandem/internal/calllog"
	"tandem/internal/e164"
	"tandem/portability"
	"tandem/routing/capacity"
)

type serveCmd struct{}

// Run serves until ctx ends, then drains.
func (serveCmd) Run(ctx context.Context, e *env) error {
	c, err := loadConfig(e.config)
	if err != nil {
		return err
	}
	lines := calllog.New(0)
	log, err := newLogger(c, io.MultiWriter(e.errOut, lines))
	if err != nil {
		return err
	}
	return serve(ctx, c, log, lines)
}

// node is a running Tandem: everything that was started and must be ended.
type node struct {
	config     config
	log        zerolog.Logger
	lines      *calllog.Ring // what the log said of calls lately
	db         *db.DB
	snapshots  *snapshots
	loaded     db.Mark // what the first snapshot has seen at least
	spool      *billing.Spool
	capacity   *capacity.Pool
	dipper     *portability.Dipper
	watchers   []*watcher
	others     atomic.Pointer[nodes] // which nodes there are; nil before the first look
	flow       *callflow.Flow
	metrics    *api.Metrics
	keeper     *callflow.Keeper
	reconciler *callflow.Reconciler
	board      *live.Board
	registry   *prometheus.Registry
	alarms     *alarms
	quality    *api.QualityMetrics
	draining   atomic.Bool
}

// serve brings the parts up in the order in which they need each other, and
// takes them down in the reverse one.
func serve(ctx context.Context, c config, log zerolog.Logger, lines *calllog.Ring) error {
	// The doors are opened first: a port that is taken is told at once, and
	// Asterisk's questions wait in the backlog rather than being refused.
	agiListener, err := agi.Listen(ctx, c.AGI.Listen)
	if err != nil {
		return fmt.Errorf("agi.listen: %w", err)
	}
	defer agiListener.Close()
	httpListener, err := listen(ctx, "http.listen", c.HTTP.Listen)
	if err != nil {
		return err
	}
	defer httpListener.Close()
	database, err := waitForDB(ctx, c, log)
	if err != nil {
		return err
	}
	defer database.Close()
	n := &node{config: c, log: log, lines: lines, db: database, snapshots: newSnapshots(c, database, log), registry: prometheus.NewRegistry()}
	if n.capacity, err = newCapacity(c); err != nil {
		return err
	}
	n.snapshots.swapped = limitsOf(n.capacity, log)
	if n.watchers, err = n.newWatchers(); err != nil {
		return err
	}
	// The mark is taken before the load: a change in between is loaded twice, never missed.
	if n.loaded, err = database.Mark(ctx); err != nil {
		return fmt.Errorf("first look at change_log: %w", err)
	}
	if err := n.snapshots.reload(ctx); err != nil {
		return fmt.Errorf("first routing snapshot: %w", err)
	}
	if n.spool, err = billing.OpenSpool(c.billingSpool(), database, log); err != nil { //nolint:contextcheck // the spool ends by Close, after the last call
		return err
	}
	metrics := n.plot()
	if err := n.learn(); err != nil {
		return errors.Join(err, n.spool.Close())
	}
	n.prime(ctx)
	if n.dipper, err = newDipper(c, database, log, metrics); err != nil {
		return errors.Join(err, n.spool.Close())
	}
	defer n.dipper.Close()
	n.flow.Ported = func(ctx context.Context, number e164.Number) e164.Number { return n.dipper.Dip(ctx, number).Routing }
	log.Info().Str("agi", agiListener.Addr().String()).Str("http", httpListener.Addr().String()).Str("version", version).Msg("serving")
	n.takeUp(ctx)
	n.offerSetup(ctx, httpListener.Addr().String())
	err = n.run(ctx, agiListener, httpListener)
	return errors.Join(err, n.spool.Close())
}

// plot makes the flow with its metrics.
func (n *node) plot() *api.Metrics {
	live := callflow.NewLive(n.config.longestCall())
	metrics := api.NewMetrics(n.registry, api.Gauges{
		SpoolLength: n.spool.Waiting, SpoolRefused: n.spool.Refused, SnapshotAge: n.snapshots.age,
		Live: func() int { return live.Count(time.Now()) },
		Kept: func() int { return n.keeper.Kept() }, Draining: n.draining.Load, Version: version,
	})
	n.registry.MustRegister(api.NewCapacityMetrics(n.capacity, n.providerName, time.Now), api.NewDatabaseMetrics(n.db.Pools))
	n.flow = &callflow.Flow{
		Snapshot: n.snapshots.get, Records: n.spool, Agents: n.db, Metrics: metrics,
		Limits: n.config.limits(), Live: live, Node: n.config.Node, Now: time.Now, Log: n.log,
		Capacity: n.capacity, Tickets: &callflow.Tickets{},
		Money: n.config.money(), Holds: n.db,
	}
	n.metrics, n.quality = metrics, api.NewQualityMetrics(n.registry)
	n.keepMoney(metrics)
	n.board = n.newBoard()
	return metrics
}

// providerName is how a provider is called now.
func (n *node) providerName(id int64) string {
	if p := n.snapshots.get().Provider(id); p != nil {
		return p.Name
	}
	return ""
}

// run serves both doors until ctx ends, then drains: new calls are refused, so
// that Asterisk takes them to another node, while next and end go on until the
// calls of this node are over or the drain time is.
func (n *node) run(ctx context.Context, agiListener, httpListener net.Listener) error {
	agiServer, err := n.agiServer()
	if err != nil {
		return err
	}
	hub := n.newHub()
	if err := n.openAlarms(); err != nil {
		return err
	}
	door, err := n.door(hub)
	if err != nil {
		return err
	}
	free, err := n.uncounted()
	if err != nil {
		return err
	}
	httpServer := api.NewServer(api.NewHandler(door))
	doors := context.WithoutCancel(ctx)
	group, groupCtx := errgroup.WithContext(ctx)
	// What calls in progress need goes on until they are over.
	serving, served := context.WithCancel(doors)
	defer served()
	group.Go(func() error { return agiServer.Serve(doors, agiListener) })
	group.Go(func() error {
		if err := httpServer.Serve(api.NewListener(httpListener, free)); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		n.db.Watch(serving, n.loaded, n.config.Routing.Refresh, n.log, n.snapshots.reload, n.snapshots.current)
		return nil
	})
	group.Go(func() error { n.share(serving); return nil })
	group.Go(func() error { n.keeper.Run(serving); return nil })
	group.Go(func() error { n.learning(serving); return nil })
	group.Go(func() error { n.watchAway(groupCtx); return nil })
	group.Go(func() error { n.closingOrphans(groupCtx); return nil })
	group.Go(func() error { hub.Run(serving); return nil })
	group.Go(func() error { door.API.Stream.Run(db.ForPeople(serving)); return nil })
	group.Go(func() error { door.API.Overviews.Run(serving); return nil })
	group.Go(func() error { door.API.Jobs.Run(groupCtx); return nil })
	group.Go(func() error { n.verifying(groupCtx); return nil })
	group.Go(func() error { n.housekeeping(groupCtx); return nil })
	group.Go(func() error { n.placing(groupCtx); return nil })
	group.Go(func() error { n.countingQuality(groupCtx); return nil })
	group.Go(func() error { n.judgingAlarms(groupCtx); return nil })
	group.Go(func() error { n.alarms.courier.Run(groupCtx); return nil })
	for _, w := range n.watchers {
		group.Go(func() error { w.run(serving); return nil })
	}
	for _, file := range n.config.Spool.Collect {
		collector := api.Collector{File: file, Node: n.config.Node, Flow: n.flow, Every: collectEvery, Log: n.log}
		group.Go(func() error { collector.Run(groupCtx); return nil })
	}
	for _, file := range n.config.Spool.CDRs {
		group.Go(func() error { n.collectingCDRs(groupCtx, file); return nil })
	}
	group.Go(func() error {
		<-groupCtx.Done()
		n.drain()
		served()
		stop, cancel := context.WithTimeout(doors, 10*time.Second)
		defer cancel()
		return errors.Join(agiServer.Shutdown(stop), httpServer.Shutdown(stop))
	})
	return group.Wait()
}

func (n *node) agiServer() (*agi.Server, error) {
	c := agi.DefaultConfig()
	c.MaxSessions = n.config.AGI.MaxSessions
	metrics, err := agi.NewMetrics(n.registry, agi.Scripts()...)
	if err != nil {
		return nil, err
	}
	handler := &agi.CallHandler{
		Flow: n.flow, Sounds: n.config.sounds(), Now: time.Now, Draining: n.draining.Load,
	}
	return agi.NewServer(c, handler, n.isPeer, n.log, metrics)
}

// isPeer asks the newest snapshot, since servers come and go.
func (n *node) isPeer(a netip.Addr) bool { return n.snapshots.get().IsPeer(a) }

// drain waits until this node's calls are over, at most the drain time.
func (n *node) drain() {
	n.draining.Store(true)
	n.log.Info().Int("calls", n.flow.Live.Count(time.Now())).Dur("at_most", n.config.Drain).Msg("draining: no new calls")
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for until := time.Now().Add(n.config.Drain); time.Now().Before(until); <-tick.C {
		if n.flow.Live.Count(time.Now()) == 0 {
			return
		}
	}
	n.log.Warn().Int("calls", n.flow.Live.Count(time.Now())).Msg("drain time is over; these calls are served by other nodes")
}

// notReady lists what keeps this node from taking calls.
func (n *node) notReady() []string {
	var reasons []string
	if n.draining.Load() {
		reasons = append(reasons, "draining")
	}
	return reasons
}

func (c config) billingSpool() billing.SpoolConfig {
	return billing.SpoolConfig{
		Dir: c.Spool.Dir, StoreTimeout: c.Spool.StoreTimeout, RetryEvery: c.Spool.RetryEvery, BatchMax: 500, QueueMax: 20000,
	}
}

func listen(ctx context.Context, key, address string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return l, nil
}

// waitForDB opens the database and checks the schema. A database that is away
// is waited for; one with the wrong schema is not.
func waitForDB(ctx context.Context, c config, log zerolog.Logger) (*db.DB, error) {
	return backoff.Retry(ctx, func() (*db.DB, error) {
		database, err := openDB(ctx, c, log)
		if err == nil {
			if err = database.CheckSchema(ctx); err != nil {
				err = errors.Join(err, database.Close())
			}
		}
		if err != nil && !errors.Is(err, db.ErrUnavailable) {
			return nil, backoff.Permanent(err)
		}
		return database, err
	}, backoff.WithMaxElapsedTime(0), backoff.WithNotify(func(err error, next time.Duration) {
		log.Warn().Err(err).Dur("again_in", next).Msg("database is away; waiting for it")
	}))
}
