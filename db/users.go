package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// UserSettings is what an administrator says of a person who signs in.
type UserSettings struct {
	Login        string `json:"login" minLength:"1" maxLength:"64" doc:"What they sign in with: letters, digits, . _ @ - +; upper and lower case are one"`
	Name         string `json:"name,omitempty" maxLength:"128" doc:"How people call them"`
	Email        string `json:"email,omitempty" maxLength:"254"`
	Role         string `json:"role" enum:"admin,operator,analyst,agent,customer"`
	AccountID    int64  `json:"account_id,omitempty" minimum:"0" doc:"Whose calls and money they see; customers and agents need it"`
	SubscriberID int64  `json:"subscriber_id,omitempty" minimum:"0" doc:"The telephone of an agent"`
	Language     string `json:"language,omitempty" maxLength:"16" doc:"en or ru; none: the browser's"`
	TimeZone     string `json:"time_zone,omitempty" maxLength:"64" doc:"IANA name; none: the browser's"`
	Enabled      bool   `json:"enabled" doc:"Others cannot sign in, and their keys are refused"`
}

// User is a person who signs in.
type User struct {
	ID int64 `json:"id"`
	UserSettings

	Account     string     `json:"account,omitempty" readOnly:"true" doc:"Name of the account"`
	Subscriber  string     `json:"subscriber,omitempty" readOnly:"true" doc:"Login of the telephone"`
	HasPassword bool       `json:"has_password" doc:"Without one they cannot sign in yet"`
	TOTP        bool       `json:"totp" doc:"They sign in with a second factor"`
	CreatedAt   time.Time  `json:"created_at"`
	SignedInAt  *time.Time `json:"signed_in_at,omitempty"`
}

const userColumns = `u.id, u.login, u.name, u.email, u.role, COALESCE(u.account_id, 0), COALESCE(u.subscriber_id, 0), u.language, u.time_zone, u.enabled <> 0,
	COALESCE(a.name, ''), COALESCE(s.login, ''), u.password <> '', u.totp_secret <> '', u.created_at, u.signed_in_at`

const userTables = ` FROM users u LEFT JOIN accounts a ON a.id = u.account_id LEFT JOIN subscribers s ON s.id = u.subscriber_id `

// fields are where the columns above go.
func (u *User) fields() []any {
	return []any{
		&u.ID, &u.Login, &u.Name, &u.Email, &u.Role, &u.AccountID, &u.SubscriberID, &u.Language, &u.TimeZone, &u.Enabled,
		&u.Account, &u.Subscriber, &u.HasPassword, &u.TOTP, &u.CreatedAt, &u.SignedInAt,
	}
}

// UserFilter chooses users; what is zero chooses all.
type UserFilter struct {
	Text      string // in login, name or email
	Role      string
	AccountID int64
	Enabled   *bool
	After     string // login that the page before ended with
	Limit     int
}

// Users lists users by login.
func (d *DB) Users(ctx context.Context, f UserFilter) ([]User, error) {
	var w where
	if f.Text != "" {
		like := likeText(f.Text)
		w.add(`(u.login LIKE ? OR u.name LIKE ? OR u.email LIKE ?)`, like, like, like)
	}
	given(&w, `u.role = ?`, f.Role)
	given(&w, `u.account_id = ?`, f.AccountID)
	if f.Enabled != nil {
		w.add(`u.enabled = ?`, *f.Enabled)
	}
	given(&w, `u.login > ?`, f.After)
	rows, err := d.calls.QueryContext(ctx, `SELECT `+userColumns+userTables+w.text()+` ORDER BY u.login LIMIT `+strconv.Itoa(f.Limit), w.args...)
	if err != nil {
		return nil, wrap("list users", err)
	}
	list := []User{}
	err = eachRow(rows, func(rows *sql.Rows) error {
		var u User
		err := rows.Scan(u.fields()...)
		list = append(list, u)
		return err
	})
	return list, wrap("list users", err)
}

// User reads one user.
func (d *DB) User(ctx context.Context, id int64) (u User, err error) {
	err = inTx(ctx, d.calls, &sql.TxOptions{ReadOnly: true}, func(tx *sql.Tx) error {
		u, err = readUser(ctx, tx, id, "")
		return err
	})
	return u, wrap("read user", err)
}

// UserByLogin finds a user.
func (d *DB) UserByLogin(ctx context.Context, login string) (u User, err error) {
	err = d.calls.QueryRowContext(ctx, `SELECT `+userColumns+userTables+`WHERE u.login = ?`, login).Scan(u.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, fmt.Errorf("user %q: %w", login, ErrNotFound)
	}
	return u, wrap("find user", err)
}

// HasUsers says whether there is anybody who might sign in.
func (d *DB) HasUsers(ctx context.Context) (there bool, err error) {
	err = d.calls.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM users)`).Scan(&there)
	return there, wrap("look for users", err)
}

// readUser reads one user; lock is FOR UPDATE, or nothing.
func readUser(ctx context.Context, tx *sql.Tx, id int64, lock string) (u User, err error) {
	if lock != "" { // of the user alone, not of what is joined
		if err := tx.QueryRowContext(ctx, `SELECT id FROM users WHERE id = ? `+lock, id).Scan(new(int64)); err != nil {
			return User{}, userMissing(id, err)
		}
	}
	err = tx.QueryRowContext(ctx, `SELECT `+userColumns+userTables+`WHERE u.id = ?`, id).Scan(u.fields()...)
	return u, userMissing(id, err)
}

func userMissing(id int64, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("user %d: %w", id, ErrNotFound)
	}
	return err
}

// SubscriberByLogin finds a telephone and its account.
func (d *DB) SubscriberByLogin(ctx context.Context, login string) (id, account int64, err error) {
	err = d.calls.QueryRowContext(ctx, `SELECT id, account_id FROM subscribers WHERE login = ?`, login).Scan(&id, &account)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, fmt.Errorf("subscriber %q: %w", login, ErrNotFound)
	}
	return id, account, wrap("find subscriber", err)
}
