package db

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// setupLinks is how many links for the first administrator are good at a time.
const setupLinks = 4

// OfferSetup keeps a link for the first administrator. false: there are users, and
// nobody is offered anything.
func (d *DB) OfferSetup(ctx context.Context, token Hash, life time.Duration) (offered bool, err error) {
	err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		offered = false
		if err := tx.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM users)`).Scan(&offered); err != nil || !offered {
			return err
		}
		// A node that starts anew and anew leaves no row each time; the latest links
		// stay good, since several nodes may start together.
		if _, err := tx.ExecContext(ctx, `DELETE FROM one_time_links WHERE purpose = 'setup' AND token_hash NOT IN
			(SELECT token_hash FROM (SELECT token_hash FROM one_time_links WHERE purpose = 'setup' ORDER BY expires_at DESC LIMIT ?) latest)`, setupLinks-1); err != nil {
			return err
		}
		return offerLink(ctx, tx, token, "setup", 0, life)
	})
	return offered, wrap("offer setup", err)
}

// OfferPassword keeps a link by which a user sets a password. Links before it end.
func (d *DB) OfferPassword(ctx context.Context, token Hash, user int64, life time.Duration) error {
	return wrap("offer password", inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		u, err := readUser(ctx, tx, user, "FOR UPDATE")
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM one_time_links WHERE user_id = ?`, user); err != nil {
			return err
		}
		if err := offerLink(ctx, tx, token, "password", user, life); err != nil {
			return err
		}
		return audit(ctx, tx, u.change("password link", nil, nil))
	}))
}

func offerLink(ctx context.Context, tx *sql.Tx, token Hash, purpose string, user int64, life time.Duration) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM one_time_links WHERE expires_at < UTC_TIMESTAMP(3)`); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO one_time_links (token_hash, purpose, user_id, expires_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3) + INTERVAL ? SECOND)`,
		token[:], purpose, known(user), seconds(life))
	return err
}

// LinkUser tells whose password a link sets. ErrNotFound: it was used, or is too old.
func (d *DB) LinkUser(ctx context.Context, token Hash) (User, error) {
	var u User
	err := d.calls.QueryRowContext(ctx, `SELECT `+userColumns+userTables+`JOIN one_time_links l ON l.user_id = u.id
		WHERE l.token_hash = ? AND l.purpose = 'password' AND l.expires_at > UTC_TIMESTAMP(3)`, token[:]).Scan(u.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, ErrNotFound
	}
	return u, wrap("find link", err)
}

// SetupOffered says whether a link for the first administrator is good.
func (d *DB) SetupOffered(ctx context.Context, token Hash) (good bool, err error) {
	err = d.calls.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM one_time_links WHERE token_hash = ? AND purpose = 'setup' AND expires_at > UTC_TIMESTAMP(3))
		AND NOT EXISTS (SELECT 1 FROM users)`, token[:]).Scan(&good)
	return good, wrap("find link", err)
}

// UsePasswordLink sets a password by a link, which ends. The user is signed out
// everywhere, and their keys end.
func (d *DB) UsePasswordLink(ctx context.Context, token Hash, hash string) error {
	return wrap("use link", inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		user := int64(0)
		err := tx.QueryRowContext(ctx, `SELECT user_id FROM one_time_links WHERE token_hash = ? AND purpose = 'password' AND expires_at > UTC_TIMESTAMP(3) FOR UPDATE`,
			token[:]).Scan(&user)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		return setPassword(ctx, tx, user, hash, false)
	}))
}

// UseSetupLink makes the first administrator. All such links end: two nodes that
// are asked at once conflict, and one of them finds no link any more.
func (d *DB) UseSetupLink(ctx context.Context, token Hash, s UserSettings, hash string) (User, error) {
	s.Role, s.Enabled = roleAdmin, true
	var made User
	if err := s.tidy(); err != nil {
		return User{}, err
	}
	err := inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT 1 FROM one_time_links WHERE token_hash = ? AND purpose = 'setup' AND expires_at > UTC_TIMESTAMP(3) FOR UPDATE`,
			token[:]).Scan(new(int))
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM one_time_links WHERE purpose = 'setup'`); err != nil {
			return err
		}
		there := false
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM users FOR UPDATE)`).Scan(&there); err != nil {
			return err
		}
		if there {
			return ErrNotFound
		}
		made, err = createUser(ctx, tx, s, hash)
		return err
	})
	return made, wrap("set up", err)
}
