package dbtest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"tandem/play"
)

const (
	folderPrefix = "tandem-dbtest-"
	// settled is the age from which a folder without a lock has no owner: a new
	// one is locked within milliseconds.
	settled = time.Minute
)

// sweep removes the folders of test binaries that were killed or ran into their
// time limit: the kernel ended their servers, nobody removed the files.
func sweep(temp string) error {
	entries, err := os.ReadDir(temp)
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), folderPrefix) || !entry.IsDir() {
			continue
		}
		info, err := entry.Info()
		if err != nil || !ours(info) || time.Since(info.ModTime()) < settled {
			continue // somebody else's, or just being made or removed
		}
		dir := filepath.Join(temp, entry.Name())
		unlock, err := play.Lock(dir)
		if errors.Is(err, play.ErrInUse) {
			continue
		}
		if err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
		if err := errors.Join(os.RemoveAll(dir), unlock()); err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
	}
	return nil
}

// ours tells whether a folder of the shared temporary directory was made by this user.
func ours(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid()
}
