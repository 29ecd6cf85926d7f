package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tandem/play"
)

// withoutMain makes the test binary run without dbtest.Main, see TestMainIsNeeded.
const withoutMain = "TANDEM_TEST_WITHOUT_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(withoutMain) != "" {
		os.Exit(m.Run())
	}
	goleak.VerifyTestMain(Main(m))
}

func TestEachTestHasAnEmptyDatabase(t *testing.T) {
	for range 2 {
		t.Run("same table", func(t *testing.T) {
			t.Parallel()
			if _, err := Open(t).ExecContext(t.Context(), "CREATE TABLE t (n INT)"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDatabaseIsDroppedWithItsTest(t *testing.T) {
	outer := Open(t)
	var name string
	t.Run("inner", func(t *testing.T) {
		if err := Open(t).QueryRowContext(t.Context(), "SELECT DATABASE()").Scan(&name); err != nil {
			t.Fatal(err)
		}
	})
	var found string
	err := outer.QueryRowContext(t.Context(),
		"SELECT schema_name FROM information_schema.schemata WHERE schema_name = ?", name).Scan(&found)
	if !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("%q is still there: %v", name, err)
	}
}

func TestMainIsNeeded(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestEachTestHasAnEmptyDatabase$")
	cmd.Env = append(os.Environ(), withoutMain+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "does not run dbtest.Main") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestSweepTakesOnlyWhatNobodyOwns(t *testing.T) {
	temp := t.TempDir()
	long := time.Now().Add(-time.Hour)
	folder := func(name string, made time.Time) string {
		dir := filepath.Join(temp, name)
		if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(dir, made, made); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	orphan := folder(folderPrefix+"1", long)
	young := folder(folderPrefix+"2", time.Now())
	owned := folder(folderPrefix+"3", time.Now())
	foreign := folder("something-else", long)
	unlock, err := play.Lock(owned)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unlock(); err != nil {
			t.Error(err)
		}
	}()
	if err := os.Chtimes(owned, long, long); err != nil {
		t.Fatal(err)
	}

	if err := sweep(temp); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(orphan); err == nil {
		t.Error("the orphan is still there")
	}
	for _, dir := range []string{young, owned, foreign} {
		if _, err := os.Stat(dir); err != nil {
			t.Error(err)
		}
	}
}

func BenchmarkDatabase(b *testing.B) {
	m, err := server.get(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		name, err := m.CreateDatabase(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if err := m.DropDatabase(context.WithoutCancel(b.Context()), name); err != nil {
			b.Fatal(err)
		}
	}
}
