package main

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"tandem/db"
	"tandem/geo"
	"tandem/routing"
)

// newLogger writes one JSON object a line.
func newLogger(c config, w io.Writer) (zerolog.Logger, error) {
	level, err := zerolog.ParseLevel(c.Log.Level)
	if err != nil {
		return zerolog.Nop(), fmt.Errorf("log.level %q: want debug, info, warn or error", c.Log.Level)
	}
	return zerolog.New(w).Level(level).With().Timestamp().Str("node", c.Node).Logger(), nil
}

// openDB opens the database that the configuration names.
func openDB(ctx context.Context, c config, log zerolog.Logger) (*db.DB, error) {
	return openDBAt(ctx, c, log, time.Time{})
}

// openDBAt is openDB with the sessions' clock standing at that time.
func openDBAt(ctx context.Context, c config, log zerolog.Logger, at time.Time) (*db.DB, error) {
	password, err := optionalSecret("database.password_file", c.Database.PasswordFile)
	if err != nil {
		return nil, err
	}
	atlas, err := geo.New(0) // the process's own: it is empty until somebody asks
	if err != nil {
		return nil, err
	}
	return db.Open(ctx, db.Config{
		Address: c.Database.Address, User: c.Database.User, Password: password, Database: c.Database.Name, Log: log, Atlas: atlas, Clock: at,
	})
}

// snapshots keeps the newest snapshot and how fresh it is.
type snapshots struct {
	options routing.Options
	log     zerolog.Logger
	load    func(ctx context.Context, old *routing.RateTable) (routing.Data, []routing.Problem, error)
	swapped func(*routing.Snapshot) // told of each new one, before calls see it; nil: nobody
	newest  atomic.Pointer[routing.Snapshot]
	checked atomic.Int64 // unix ns when the newest was last known to be current
}

func newSnapshots(c config, database *db.DB, log zerolog.Logger) *snapshots {
	return &snapshots{load: database.LoadSnapshotData, log: log, options: routing.Options{BaseCurrency: c.Routing.BaseCurrency, Places: database.Atlas()}}
}

// reload builds a snapshot from the database and swaps it in. Calls never wait
// for it: they go on with the old one.
func (s *snapshots) reload(ctx context.Context) error {
	began := time.Now()
	data, problems, err := s.load(ctx, s.rates())
	if err != nil {
		return err
	}
	snapshot, more, err := routing.NewSnapshot(data, s.options, time.Now())
	if err != nil {
		return err
	}
	for _, p := range append(problems, more...) {
		s.log.Warn().Str("table", p.Table).Int64("id", p.ID).Str("column", p.Column).Str("problem", p.Detail).Msg("row left out of routing")
	}
	if s.swapped != nil {
		s.swapped(snapshot)
	}
	s.newest.Store(snapshot)
	s.current()
	s.log.Info().Uint64("version", snapshot.Version).Dur("took", time.Since(began)).Int("rates", data.Rates.Len()).Int("problems", len(problems)+len(more)).Msg("routing snapshot")
	return nil
}

// rates is what the newest snapshot has of them: decks that stay are not read
// again.
func (s *snapshots) rates() *routing.RateTable {
	if newest := s.newest.Load(); newest != nil {
		return newest.Rates()
	}
	return nil
}

func (s *snapshots) current() { s.checked.Store(time.Now().UnixNano()) }

// get is the newest snapshot; nil before the first.
func (s *snapshots) get() *routing.Snapshot { return s.newest.Load() }

// age is the time since the snapshot was last known to be current.
func (s *snapshots) age() time.Duration {
	if s.newest.Load() == nil {
		return 0
	}
	return time.Since(time.Unix(0, s.checked.Load()))
}
