package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// APIKeySettings is what a key may do.
type APIKeySettings struct {
	Name     string   `json:"name" minLength:"1" maxLength:"64" doc:"What it is for"`
	Role     string   `json:"role" enum:"admin,operator,analyst,agent,customer" doc:"At most its owner's"`
	Scopes   []string `json:"scopes" minItems:"1" maxItems:"16" nullable:"false" doc:"*, or an area with read or write (which includes reading): routing:read calls:write"`
	Networks []string `json:"networks,omitempty" maxItems:"20" doc:"It is taken from these addresses and networks only; none: from anywhere"`
}

// APIKey is a key of a script or another machine.
type APIKey struct {
	ID int64 `json:"id"`
	APIKeySettings

	UserID    int64      `json:"user_id"`
	Login     string     `json:"login" doc:"Whose it is"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	UsedAt    *time.Time `json:"used_at,omitempty" doc:"To about a minute"`
	UsedFrom  string     `json:"used_from,omitempty"`
}

const keyColumns = `k.id, k.user_id, u.login, k.name, k.role, k.scopes, k.networks, k.created_at, k.expires_at, k.used_at, k.used_from`

func scanKey(k *APIKey, scan func(dest ...any) error, more ...any) error {
	var scopes, networks string
	into := []any{&k.ID, &k.UserID, &k.Login, &k.Name, &k.Role, &scopes, &networks, &k.CreatedAt, &k.ExpiresAt, &k.UsedAt, &k.UsedFrom}
	err := scan(append(into, more...)...)
	k.Scopes, k.Networks = strings.Fields(scopes), strings.Fields(networks)
	return err
}

// APIKeys lists keys after an id, by id; user 0: everybody's.
func (d *DB) APIKeys(ctx context.Context, user, after int64, limit int) ([]APIKey, error) {
	w := whose(`k.id > ?`, after)
	given(&w, `k.user_id = ?`, user)
	rows, err := d.calls.QueryContext(ctx, `SELECT `+keyColumns+` FROM api_keys k JOIN users u ON u.id = k.user_id`+w.text()+` ORDER BY k.id LIMIT `+strconv.Itoa(limit), w.args...)
	if err != nil {
		return nil, wrap("list keys", err)
	}
	list := []APIKey{}
	err = eachRow(rows, func(rows *sql.Rows) error {
		var k APIKey
		err := scanKey(&k, rows.Scan)
		list = append(list, k)
		return err
	})
	return list, wrap("list keys", err)
}

// MaxKeys is how many keys a user may have. It bounds what a lost password leaves
// behind, and is more than anybody keeps track of.
const MaxKeys = 20

// ErrTooManyKeys says that a user has as many keys as there may be.
var ErrTooManyKeys = fmt.Errorf("you have %d keys, as many as there may be: remove one first", MaxKeys)

// CreateAPIKey adds a key of a user; secret is the hash of its secret part. Keys of
// theirs that are too old are forgotten.
func (d *DB) CreateAPIKey(ctx context.Context, user int64, s APIKeySettings, secret Hash, life time.Duration) (k APIKey, err error) {
	err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		if err := roomForKey(ctx, tx, user); err != nil {
			return err
		}
		id, err := insertID(tx.ExecContext(ctx, `INSERT INTO api_keys (user_id, name, secret_hash, role, scopes, networks, created_at, expires_at)
			VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? SECOND)`,
			user, s.Name, secret[:], s.Role, strings.Join(s.Scopes, " "), strings.Join(s.Networks, " "), seconds(life)))
		if err != nil {
			return err
		}
		if k, err = readKey(ctx, tx, id); err != nil {
			return err
		}
		return audit(ctx, tx, k.change("create", nil, k))
	})
	return k, wrap("create key", err)
}

// roomForKey wants a user to have less keys than there may be. The user is locked:
// two keys made at once are counted one after the other.
func roomForKey(ctx context.Context, tx *sql.Tx, user int64) error {
	if _, err := readUser(ctx, tx, user, "FOR UPDATE"); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM api_keys WHERE user_id = ? AND expires_at < UTC_TIMESTAMP(3)`, user); err != nil {
		return err
	}
	n := 0
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM api_keys WHERE user_id = ?`, user).Scan(&n); err != nil {
		return err
	}
	if n >= MaxKeys {
		return ErrTooManyKeys
	}
	return nil
}

// endKeys removes all keys of a user, and says so of each.
func endKeys(ctx context.Context, tx *sql.Tx, user int64) error {
	rows, err := tx.QueryContext(ctx, `SELECT `+keyColumns+` FROM api_keys k JOIN users u ON u.id = k.user_id WHERE k.user_id = ? FOR UPDATE`, user)
	if err != nil {
		return err
	}
	var list []APIKey
	if err := eachRow(rows, func(rows *sql.Rows) error {
		var k APIKey
		err := scanKey(&k, rows.Scan)
		list = append(list, k)
		return err
	}); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM api_keys WHERE user_id = ?`, user); err != nil {
		return err
	}
	for i := range list {
		if err := audit(ctx, tx, list[i].change("delete", list[i], nil)); err != nil {
			return err
		}
	}
	return nil
}

// DeleteAPIKey removes a key, at once. user 0: whoever's it is; otherwise one of
// another user is not found.
func (d *DB) DeleteAPIKey(ctx context.Context, id, user int64) error {
	return wrap("delete key", inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		k, err := readKey(ctx, tx, id)
		if err != nil {
			return err
		}
		if user != 0 && k.UserID != user {
			return fmt.Errorf("key %d: %w", id, ErrNotFound)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM api_keys WHERE id = ?`, id); err != nil {
			return err
		}
		return audit(ctx, tx, k.change("delete", k, nil))
	}))
}

func readKey(ctx context.Context, tx *sql.Tx, id int64) (k APIKey, err error) {
	err = scanKey(&k, tx.QueryRowContext(ctx, `SELECT `+keyColumns+` FROM api_keys k JOIN users u ON u.id = k.user_id WHERE k.id = ?`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return APIKey{}, fmt.Errorf("key %d: %w", id, ErrNotFound)
	}
	return k, err
}

func (k APIKey) change(action string, before, after any) Change {
	return Change{Action: action, Kind: "key", ID: strconv.FormatInt(k.ID, 10), Name: k.Name, Before: before, After: after}
}

// KeyInUse is a key, the hash of its secret and whose it is.
type KeyInUse struct {
	APIKey

	Secret []byte
	User   User
	Stale  bool // its use was not written down for a minute
}

// APIKeyInUse reads a key to compare its secret with. ErrNotFound: it is not there,
// too old, or its owner is disabled.
func (d *DB) APIKeyInUse(ctx context.Context, id int64) (k KeyInUse, err error) {
	more := append([]any{&k.Secret, &k.Stale}, k.User.fields()...)
	err = scanKey(&k.APIKey, d.calls.QueryRowContext(ctx, `SELECT `+keyColumns+`, k.secret_hash, COALESCE(k.used_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND, 1), `+
		userColumns+userTables+`JOIN api_keys k ON k.user_id = u.id WHERE k.id = ? AND k.expires_at > UTC_TIMESTAMP(3) AND u.enabled = 1`,
		seconds(seenEvery), id).Scan, more...)
	if errors.Is(err, sql.ErrNoRows) {
		return KeyInUse{}, ErrNotFound
	}
	return k, wrap("find key", err)
}

// TouchAPIKey says that a key is in use.
func (d *DB) TouchAPIKey(ctx context.Context, id int64, from string) error {
	_, err := d.calls.ExecContext(ctx, `UPDATE api_keys SET used_at = UTC_TIMESTAMP(3), used_from = ? WHERE id = ?`, from, id)
	return wrap("touch key", err)
}
