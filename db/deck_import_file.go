package db

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
)

// importPart is how much of a file one row has: less than every
// max_allowed_packet.
const importPart = 512 << 10

// Upload takes in a file for an import and returns its id once all of it is
// there. What breaks off leaves nothing.
func (d *DB) Upload(ctx context.Context, owner DeckOwner, name string, settings []byte, file io.Reader) (id int64, err error) {
	actor, err := actorText(ctx)
	if err != nil {
		return 0, err
	}
	keys := owner.keys()
	result, err := d.calls.ExecContext(ctx, `INSERT INTO deck_imports (provider_id, tariff_id, tier, state, file, settings, actor, created_at, updated_at)
		VALUES (?, ?, ?, 'uploading', ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`, append(keys, cut(name), string(settings), actor)...)
	if err == nil {
		id, err = result.LastInsertId()
	}
	if err != nil {
		return 0, wrap("new import", err)
	}
	if err := d.fillImport(ctx, id, file); err != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), queryTimeout)
		defer cancel()
		return 0, errors.Join(err, d.removeImport(ctx, id, `state = 'uploading'`, false))
	}
	return id, nil
}

func (d *DB) fillImport(ctx context.Context, id int64, file io.Reader) error {
	parts := &partWriter{ctx: ctx, db: d, id: id}
	packed := gzip.NewWriter(parts)
	size, err := io.Copy(packed, file)
	if err == nil {
		err = packed.Close()
	}
	if err == nil {
		err = parts.flush()
	}
	if err != nil {
		return err
	}
	return wrap("end upload", inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE deck_imports SET state = 'uploaded', bytes = ?, updated_at = UTC_TIMESTAMP(3) WHERE id = ?`, size, id); err != nil {
			return err
		}
		return auditImport(ctx, tx, "upload", id, nil)
	}))
}

// partWriter writes a stream as rows.
type partWriter struct {
	ctx  context.Context
	db   *DB
	id   int64
	n    int
	full bytes.Buffer
}

// Write never keeps more than a part.
func (w *partWriter) Write(b []byte) (int, error) {
	written := len(b)
	for len(b) > 0 {
		piece := b[:min(len(b), importPart-w.full.Len())]
		w.full.Write(piece)
		b = b[len(piece):]
		if w.full.Len() == importPart {
			if err := w.flush(); err != nil {
				return 0, err
			}
		}
	}
	return written, nil
}

func (w *partWriter) flush() error {
	if w.full.Len() == 0 {
		return nil
	}
	err := inTx(w.ctx, w.db.calls, nil, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(w.ctx, `INSERT INTO deck_import_parts (import_id, n, content) VALUES (?, ?, ?)`, w.id, w.n, w.full.Bytes()); err != nil {
			return err
		}
		_, err := tx.ExecContext(w.ctx, `UPDATE deck_imports SET updated_at = UTC_TIMESTAMP(3) WHERE id = ?`, w.id)
		return err
	})
	w.n++
	w.full.Reset()
	return wrap("upload", err)
}

// ImportFile writes the file of an import as it was.
func (d *DB) ImportFile(ctx context.Context, id int64, to io.Writer) error {
	parts := &partReader{ctx: ctx, db: d, id: id}
	packed, err := gzip.NewReader(parts)
	if err != nil {
		return fmt.Errorf("file of import %d: %w", id, err)
	}
	// What it unpacks to was bounded when it came in.
	if _, err := io.Copy(to, packed); err != nil { //nolint:gosec // G110: our own rows
		return fmt.Errorf("file of import %d: %w", id, err)
	}
	return nil
}

// partReader reads rows as a stream.
type partReader struct {
	ctx  context.Context
	db   *DB
	id   int64
	n    int
	rest []byte
}

// Read reads a part at a time.
func (r *partReader) Read(b []byte) (int, error) {
	if len(r.rest) == 0 {
		err := r.db.calls.QueryRowContext(r.ctx, `SELECT content FROM deck_import_parts WHERE import_id = ? AND n = ?`, r.id, r.n).Scan(&r.rest)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, io.EOF
		}
		if err != nil {
			return 0, wrap("read upload", err)
		}
		r.n++
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
