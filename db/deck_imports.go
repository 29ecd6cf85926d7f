package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tandem/routing"
)

// ImportState is where a rate sheet stands on its way to a draft.
type ImportState string

// The states of an import.
const (
	ImportUploading ImportState = "uploading" // the file is coming in
	ImportUploaded  ImportState = "uploaded"  // waits to be read
	ImportReading   ImportState = "reading"
	ImportReady     ImportState = "ready"   // read and compared; to be looked at
	ImportFailed    ImportState = "failed"  // cannot be read as it is, or could not be kept
	ImportKeeping   ImportState = "keeping" // becomes a draft
	ImportKept      ImportState = "kept"    // is one
)

// DeckImport is a rate sheet on its way to a draft.
type DeckImport struct {
	ID        int64
	Owner     DeckOwner
	State     ImportState
	File      string
	Bytes     int64
	Settings  []byte // JSON
	Result    []byte // JSON; empty: not read yet
	Preview   []byte // JSON; empty: none
	Error     string
	DeckID    int64 // 0: none was made of it
	Done      int64
	Total     int64
	AtWork    bool // somebody is at it just now
	Actor     Actor
	CreatedAt time.Time
	UpdatedAt time.Time
}

// ErrImportState says that an import does not stand where it would have to.
var ErrImportState = errors.New("not possible for this import")

// imports is the table as work.
func imports() workTable {
	return workTable{
		name: "deck_imports", next: `IF(state = 'uploaded', 'reading', state)`, waiting: `state IN ('uploaded', 'reading', 'keeping')`,
	}
}

const importQuery = `SELECT i.id, COALESCE(i.provider_id, 0), COALESCE(p.providername, ''), COALESCE(i.tariff_id, 0), COALESCE(t.name, ''),
	COALESCE(i.tier, ''), COALESCE(c.iso, ''), i.state, i.file, i.bytes, i.settings, %s, COALESCE(i.error, ''), COALESCE(i.deck_id, 0),
	i.done, i.total, i.lease_until > UTC_TIMESTAMP(3), i.actor, i.created_at, i.updated_at
	FROM deck_imports i LEFT JOIN providers p ON p.id = i.provider_id LEFT JOIN tariffs t ON t.id = i.tariff_id
	LEFT JOIN currency c ON c.id = COALESCE(p.currency_id, t.currency_id) `

// DeckImports lists imports, newest first, without what was read of them.
func (d *DB) DeckImports(ctx context.Context, before int64, limit int) ([]DeckImport, error) {
	rows, err := d.calls.QueryContext(ctx, fmt.Sprintf(importQuery, `'', ''`)+
		`WHERE i.state <> 'uploading' AND (? = 0 OR i.id < ?) ORDER BY i.id DESC LIMIT ?`, before, before, limit)
	if err != nil {
		return nil, wrap("list imports", err)
	}
	var list []DeckImport
	err = eachRow(rows, func(rows *sql.Rows) error {
		v, err := scanImport(rows.Scan)
		list = append(list, v)
		return err
	})
	return list, wrap("list imports", err)
}

// DeckImport is one import with all that is known of it.
func (d *DB) DeckImport(ctx context.Context, id int64) (DeckImport, error) {
	v, err := scanImport(d.calls.QueryRowContext(ctx, fmt.Sprintf(importQuery, `COALESCE(i.result, ''), COALESCE(i.preview, '')`)+`WHERE i.id = ?`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return DeckImport{}, fmt.Errorf("import %d: %w", id, ErrNotFound)
	}
	return v, wrap("read import", err)
}

func scanImport(scan func(...any) error) (v DeckImport, err error) {
	var tier, actor string
	if err := scan(&v.ID, &v.Owner.ProviderID, &v.Owner.Provider, &v.Owner.TariffID, &v.Owner.Tariff, &tier, &v.Owner.Currency, &v.State, &v.File,
		&v.Bytes, &v.Settings, &v.Result, &v.Preview, &v.Error, &v.DeckID, &v.Done, &v.Total, &v.AtWork, &actor, &v.CreatedAt, &v.UpdatedAt); err != nil {
		return DeckImport{}, err
	}
	if tier != "" {
		if v.Owner.Tier, err = routing.ParseTier(tier); err != nil {
			return DeckImport{}, err
		}
	}
	return v, json.Unmarshal([]byte(actor), &v.Actor)
}

// SetImport says how a sheet is to be read: it is read once more.
func (d *DB) SetImport(ctx context.Context, id int64, settings []byte) error {
	return d.moveImport(ctx, id, "correct", `state IN ('uploaded', 'reading', 'ready', 'failed')`,
		`state = 'uploaded', settings = ?, result = NULL, preview = NULL, error = NULL, done = 0, total = 0`, string(settings))
}

// KeepImport asks that a draft be made of a sheet that was read.
func (d *DB) KeepImport(ctx context.Context, id int64, settings []byte) error {
	actor, err := actorText(ctx)
	if err != nil {
		return err
	}
	return d.moveImport(ctx, id, "keep", `state = 'ready'`, `state = 'keeping', settings = ?, actor = ?, error = NULL, done = 0, total = 0`, string(settings), actor)
}

// moveImport takes an import away from whoever works on it.
func (d *DB) moveImport(ctx context.Context, id int64, action, from, set string, args ...any) error {
	err := inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		before, err := lockImport(ctx, tx, id)
		if err != nil {
			return err
		}
		n, err := affected(tx.ExecContext(ctx, `UPDATE deck_imports SET `+set+`, worker = '', lease_until = '2000-01-01', tries = 0, updated_at = UTC_TIMESTAMP(3)
			WHERE id = ? AND `+from, append(args, id)...))
		if err != nil {
			return err
		}
		if n == 0 {
			return importStands(ctx, tx, id)
		}
		return auditImport(ctx, tx, action, id, &before)
	})
	return wrap(fmt.Sprintf("import %d", id), err)
}

func importStands(ctx context.Context, tx *sql.Tx, id int64) error {
	var state string
	err := tx.QueryRowContext(ctx, `SELECT state FROM deck_imports WHERE id = ?`, id).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	if err == nil {
		err = fmt.Errorf("%w: it is %s", ErrImportState, state)
	}
	return err
}

// DeleteImport forgets an import and its file. Who reads it stops; one that
// becomes a draft just now is left alone.
func (d *DB) DeleteImport(ctx context.Context, id int64) error {
	return d.removeImport(ctx, id, `state <> 'keeping'`, true)
}

// removeImport removes an import that stands so, with its file. That somebody has
// deleted it is told; that it was forgotten is nobody's deed.
func (d *DB) removeImport(ctx context.Context, id int64, when string, told bool) error {
	err := inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		before, err := lockImport(ctx, tx, id)
		if err != nil {
			return err
		}
		var there int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM deck_imports WHERE id = ? AND `+when, id).Scan(&there); err != nil {
			return err
		}
		if there == 0 {
			return importStands(ctx, tx, id)
		}
		if told {
			if err := auditImport(ctx, tx, "delete", id, &before); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM deck_import_parts WHERE import_id = ?`, id); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM deck_imports WHERE id = ?`, id)
		return err
	})
	return wrap(fmt.Sprintf("delete import %d", id), err)
}

// TakeImport finds an import that has to be read or kept and that nobody works
// on.
func (d *DB) TakeImport(ctx context.Context) (Work, bool, error) { return d.takeWork(ctx, imports()) }

// TellImport says how far the work has come. ErrWorkLost: stop.
func (d *DB) TellImport(ctx context.Context, w Work, done, total int64) error {
	return d.tellWork(ctx, imports(), w, done, total)
}

// ReleaseImport lets others go on at once.
func (d *DB) ReleaseImport(ctx context.Context, w Work) error {
	return d.releaseWork(ctx, imports(), w)
}

// EndImport says what came of reading: a preview, or an error, or nothing but
// faults of the sheet. Keeping ends here only when it fails.
func (d *DB) EndImport(ctx context.Context, w Work, state ImportState, result, preview []byte, problem string) error {
	set, args := `error = NULLIF(?, '')`, []any{problem}
	if len(result) > 0 {
		set, args = set+`, result = ?, preview = NULLIF(?, '')`, append(args, string(result), string(preview))
	}
	return d.endWork(ctx, imports(), w, string(state), set, args...)
}

// importKept notes that a draft was made of an import, in the transaction that
// makes it one: there are never two of them.
func importKept(ctx context.Context, tx *sql.Tx, w Work, deck int64) error {
	if w.ID == 0 {
		return nil
	}
	n, err := affected(tx.ExecContext(ctx, `UPDATE deck_imports SET state = 'kept', deck_id = ?, worker = '', lease_until = '2000-01-01', error = NULL,
		updated_at = UTC_TIMESTAMP(3) WHERE id = ? AND worker = ? AND state = 'keeping'`, deck, w.ID, w.Worker))
	if err == nil && n == 0 {
		err = ErrWorkLost
	}
	return err
}

// Times of imports.
const (
	uploadHold = 10 * time.Minute    // an upload that is silent so long has died
	importKeep = 30 * 24 * time.Hour // since somebody last did something
)

// ForgetImports removes uploads that never ended, and what nobody has looked at
// for a month.
func (d *DB) ForgetImports(ctx context.Context) error {
	const old = `lease_until < UTC_TIMESTAMP(3) AND updated_at < UTC_TIMESTAMP(3) - INTERVAL IF(state = 'uploading', %d, %d) SECOND`
	when := fmt.Sprintf(old, int64(uploadHold.Seconds()), int64(importKeep.Seconds()))
	rows, err := d.calls.QueryContext(ctx, `SELECT id FROM deck_imports WHERE `+when)
	if err != nil {
		return wrap("forget imports", err)
	}
	var ids []int64
	if err := eachRow(rows, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}); err != nil {
		return wrap("forget imports", err)
	}
	for _, id := range ids {
		if err := d.removeImport(ctx, id, when, false); err != nil && !errors.Is(err, ErrImportState) && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}
