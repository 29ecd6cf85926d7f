//go:build unix

package deck_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tandem/billing/deck"
)

// A pipe without a writer would wait for ever.
func TestOnlyFilesAreSheets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe, link, sheet := filepath.Join(dir, "pipe.csv"), filepath.Join(dir, "link.csv"), filepath.Join(dir, "acme.csv")
	check(t, syscall.Mkfifo(pipe, 0o600))
	check(t, os.Symlink(pipe, link))
	for path, what := range map[string]string{pipe: "a pipe", link: "a pipe", dir: "a directory", os.DevNull: "a device"} {
		if _, err := deck.ReadFile(t.Context(), path, deck.Options{}); err == nil || !strings.Contains(err.Error(), path+" is no file: "+what) {
			t.Errorf("%s: %v", path, err)
		}
	}
	check(t, os.WriteFile(sheet, []byte("Code,Rate\n44,0.01\n"), 0o600))
	check(t, os.Remove(link))
	check(t, os.Symlink(sheet, link))
	if s, err := deck.ReadFile(t.Context(), link, deck.Options{}); err != nil || s.Rates != 1 {
		t.Errorf("%v", err)
	}
}
