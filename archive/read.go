package archive

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

const (
	// maxLine bounds a line: the largest columns of a call hold some tens of
	// kilobytes, terms at most some megabytes.
	maxLine = 64 << 20
	// maxWindow bounds the memory that a file may ask for.
	maxWindow = 64 << 20
)

// Verify reads the archive of a month to its end and says whether it is what was
// written. ErrNone: there is none; ErrDamaged: it is not.
func Verify(ctx context.Context, dir string, month int) (Manifest, error) {
	m, err := ReadManifest(dir, month)
	if err != nil {
		return m, err
	}
	for _, t := range m.Tables {
		if err := Rows(ctx, dir, month, t, func([]any) error { return nil }); err != nil {
			return m, err
		}
	}
	return m, nil
}

// Rows gives the rows of a table: a value a column, nil for NULL. Whether they are
// those that were written is known at the end only: ErrDamaged.
func Rows(ctx context.Context, dir string, month int, t Table, one func(values []any) error) error {
	name := filepath.Join(folder(dir, month), t.File)
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	defer f.Close()
	r := reader{table: t, packed: sha256.New(), content: sha256.New()}
	if err := r.read(ctx, f, one); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// reader reads the file of a table.
type reader struct {
	table           Table
	packed, content hash.Hash
	rows            int64
}

func (r *reader) read(ctx context.Context, f io.Reader, one func(values []any) error) error {
	file := io.TeeReader(f, r.packed)
	zip, err := zstd.NewReader(file, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer zip.Close()
	lines := bufio.NewScanner(zip)
	lines.Buffer(make([]byte, 0, 1<<20), maxLine)
	lines.Split(wholeLines)
	for lines.Scan() {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.content.Write(lines.Bytes()) // never fails
		r.rows++
		values, err := parseLine(lines.Bytes(), r.table.Columns)
		if err != nil {
			return fmt.Errorf("line %d: %w: %w", r.rows, ErrDamaged, err)
		}
		if err := one(values); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("after line %d: %w: %w", r.rows, ErrDamaged, err)
	}
	if _, err := io.Copy(io.Discard, file); err != nil {
		return err
	}
	return r.compare()
}

func (r *reader) compare() error {
	switch {
	case hex.EncodeToString(r.packed.Sum(nil)) != r.table.SHA256:
		return fmt.Errorf("%w: its SHA-256 is another", ErrDamaged)
	case r.rows != r.table.Rows || hex.EncodeToString(r.content.Sum(nil)) != r.table.Content:
		return fmt.Errorf("%w: %d rows, the manifest tells of %d", ErrDamaged, r.rows, r.table.Rows)
	}
	return nil
}

// wholeLines splits after each newline; text without one at the end is an error.
func wholeLines(data []byte, atEOF bool) (advance int, token []byte, err error) {
	advance, token, err = bufio.ScanLines(data, false)
	if advance == 0 && atEOF && len(data) > 0 {
		return 0, nil, errors.New("the last line has no end")
	}
	if advance > 0 {
		token = data[:advance]
	}
	return advance, token, err
}
