package db

import (
	"database/sql"
	"time"
)

// PoolState is what one pool of connections is doing.
type PoolState struct {
	Name   string        // calls, people, sums, bulk, config
	Most   int           // connections it may open
	Open   int           // connections to MariaDB now
	InUse  int           // of these, busy
	Waits  int64         // how often somebody had to wait for one, since the start
	Waited time.Duration // for how long in all
}

// Pools tells what the pools of connections are doing.
func (d *DB) Pools() []PoolState {
	pools := []struct {
		name string
		pool *sql.DB
	}{
		{"calls", d.calls.own.DB}, {"people", d.calls.people.DB}, {"sums", d.sums.people.DB}, {"bulk", d.bulk.own.DB}, {"config", d.config.DB},
	}
	states := make([]PoolState, len(pools))
	for i, p := range pools {
		s := p.pool.Stats()
		states[i] = PoolState{
			Name: p.name, Most: s.MaxOpenConnections, Open: s.OpenConnections, InUse: s.InUse, Waits: s.WaitCount, Waited: s.WaitDuration,
		}
	}
	return states
}
