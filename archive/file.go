package archive

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// file is a file that gets its name when it is whole.
type file struct {
	*os.File

	name string
	over bool
}

// createFile begins a file; its folder is made.
func createFile(name string) (*file, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	f, err := os.OpenFile(name+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	return &file{File: f, name: name}, nil
}

// finish makes the file durable under its name.
func (f *file) finish() error {
	f.over = true
	err := errors.Join(f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.name+".new", f.name)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(f.name))
	}
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return nil
}

// abort forgets a file that was not finished.
func (f *file) abort() {
	if f.over {
		return
	}
	f.over = true
	_ = f.Close() // it is thrown away
	_ = os.Remove(f.name + ".new")
}

// syncFolder makes a renaming durable.
func syncFolder(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
