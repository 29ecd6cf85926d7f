package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

// writer writes the file of a table.
type writer struct {
	table   Table
	file    *file
	packed  hash.Hash // of the file
	size    *counter
	content hash.Hash // of what is in it
	zip     *zstd.Encoder
	line    []byte
}

// counter counts bytes.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

func newWriter(dir string, month int, table string, columns []Column) (*writer, error) {
	w := &writer{
		table:  Table{Name: table, File: fileName(table), Columns: columns},
		packed: sha256.New(), size: &counter{}, content: sha256.New(),
	}
	var err error
	if w.file, err = createFile(filepath.Join(folder(dir, month), w.table.File)); err != nil {
		return nil, err
	}
	w.zip, err = zstd.NewWriter(io.MultiWriter(w.file, w.packed, w.size), zstd.WithEncoderConcurrency(1))
	if err != nil {
		w.file.abort()
		return nil, fmt.Errorf("archive: %w", err)
	}
	return w, nil
}

// row adds a row.
func (w *writer) row(values [][]byte) (err error) {
	if w.line, err = appendLine(w.line[:0], w.table.Columns, values); err != nil {
		return err
	}
	w.table.Rows++
	w.content.Write(w.line) // never fails
	_, err = w.zip.Write(w.line)
	return err
}

// finish makes the file durable and tells what is in it.
func (w *writer) finish() (Table, error) {
	if err := w.zip.Close(); err != nil {
		return Table{}, fmt.Errorf("archive: %w", err)
	}
	w.table.Bytes = w.size.n
	w.table.SHA256, w.table.Content = hex.EncodeToString(w.packed.Sum(nil)), hex.EncodeToString(w.content.Sum(nil))
	return w.table, w.file.finish()
}

// abort forgets what was not finished.
func (w *writer) abort() {
	_ = errors.Join(w.zip.Close()) // into a file that goes
	w.file.abort()
}

// digest is the content of a table without writing it.
type digest struct {
	columns []Column
	hash    hash.Hash
	rows    int64
	line    []byte
}

func newDigest(columns []Column) *digest { return &digest{columns: columns, hash: sha256.New()} }

func (d *digest) row(values [][]byte) (err error) {
	if d.line, err = appendLine(d.line[:0], d.columns, values); err != nil {
		return err
	}
	d.rows++
	d.hash.Write(d.line) // never fails
	return nil
}

// is says whether the rows were those of the archive.
func (d *digest) is(t Table) bool {
	return d.rows == t.Rows && hex.EncodeToString(d.hash.Sum(nil)) == t.Content
}
