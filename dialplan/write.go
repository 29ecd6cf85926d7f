package dialplan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Create makes the directories that Asterisk writes to, its records' included.
// Modules and Data belong to Asterisk's own installation and must exist.
func (d Dirs) Create() error {
	for _, dir := range []string{d.Etc, d.AGI, d.VarLib, d.DB, d.Spool, d.Cache, d.Run, d.Log, d.cdrDir()} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return fmt.Errorf("dialplan: create directories: %w", err)
		}
	}
	if err := os.MkdirAll(d.keyDir(), 0o700); err != nil {
		return fmt.Errorf("dialplan: create directories: %w", err)
	}
	return nil
}

// Write puts files into dir, which is made if need be. A reader sees the old or
// the new content of a file, never half of one. Files that an earlier rendering
// left behind are removed, known by our first line; all others are left alone.
func Write(files Files, dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("dialplan: write: %w", err)
	}
	keep := map[string]bool{}
	for _, f := range files {
		if f.Name == "" || f.Name != filepath.Base(f.Name) {
			return fmt.Errorf("dialplan: write: %q is not a plain file name", f.Name)
		}
		keep[f.Name] = true
		if err := writeFile(f, dir); err != nil {
			return fmt.Errorf("dialplan: write %s: %w", f.Name, err)
		}
	}
	if err := removeStale(dir, keep); err != nil {
		return fmt.Errorf("dialplan: remove stale files: %w", err)
	}
	return nil
}

// writeFile replaces one file by rename. CreateTemp gives it mode 0600, so that
// a secret is never readable by others, not even for a moment.
func writeFile(f File, dir string) (err error) {
	tmp, err := os.CreateTemp(dir, "."+f.Name+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	_, err = tmp.Write(f.Body)
	err = errors.Join(err, tmp.Chmod(f.Mode), tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), filepath.Join(dir, f.Name))
}

func removeStale(dir string, keep map[string]bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !strings.HasSuffix(e.Name(), ".conf") || keep[e.Name()] {
			continue
		}
		file := filepath.Join(dir, e.Name())
		ours, err := hasHeader(file)
		if err != nil {
			return err
		}
		if !ours {
			continue
		}
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func hasHeader(file string) (bool, error) {
	f, err := os.Open(file)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, len(header))
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	return bytes.Equal(head[:n], []byte(header)), nil
}
