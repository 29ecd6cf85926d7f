package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// AuditEntry is a change that somebody made.
type AuditEntry struct {
	ID      int64           `json:"id"`
	At      time.Time       `json:"at"`
	UserID  int64           `json:"user_id,omitempty" doc:"None: nobody who signed in"`
	KeyID   int64           `json:"key_id,omitempty" doc:"Of the API key; none: it was not by one"`
	Actor   string          `json:"actor" doc:"Their login at that time, or what made the change"`
	Address string          `json:"address,omitempty"`
	Action  string          `json:"action"`
	Kind    string          `json:"kind" doc:"Of the object: provider, gate, account"`
	Object  string          `json:"object_id,omitempty"`
	Name    string          `json:"name,omitempty" doc:"Of the object"`
	Before  json.RawMessage `json:"before,omitempty" doc:"The object before; none: it was not there"`
	After   json.RawMessage `json:"after,omitempty" doc:"The object after; none: it is gone"`
}

// AuditFilter chooses entries; what is zero chooses all.
type AuditFilter struct {
	Kind, Object, Action, Actor string
	UserID                      int64
	From, To                    time.Time // from inclusive, to exclusive
	Before                      int64     // id that the page before ended with; 0: from the newest
	Limit                       int
}

const auditQuery = `SELECT id, at, COALESCE(user_id, 0), COALESCE(key_id, 0), actor, address, action, kind, object_id, object_name, before_json, after_json
	FROM audit_log`

// AuditLog lists changes, the newest first.
func (d *DB) AuditLog(ctx context.Context, f AuditFilter) ([]AuditEntry, error) {
	var w where
	given(&w, `kind = ?`, f.Kind)
	given(&w, `object_id = ?`, f.Object)
	given(&w, `action = ?`, f.Action)
	given(&w, `actor = ?`, f.Actor)
	given(&w, `user_id = ?`, f.UserID)
	w.during(`at`, f.From, f.To)
	given(&w, `id < ?`, f.Before)
	rows, err := d.calls.QueryContext(ctx, auditQuery+w.text()+` ORDER BY id DESC LIMIT `+strconv.Itoa(f.Limit), w.args...)
	if err != nil {
		return nil, wrap("list audit log", err)
	}
	list := []AuditEntry{}
	err = eachRow(rows, func(rows *sql.Rows) error {
		var e AuditEntry
		var before, after sql.NullString
		err := rows.Scan(&e.ID, &e.At, &e.UserID, &e.KeyID, &e.Actor, &e.Address, &e.Action, &e.Kind, &e.Object, &e.Name, &before, &after)
		e.Before, e.After = rawJSON(before), rawJSON(after)
		list = append(list, e)
		return err
	})
	return list, wrap("list audit log", err)
}

// AuditEntry reads one change.
func (d *DB) AuditEntry(ctx context.Context, id int64) (AuditEntry, error) {
	list, err := d.AuditLog(ctx, AuditFilter{Before: id + 1, Limit: 1})
	if err == nil && (len(list) == 0 || list[0].ID != id) {
		err = fmt.Errorf("entry %d of the audit log: %w", id, ErrNotFound)
	}
	if err != nil {
		return AuditEntry{}, err
	}
	return list[0], nil
}

func rawJSON(v sql.NullString) json.RawMessage {
	if !v.Valid {
		return nil
	}
	return json.RawMessage(v.String)
}
