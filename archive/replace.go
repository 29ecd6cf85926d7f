package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// newFolder is where archives are written, in the folder of archives: one has the
	// name of its month when it is whole and verified, never before.
	newFolder = ".new"
	oldSuffix = ".old-"
)

// writeAnew writes the archive of a month beside the one that is there, reads it
// back, and puts it in its place.
func (k Keeper) writeAnew(ctx context.Context, month int) (Manifest, error) {
	aside := k
	aside.Dir = filepath.Join(k.Dir, newFolder)
	if err := os.RemoveAll(folder(aside.Dir, month)); err != nil { // of a run that died
		return Manifest{}, fmt.Errorf("archive: %w", err)
	}
	if m, err := aside.write(ctx, month); err != nil {
		return m, err
	}
	k.tell("verifying "+MonthName(month), 0)
	m, err := Verify(ctx, aside.Dir, month)
	if err == nil {
		err = k.replace(month)
	}
	return m, err
}

// replace puts a new archive in its place. The one that was there is kept under
// another name: it may be the only one of a database that is not this one.
func (k Keeper) replace(month int) error {
	name, fresh := folder(k.Dir, month), filepath.Join(k.Dir, newFolder)
	err := os.Rename(name, name+oldSuffix+time.Now().UTC().Format("20060102T150405.000Z"))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err == nil {
		k.tell("replacing "+MonthName(month), 0)
		err = os.Rename(folder(fresh, month), name)
	}
	if err == nil {
		err = errors.Join(syncFolder(k.Dir), syncFolder(fresh))
	}
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	_ = os.Remove(fresh) // stays while it has other months
	return nil
}

// recoverOld sees to runs that died within replace: there is a new archive without
// its name, and the old one has lost its. The old one is put back; whether it is
// to be replaced is for the next try to say, which compares it with the records.
func (k Keeper) recoverOld() error {
	if k.Dir == "" {
		return nil
	}
	fresh := filepath.Join(k.Dir, newFolder)
	entries, err := os.ReadDir(fresh)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	errs := []error{err}
	for _, e := range entries {
		month, err := ParseMonth(e.Name())
		if err != nil {
			continue
		}
		if _, err := ReadManifest(fresh, month); err == nil { // else it died before
			errs = append(errs, k.putOldBack(month))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return nil
}

// putOldBack gives the last archive of a month its name again, unless there is one
// of that name.
func (k Keeper) putOldBack(month int) error {
	name := folder(k.Dir, month)
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	entries, err := os.ReadDir(k.Dir) // in the order of their names
	if err != nil {
		return err
	}
	last := ""
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), MonthName(month)+oldSuffix) {
			if _, err := os.Stat(filepath.Join(k.Dir, e.Name(), manifestFile)); err == nil {
				last = e.Name()
			}
		}
	}
	if last == "" {
		return nil
	}
	if err := os.Rename(filepath.Join(k.Dir, last), name); err != nil {
		return err
	}
	return syncFolder(k.Dir)
}
