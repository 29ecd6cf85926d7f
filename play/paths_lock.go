package play

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// maxSocketPath is the longest path a unix socket can have: sun_path of
// unix(7) with its final NUL. MariaDB refuses a longer one; Asterisk cuts it off.
const maxSocketPath = 107

// ErrInUse is returned by Lock when another process holds the folder.
var ErrInUse = errors.New("in use by another process")

// Lock makes the folder ours until unlock is called or this process dies. It
// does not wait: a folder that is taken gives ErrInUse.
func Lock(dir string) (unlock func() error, err error) {
	path := filepath.Join(dir, "lock")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	// The lock belongs to the open file, which no child inherits.
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrInUse
		}
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	return file.Close, nil
}

// socketPath returns where to put a unix socket: in dir, or where that path is
// too long in a short folder of its own, which remove takes away.
func socketPath(dir, name string) (path string, remove func() error, err error) {
	path = filepath.Join(dir, name)
	if len(path) <= maxSocketPath {
		return path, func() error { return nil }, nil
	}
	short, err := os.MkdirTemp("", "tandem-")
	if err != nil {
		return "", nil, err
	}
	return filepath.Join(short, name), func() error { return os.RemoveAll(short) }, nil
}
