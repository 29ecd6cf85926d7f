package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// An export takes the place of files only; through a link it writes the file
// behind it.
func TestExportWritesOverFilesOnly(t *testing.T) {
	config := seededOffice(t)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(
		os.Mkdir(at("folder"), 0o700), syscall.Mkfifo(at("pipe"), 0o600), os.WriteFile(at("old.csv"), []byte("old"), 0o600),
		os.Symlink(at("folder"), at("to-folder")), os.Symlink(at("pipe"), at("to-pipe")), os.Symlink(at("nothing"), at("to-nothing")), os.Symlink(at("old.csv"), at("to-old.csv")),
	); err != nil {
		t.Fatal(err)
	}
	refused := map[string]string{
		"folder": "is a directory", "pipe": "is a pipe", "to-folder": "is a directory", "to-pipe": "is a pipe", "to-nothing": "is a link to nothing",
	}
	// A device of the test's own: if this fails, one of the machine's would be lost.
	const null = 1<<8 | 3
	if err := syscall.Mknod(at("device"), syscall.S_IFCHR|0o600, null); err == nil {
		refused["device"] = "is a device"
	}
	for name, says := range refused {
		before, err := os.Lstat(at(name))
		if err != nil {
			t.Fatal(err)
		}
		_, err = say(t, config, "deck", "export", "4", "--out", at(name), "--force")
		if err == nil || !strings.Contains(err.Error(), "--out "+at(name)+": "+says) {
			t.Errorf("%s: %v", name, err)
		}
		if after, err := os.Lstat(at(name)); err != nil || after.Mode() != before.Mode() {
			t.Errorf("%s is not what it was: %v", name, err)
		}
	}
	if _, err := say(t, config, "deck", "export", "4", "--out", at("to-old.csv")); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Errorf("written over without --force: %v", err)
	}
	must(t, config, "deck", "export", "4", "--out", at("to-old.csv"), "--force")
	written, err := os.ReadFile(at("old.csv"))
	if err != nil || string(written) != must(t, config, "deck", "export", "4") {
		t.Errorf("%q, %v", written, err)
	}
	if info, err := os.Lstat(at("to-old.csv")); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v", err)
	}
	if left, err := filepath.Glob(at(".tandem-export-*")); err != nil || left != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
