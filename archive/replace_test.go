package archive_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"tandem/archive"
)

// grown is the shelf with a row that is newer than its archive.
func grown() *shelf {
	s := full()
	s.rows["calls"] = append(s.rows["calls"], row("a-1.2", "1", "NULL", "NULL", "NULL"))
	return s
}

// names are those of a folder.
func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// Environment of a run that is killed: its folder, and what it is killed at.
const (
	killedDir = "TANDEM_TEST_ARCHIVE"
	killedAt  = "TANDEM_TEST_ARCHIVE_KILLED_AT"
)

// TestRunThatIsKilled is what TestReplacementMayBeKilled starts.
func TestRunThatIsKilled(t *testing.T) {
	dir := os.Getenv(killedDir)
	if dir == "" {
		t.Skip("it is started by another test")
	}
	k := archive.Keeper{Store: grown(), Dir: dir, Progress: func(what string, _ int64) {
		if what == os.Getenv(killedAt) {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}}
	_, err := k.Archive(t.Context(), 202603)
	t.Fatalf("it came to its end: %v", err)
}

// killed runs a replacement in a process of its own that is killed there.
func killed(t *testing.T, dir, at string) {
	t.Helper()
	run := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestRunThatIsKilled$")
	run.Env = append(os.Environ(), killedDir+"="+dir, killedAt+"="+at)
	out, err := run.CombinedOutput()
	status, ok := run.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("%v\n%s", err, out)
	}
}

const olderName = "2026-03.old-20260801T040000.000Z"

// older gives a folder an archive that was replaced before: one of a single row.
func older(t *testing.T, dir string) {
	t.Helper()
	s := full()
	s.rows["calls"] = s.rows["calls"][:1]
	if err := os.CopyFS(filepath.Join(dir, olderName), os.DirFS(filepath.Join(write(t, s).Dir, "2026-03"))); err != nil {
		t.Fatal(err)
	}
}

// Wherever a run is killed that replaces an archive, the old one has its name after
// Recover, and the next run replaces it.
func TestReplacementMayBeKilled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at    string
		named bool
	}{
		{"writing calls", true},
		{"verifying 2026-03", true},
		{"replacing 2026-03", false}, // between the two renames
	} {
		t.Run(c.at, func(t *testing.T) {
			t.Parallel()
			k := write(t, full())
			older(t, k.Dir)
			killed(t, k.Dir, c.at)
			list := names(t, k.Dir)
			if slices.Contains(list, "2026-03") != c.named || !slices.Contains(list, ".new") {
				t.Errorf("left: %q", list)
			}
			if err := k.Recover(t.Context()); err != nil {
				t.Fatal(err)
			}
			if m, err := archive.Verify(t.Context(), k.Dir, 202603); err != nil || m.Tables[0].Rows != 3 {
				t.Fatalf("the old archive: %+v, %v", m, err)
			}
			if list := names(t, k.Dir); !slices.Equal(list, []string{".new", "2026-03", olderName}) {
				t.Errorf("after Recover: %q", list)
			}
			k.Store = grown()
			if m, err := k.Archive(t.Context(), 202603); err != nil || m.Tables[0].Rows != 4 {
				t.Fatalf("the next run: %+v, %v", m, err)
			}
			if list := names(t, k.Dir); len(list) != 3 || list[0] != "2026-03" || list[1] != olderName {
				t.Errorf("after the next run: %q", list)
			}
			if again, err := archive.Verify(t.Context(), k.Dir, 202603); err != nil || again.Tables[0].Rows != 4 {
				t.Errorf("%+v, %v", again, err)
			}
		})
	}
}

// What is not left by a run that died stays as it is.
func TestRecoverTouchesNothingElse(t *testing.T) {
	t.Parallel()
	k := write(t, full())
	old := filepath.Join(k.Dir, olderName)
	if err := os.Rename(filepath.Join(k.Dir, "2026-03"), old); err != nil { // by hand
		t.Fatal(err)
	}
	for _, half := range []string{"2026-03", "notes"} {
		if err := os.MkdirAll(filepath.Join(k.Dir, ".new", half), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	if list := names(t, k.Dir); !slices.Equal(list, []string{".new", filepath.Base(old)}) {
		t.Errorf("%q", list)
	}
	for _, dir := range []string{"", filepath.Join(k.Dir, "none")} {
		k.Dir = dir
		if err := k.Recover(t.Context()); err != nil {
			t.Errorf("folder %q: %v", dir, err)
		}
	}
}

// A run that left half an archive by an older way of writing is no hindrance.
func TestHalfAnArchiveIsReplaced(t *testing.T) {
	t.Parallel()
	k := write(t, full())
	if err := os.Remove(filepath.Join(k.Dir, "2026-03", "manifest.json")); err != nil {
		t.Fatal(err)
	}
	if m, err := k.Archive(t.Context(), 202603); err != nil || m.Tables[0].Rows != 3 {
		t.Fatalf("%+v, %v", m, err)
	}
	if list := names(t, k.Dir); len(list) != 2 || list[0] != "2026-03" {
		t.Errorf("%q", list)
	}
}

// torn is the shelf with its attempts set aside, which nobody can see to.
type torn struct{ *shelf }

func (torn) AllAside(context.Context) ([]archive.Part, error) {
	return []archive.Part{{Table: "attempts", Month: 202603, Aside: true}}, nil
}

// What is in the tables of a month is not all of it while a part is aside: that is
// no archive, and none is replaced by it.
func TestTornMonthIsNotArchived(t *testing.T) {
	t.Parallel()
	k := write(t, full())
	k.Store = torn{grown()}
	for _, dir := range []string{k.Dir, t.TempDir()} {
		k.Dir = dir
		before := names(t, dir)
		if _, err := k.Archive(t.Context(), 202603); !errors.Is(err, archive.ErrAside) {
			t.Errorf("archived: %v", err)
		}
		if after := names(t, dir); !slices.Equal(before, after) {
			t.Errorf("%q became %q", before, after)
		}
	}
}
