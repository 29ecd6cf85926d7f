package db

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Credential is what a user proves who they are with. It never leaves the server.
type Credential struct {
	User        User
	Password    string // argon2id; empty: none
	TOTPSecret  string // base32; empty: none
	TOTPPending string // shown, but not confirmed
}

// CredentialOf finds the credential of a login.
func (d *DB) CredentialOf(ctx context.Context, login string) (Credential, error) {
	return d.credential(ctx, `u.login = ?`, login)
}

// CredentialOfUser finds the credential of a user.
func (d *DB) CredentialOfUser(ctx context.Context, id int64) (Credential, error) {
	return d.credential(ctx, `u.id = ?`, id)
}

func (d *DB) credential(ctx context.Context, condition string, arg any) (c Credential, err error) {
	row := d.calls.QueryRowContext(ctx, `SELECT `+userColumns+`, u.password, u.totp_secret, u.totp_pending`+userTables+`WHERE `+condition, arg)
	err = row.Scan(append(c.User.fields(), &c.Password, &c.TOTPSecret, &c.TOTPPending)...)
	if errors.Is(err, sql.ErrNoRows) {
		return Credential{}, ErrNotFound
	}
	return c, wrap("read credential", err)
}

// SetPassword gives a user another password, and signs them out everywhere. Links
// for a new password end, and their keys unless they are to be kept: whoever had
// the old password may have made one.
func (d *DB) SetPassword(ctx context.Context, user int64, hash string, keepKeys bool) error {
	return wrap("set password", inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		return setPassword(ctx, tx, user, hash, keepKeys)
	}))
}

func setPassword(ctx context.Context, tx *sql.Tx, user int64, hash string, keepKeys bool) error {
	u, err := readUser(ctx, tx, user, "FOR UPDATE")
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE users SET password = ? WHERE id = ?`, hash, user); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM one_time_links WHERE user_id = ?`, user); err != nil {
		return err
	}
	if err := endSessions(ctx, tx, user, 0); err != nil {
		return err
	}
	if !keepKeys {
		if err := endKeys(ctx, tx, user); err != nil {
			return err
		}
	}
	return audit(ctx, tx, u.change("password", nil, nil))
}

// OfferTOTP keeps a secret until a code shows that it has arrived.
func (d *DB) OfferTOTP(ctx context.Context, user int64, secret string) error {
	_, err := d.calls.ExecContext(ctx, `UPDATE users SET totp_pending = ? WHERE id = ?`, secret, user)
	return wrap("offer second factor", err)
}

// SetTOTP makes a secret the second factor of a user, and signs them out everywhere
// but in one session; an empty secret: they have none any more.
func (d *DB) SetTOTP(ctx context.Context, user int64, secret string, keep int64) error {
	return wrap("set second factor", inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		u, err := readUser(ctx, tx, user, "FOR UPDATE")
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE users SET totp_secret = ?, totp_pending = '' WHERE id = ?`, secret, user); err != nil {
			return err
		}
		if secret != "" {
			if err := endSessions(ctx, tx, user, keep); err != nil {
				return err
			}
		}
		had := map[string]bool{"totp": u.TOTP}
		return audit(ctx, tx, u.change("second factor", had, map[string]bool{"totp": secret != ""}))
	}))
}

// UseTOTP says that the code of a step was used; false: it, or a later one, was used before.
func (d *DB) UseTOTP(ctx context.Context, user, step int64) (bool, error) {
	result, err := d.calls.ExecContext(ctx, `UPDATE users SET totp_step = ? WHERE id = ? AND totp_step < ?`, step, user, step)
	if err != nil {
		return false, wrap("use second factor", err)
	}
	n, err := result.RowsAffected()
	return n == 1, wrap("use second factor", err)
}

// Try counts an attempt to sign in, and tells how many there were within the time,
// this one included, and how long until they are forgotten.
func (d *DB) Try(ctx context.Context, subject string, within time.Duration) (tries int, wait time.Duration, err error) {
	err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sign_in_tries WHERE since < UTC_TIMESTAMP(3) - INTERVAL 1 DAY LIMIT 100`); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO sign_in_tries (subject, tries, since) VALUES (?, 1, UTC_TIMESTAMP(3))
			ON DUPLICATE KEY UPDATE tries = IF(since < UTC_TIMESTAMP(3) - INTERVAL ? SECOND, 1, tries + 1), since = IF(tries = 1, UTC_TIMESTAMP(3), since)`,
			subject, seconds(within)); err != nil {
			return err
		}
		left := int64(0)
		err := tx.QueryRowContext(ctx, `SELECT tries, TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), since + INTERVAL ? SECOND) FROM sign_in_tries WHERE subject = ?`,
			seconds(within), subject).Scan(&tries, &left)
		wait = time.Duration(max(left, 0)+1) * time.Second
		return err
	})
	return tries, wait, wrap("count sign-ins", err)
}

// TakeBack uncounts an attempt that was none; all: every one.
func (d *DB) TakeBack(ctx context.Context, subject string, all bool) error {
	_, err := d.calls.ExecContext(ctx, `UPDATE sign_in_tries SET tries = IF(?, 0, GREATEST(tries - 1, 0)) WHERE subject = ?`, all, subject)
	return wrap("count sign-ins", err)
}
