package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Actor is who makes a change, for the audit log.
type Actor struct {
	UserID  int64  // 0: nobody who signed in, such as the command line
	KeyID   int64  // of an API key; 0: none
	Name    string // login, or "command line"
	Address string // of the network; empty: none
}

type actorKey struct{}

// WithActor returns a context whose changes are this actor's.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

func actorOf(ctx context.Context) Actor {
	a, ok := ctx.Value(actorKey{}).(Actor)
	if !ok {
		a.Name = "command line"
	}
	return a
}

// Change is one entry of the audit log.
type Change struct {
	Action        string // create, update, delete, publish, hangup, …
	Kind          string // of the object: provider, gate, account, …
	ID            string // of the object
	Name          string // of the object, as people know it
	Before, After any    // as JSON; nil: there was or is nothing. Secrets must not be in it.
}

// audit writes a change to the audit log, within the transaction that makes it.
func audit(ctx context.Context, tx *sql.Tx, c Change) error {
	before, err := auditJSON(c.Before)
	if err != nil {
		return err
	}
	after, err := auditJSON(c.After)
	if err != nil {
		return err
	}
	a := actorOf(ctx)
	_, err = tx.ExecContext(ctx, `INSERT INTO audit_log (at, user_id, key_id, actor, address, action, kind, object_id, object_name, before_json, after_json)
		VALUES (UTC_TIMESTAMP(3), NULLIF(?, 0), NULLIF(?, 0), ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.UserID, a.KeyID, a.Name, a.Address, c.Action, c.Kind, c.ID, c.Name, before, after)
	if err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	return nil
}

func auditJSON(v any) (any, error) {
	if v == nil {
		return nil, nil //nolint:nilnil // NULL
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("audit log: %w", err)
	}
	return string(text), nil
}

// Audit writes an entry of its own, for what changes no row: a call that was hung up.
func (d *DB) Audit(ctx context.Context, c Change) error {
	return wrap("audit log", inTx(ctx, d.calls, nil, func(tx *sql.Tx) error { return audit(ctx, tx, c) }))
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
