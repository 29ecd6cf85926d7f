package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
)

// ErrLastAdmin says that nobody would be left who governs the platform.
var ErrLastAdmin = errors.New("this is the last administrator who can sign in; make another first")

// CreateUser adds a user. hash is of their password, argon2id; empty: they have
// none yet.
func (d *DB) CreateUser(ctx context.Context, s UserSettings, hash string) (User, error) {
	var made User
	if err := s.tidy(); err != nil {
		return User{}, err
	}
	err := inTx(ctx, d.calls, nil, func(tx *sql.Tx) (err error) {
		made, err = createUser(ctx, tx, s, hash)
		return err
	})
	return made, wrap("create user", err)
}

func createUser(ctx context.Context, tx *sql.Tx, s UserSettings, hash string) (User, error) {
	if err := s.checkOwner(ctx, tx); err != nil {
		return User{}, err
	}
	id, err := insertID(tx.ExecContext(ctx, `INSERT INTO users (login, name, email, role, account_id, subscriber_id, language, time_zone, enabled, password, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))`,
		s.Login, s.Name, s.Email, s.Role, known(s.AccountID), known(s.SubscriberID), s.Language, s.TimeZone, s.Enabled, hash))
	if err != nil {
		return User{}, loginTaken(s.Login, err)
	}
	u, err := readUser(ctx, tx, id, "")
	if err != nil {
		return User{}, err
	}
	return u, audit(ctx, tx, u.change("create", nil, u.UserSettings))
}

// UpdateUser writes settings of a user. check sees what is there and may refuse.
func (d *DB) UpdateUser(ctx context.Context, id int64, s UserSettings, check func(now User) error) (User, error) {
	var after User
	if err := s.tidy(); err != nil {
		return User{}, err
	}
	err := inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		before, err := readUser(ctx, tx, id, "FOR UPDATE")
		if err == nil {
			err = check(before)
		}
		if err != nil {
			return err
		}
		if err := s.checkOwner(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE users SET login = ?, name = ?, email = ?, role = ?, account_id = ?, subscriber_id = ?, language = ?, time_zone = ?, enabled = ? WHERE id = ?`,
			s.Login, s.Name, s.Email, s.Role, known(s.AccountID), known(s.SubscriberID), s.Language, s.TimeZone, s.Enabled, id); err != nil {
			return loginTaken(s.Login, err)
		}
		if err := before.mayCease(ctx, tx, s); err != nil {
			return err
		}
		if !s.Enabled {
			if err := endSessions(ctx, tx, id, 0); err != nil {
				return err
			}
		}
		if after, err = readUser(ctx, tx, id, ""); err != nil {
			return err
		}
		return audit(ctx, tx, after.change("update", before.UserSettings, after.UserSettings))
	})
	return after, wrap("change user", err)
}

// DeleteUser removes a user with their sessions and keys. What they did stays in
// the audit log under their login.
func (d *DB) DeleteUser(ctx context.Context, id int64, check func(now User) error) error {
	return wrap("delete user", inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		before, err := readUser(ctx, tx, id, "FOR UPDATE")
		if err == nil {
			err = check(before)
		}
		if err != nil {
			return err
		}
		for _, statement := range []string{
			`DELETE FROM sessions WHERE user_id = ?`, `DELETE FROM api_keys WHERE user_id = ?`, `DELETE FROM one_time_links WHERE user_id = ?`,
			`DELETE FROM users WHERE id = ?`,
		} {
			if _, err := tx.ExecContext(ctx, statement, id); err != nil {
				return err
			}
		}
		if err := before.mayCease(ctx, tx, UserSettings{}); err != nil {
			return err
		}
		return audit(ctx, tx, before.change("delete", before.UserSettings, nil))
	}))
}

// SetPreferences is what people say of themselves.
func (d *DB) SetPreferences(ctx context.Context, id int64, language, timeZone string) error {
	if err := checkLocale(language, timeZone); err != nil {
		return err
	}
	return wrap("set preferences", inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		before, err := readUser(ctx, tx, id, "FOR UPDATE")
		if err != nil {
			return err
		}
		after := before.UserSettings
		after.Language, after.TimeZone = language, timeZone
		if _, err := tx.ExecContext(ctx, `UPDATE users SET language = ?, time_zone = ? WHERE id = ?`, language, timeZone, id); err != nil {
			return err
		}
		return audit(ctx, tx, before.change("update", before.UserSettings, after))
	}))
}

// mayCease refuses to leave a platform that nobody governs. It is asked after the
// change, within its transaction; all administrators are locked, so that two who
// leave at once do not both see the other stay.
func (u User) mayCease(ctx context.Context, tx *sql.Tx, after UserSettings) error {
	if u.Role != roleAdmin || !u.Enabled || after.Role == roleAdmin && after.Enabled {
		return nil
	}
	left := 0
	rows, err := tx.QueryContext(ctx, `SELECT id FROM users WHERE role = 'admin' AND enabled = 1 AND password <> '' FOR UPDATE`)
	if err != nil {
		return err
	}
	if err := eachRow(rows, func(*sql.Rows) error { left++; return nil }); err != nil || left > 0 {
		return err
	}
	switch {
	case after.Login == "":
		return ErrLastAdmin
	case after.Role != roleAdmin:
		return &FieldError{Field: "role", Text: ErrLastAdmin.Error()}
	}
	return &FieldError{Field: "enabled", Text: ErrLastAdmin.Error()}
}

// change is an entry for the audit log about a user.
func (u User) change(action string, before, after any) Change {
	return Change{Action: action, Kind: "user", ID: strconv.FormatInt(u.ID, 10), Name: u.Login, Before: before, After: after}
}

func loginTaken(login string, err error) error {
	if hasNumber(err, errDuplicate) {
		return &FieldError{Field: "login", Text: fmt.Sprintf("%q is taken", login)}
	}
	return err
}

// checkOwner wants the account and the telephone to be there, and to belong together.
func (s UserSettings) checkOwner(ctx context.Context, tx *sql.Tx) error {
	if s.AccountID != 0 {
		err := tx.QueryRowContext(ctx, `SELECT id FROM accounts WHERE id = ?`, s.AccountID).Scan(new(int64))
		if errors.Is(err, sql.ErrNoRows) {
			return &FieldError{Field: "account_id", Text: "there is no such account"}
		}
		if err != nil {
			return err
		}
	}
	if s.SubscriberID == 0 {
		return nil
	}
	account := int64(0)
	err := tx.QueryRowContext(ctx, `SELECT account_id FROM subscribers WHERE id = ?`, s.SubscriberID).Scan(&account)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return &FieldError{Field: "subscriber_id", Text: "there is no such subscriber"}
	case err == nil && account != s.AccountID:
		return &FieldError{Field: "subscriber_id", Text: "the subscriber belongs to another account"}
	}
	return err
}
