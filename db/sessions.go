package db

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"
)

// Hash is the SHA-256 of a random secret: what the database keeps of it.
type Hash = [32]byte

// Session is a browser that is signed in.
type Session struct {
	ID        int64     `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at" doc:"To about a minute"`
	ExpiresAt time.Time `json:"expires_at" doc:"Unless it is used before"`
	Address   string    `json:"address,omitempty"`
	Agent     string    `json:"agent,omitempty" doc:"What the browser calls itself"`
}

// SignedIn is a session and whose it is.
type SignedIn struct {
	Session

	User  User
	Stale bool // it was not touched for a minute
}

// seenEvery is how often a session's or a key's last use is written down.
const seenEvery = time.Minute

// OpenSession signs a user in: until idle has passed without a request, and for
// life at most.
func (d *DB) OpenSession(ctx context.Context, user int64, token Hash, s Session, idle, life time.Duration) error {
	return wrap("open session", inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		u, err := readUser(ctx, tx, user, "FOR UPDATE")
		if err != nil {
			return err
		}
		if !u.Enabled { // meanwhile
			return ErrNotFound
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE expires_at < UTC_TIMESTAMP(3) LIMIT 1000`); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO sessions (token_hash, user_id, created_at, seen_at, ends_at, expires_at, address, agent)
			SELECT ?, ?, now, now, now + INTERVAL ? SECOND, now + INTERVAL ? SECOND, ?, ? FROM (SELECT UTC_TIMESTAMP(3) AS now) clock`,
			token[:], user, seconds(life), seconds(min(idle, life)), s.Address, s.Agent); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE users SET signed_in_at = UTC_TIMESTAMP(3) WHERE id = ?`, user); err != nil {
			return err
		}
		return audit(ctx, tx, u.change("sign in", nil, nil))
	}))
}

// SessionOf finds the session of a token, with its user. ErrNotFound: there is
// none, it has ended, or the user is disabled.
func (d *DB) SessionOf(ctx context.Context, token Hash) (s SignedIn, err error) {
	into := append([]any{&s.ID, &s.CreatedAt, &s.SeenAt, &s.ExpiresAt, &s.Address, &s.Agent, &s.Stale}, s.User.fields()...)
	err = d.calls.QueryRowContext(ctx, `SELECT e.id, e.created_at, e.seen_at, e.expires_at, e.address, e.agent, e.seen_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND, `+
		userColumns+userTables+`JOIN sessions e ON e.user_id = u.id
		WHERE e.token_hash = ? AND e.expires_at > UTC_TIMESTAMP(3) AND u.enabled = 1`, seconds(seenEvery), token[:]).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return SignedIn{}, ErrNotFound
	}
	return s, wrap("find session", err)
}

// TouchSession says that a session is in use. One that has ended stays so.
func (d *DB) TouchSession(ctx context.Context, id int64, idle time.Duration) error {
	_, err := d.calls.ExecContext(ctx, `UPDATE sessions SET seen_at = UTC_TIMESTAMP(3), expires_at = LEAST(ends_at, UTC_TIMESTAMP(3) + INTERVAL ? SECOND)
		WHERE id = ? AND expires_at > UTC_TIMESTAMP(3)`, seconds(idle), id)
	return wrap("touch session", err)
}

// Sessions lists where a user is signed in, the last used first.
func (d *DB) Sessions(ctx context.Context, user int64) ([]Session, error) {
	rows, err := d.calls.QueryContext(ctx, `SELECT id, created_at, seen_at, expires_at, address, agent FROM sessions
		WHERE user_id = ? AND expires_at > UTC_TIMESTAMP(3) ORDER BY seen_at DESC, id DESC LIMIT 1000`, user)
	if err != nil {
		return nil, wrap("list sessions", err)
	}
	list := []Session{}
	err = eachRow(rows, func(rows *sql.Rows) error {
		var s Session
		err := rows.Scan(&s.ID, &s.CreatedAt, &s.SeenAt, &s.ExpiresAt, &s.Address, &s.Agent)
		list = append(list, s)
		return err
	})
	return list, wrap("list sessions", err)
}

// lastSignIns is how many sign-ins of a user are looked back at.
const lastSignIns = 500

// SignedInFrom finds the addresses from which somebody has signed in within the
// time, from the audit log: sessions are forgotten when they end. user 0: nobody
// has this login.
func (d *DB) SignedInFrom(ctx context.Context, login string, within time.Duration) (user int64, addresses []string, err error) {
	err = d.calls.QueryRowContext(ctx, `SELECT id FROM users WHERE login = ?`, login).Scan(&user)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, wrap("find sign-ins", err)
	}
	rows, err := d.calls.QueryContext(ctx, `SELECT DISTINCT address FROM (SELECT address FROM audit_log
		WHERE kind = 'user' AND object_id = ? AND action = 'sign in' AND at > UTC_TIMESTAMP(3) - INTERVAL ? SECOND ORDER BY id DESC LIMIT ?) latest`,
		strconv.FormatInt(user, 10), seconds(within), lastSignIns)
	if err != nil {
		return user, nil, wrap("find sign-ins", err)
	}
	err = eachRow(rows, func(rows *sql.Rows) error {
		var address string
		err := rows.Scan(&address)
		addresses = append(addresses, address)
		return err
	})
	return user, addresses, wrap("find sign-ins", err)
}

// CloseSession signs one session out.
func (d *DB) CloseSession(ctx context.Context, id int64) error {
	_, err := d.calls.ExecContext(ctx, `DELETE FROM sessions WHERE id = ?`, id)
	return wrap("close session", err)
}

// CloseSessions signs a user out everywhere but in one session; keep 0: in that
// too. keys: their keys end as well.
func (d *DB) CloseSessions(ctx context.Context, user, keep int64, keys bool) error {
	return wrap("close sessions", inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		u, err := readUser(ctx, tx, user, "FOR UPDATE")
		if err != nil {
			return err
		}
		if err := endSessions(ctx, tx, user, keep); err != nil {
			return err
		}
		if keys {
			if err := endKeys(ctx, tx, user); err != nil {
				return err
			}
		}
		return audit(ctx, tx, u.change("sign out", nil, nil))
	}))
}

func endSessions(ctx context.Context, tx *sql.Tx, user, keep int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = ? AND id <> ?`, user, keep)
	return err
}
