package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Replay is a run of past calls through a draft.
type Replay struct {
	ID        int64
	State     string // waiting, running, done, failed
	Request   []byte // JSON
	Result    []byte // JSON; empty: none yet
	Error     string
	Done      int64 // calls
	Total     int64
	AtWork    bool // somebody is at it just now
	Actor     Actor
	CreatedAt time.Time
	UpdatedAt time.Time
}

// replays is the table as work.
func replays() workTable {
	return workTable{name: "replays", next: `'running'`, waiting: `state IN ('waiting', 'running')`}
}

// Bounds of replays.
const (
	maxWaiting = 20                  // more at once are a mistake
	replayKeep = 30 * 24 * time.Hour // of results
)

// ErrTooMany says that so much is waiting that no more is taken.
var ErrTooMany = errors.New("too much is waiting already; try again later")

// NewReplay asks for a replay and returns its id.
func (d *DB) NewReplay(ctx context.Context, request []byte) (id int64, err error) {
	actor, err := actorText(ctx)
	if err != nil {
		return 0, err
	}
	err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		var waiting int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM replays WHERE `+replays().waiting).Scan(&waiting); err != nil {
			return err
		}
		if waiting >= maxWaiting {
			return ErrTooMany
		}
		var err error
		if id, err = insertID(tx.ExecContext(ctx, `INSERT INTO replays (state, request, actor, created_at, updated_at)
			VALUES ('waiting', ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`, string(request), actor)); err != nil {
			return err
		}
		return audit(ctx, tx, Change{Action: "create", Kind: "replay", ID: strconv.FormatInt(id, 10), After: json.RawMessage(request)})
	})
	return id, wrap("new replay", err)
}

const replayQuery = `SELECT id, state, request, %s, COALESCE(error, ''), done, total, lease_until > UTC_TIMESTAMP(3), actor, created_at, updated_at FROM replays `

// Replay is one replay with its result.
func (d *DB) Replay(ctx context.Context, id int64) (Replay, error) {
	v, err := scanReplay(d.calls.QueryRowContext(ctx, fmt.Sprintf(replayQuery, `COALESCE(result, '')`)+`WHERE id = ?`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Replay{}, fmt.Errorf("replay %d: %w", id, ErrNotFound)
	}
	return v, wrap("read replay", err)
}

// Replays lists replays without their results, newest first.
func (d *DB) Replays(ctx context.Context, before int64, limit int) ([]Replay, error) {
	rows, err := d.calls.QueryContext(ctx, fmt.Sprintf(replayQuery, `''`)+`WHERE ? = 0 OR id < ? ORDER BY id DESC LIMIT ?`, before, before, limit)
	if err != nil {
		return nil, wrap("list replays", err)
	}
	var list []Replay
	err = eachRow(rows, func(rows *sql.Rows) error {
		v, err := scanReplay(rows.Scan)
		list = append(list, v)
		return err
	})
	return list, wrap("list replays", err)
}

func scanReplay(scan func(...any) error) (v Replay, err error) {
	var actor string
	if err := scan(&v.ID, &v.State, &v.Request, &v.Result, &v.Error, &v.Done, &v.Total, &v.AtWork, &actor, &v.CreatedAt, &v.UpdatedAt); err != nil {
		return Replay{}, err
	}
	return v, json.Unmarshal([]byte(actor), &v.Actor)
}

// DeleteReplay forgets a replay; one that runs stops.
func (d *DB) DeleteReplay(ctx context.Context, id int64) error {
	err := inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		var before replayAudit
		err := tx.QueryRowContext(ctx, `SELECT state, request FROM replays WHERE id = ? FOR UPDATE`, id).Scan(&before.State, &before.Request)
		if err != nil {
			return notFound(err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM replays WHERE id = ?`, id); err != nil {
			return err
		}
		return audit(ctx, tx, Change{Action: "delete", Kind: "replay", ID: strconv.FormatInt(id, 10), Before: before})
	})
	return wrap(fmt.Sprintf("delete replay %d", id), err)
}

// replayAudit is what the audit log keeps of a replay that was deleted.
type replayAudit struct {
	State   string          `json:"state"`
	Request json.RawMessage `json:"request"`
}

// TakeReplay finds a replay that nobody runs.
func (d *DB) TakeReplay(ctx context.Context) (Work, bool, error) { return d.takeWork(ctx, replays()) }

// TellReplay says how many calls are done. ErrWorkLost: stop.
func (d *DB) TellReplay(ctx context.Context, w Work, done, total int64) error {
	return d.tellWork(ctx, replays(), w, done, total)
}

// ReleaseReplay lets others run it at once, from its beginning.
func (d *DB) ReleaseReplay(ctx context.Context, w Work) error {
	return d.releaseWork(ctx, replays(), w)
}

// EndReplay says what came of it: a result, or what is wrong.
func (d *DB) EndReplay(ctx context.Context, w Work, result []byte, problem string) error {
	state := "done"
	if problem != "" {
		state = "failed"
	}
	return d.endWork(ctx, replays(), w, state, `result = NULLIF(?, ''), error = NULLIF(?, '')`, string(result), problem)
}

// ForgetReplays removes what nobody wants to see any more.
func (d *DB) ForgetReplays(ctx context.Context) error {
	_, err := d.calls.ExecContext(ctx, `DELETE FROM replays WHERE lease_until < UTC_TIMESTAMP(3) AND updated_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND`,
		int64(replayKeep.Seconds()))
	return wrap("forget replays", err)
}
