package db

import (
	"context"
	"time"
)

// Age makes all that it remembers of rules so much older.
func (w *AlarmWatch) Age(d time.Duration) {
	for id, j := range w.pace {
		j.at = j.at.Add(-d)
		w.pace[id] = j
	}
}

// Hold makes its lease end so long after its death.
func (w *AlarmWatch) Hold(d time.Duration) { w.hold = d }

// ErrLeaseLost and MostSubjects are what they are called within.
var ErrLeaseLost = errLeaseLost

const MostSubjects = mostSubjects

// AlarmLive is what a round knows of the calls that talk.
type AlarmLive struct{ live liveHolds }

// NewAlarmLive is that of a new round.
func (d *DB) NewAlarmLive() *AlarmLive { return &AlarmLive{liveHolds{db: d}} }

// Count counts them, as each rule does.
func (l *AlarmLive) Count(ctx context.Context) (int, error) {
	list, err := l.live.all(ctx)
	return len(list), err
}

// NewestAttempts is newestAttempts.
func (d *DB) NewestAttempts(ctx context.Context, from, to time.Time, most int) (time.Time, error) {
	return d.newestAttempts(ctx, from, to, most)
}
