package play

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFindToolsSaysToRunSetup(t *testing.T) {
	gone := `{"asterisk": {"argv": ["/gone/ld.so", "/gone/asterisk"], "modules": "/", "data": "/"}, "mariadb": {"argv": ["/bin/sh"], "share": "/"}}`
	borrowed := `{"asterisk": {"argv": ["/bin/sh"], "modules": "/", "data": "/"}, "mariadb": null}`
	for name, tc := range map[string]struct{ json, dsn, want string }{
		"never run":            {"", "", "is missing): run scripts/setup.sh test"},
		"torn":                 {"{", "", "is damaged, run scripts/setup.sh test"},
		"removed":              {gone, "", "is gone: run scripts/setup.sh test"},
		"no Asterisk":          {`{"mariadb": {"argv": ["/bin/sh"], "share": "/"}}`, "", "is gone: run scripts/setup.sh test"},
		"DSN no longer there":  {borrowed, "", "set TANDEM_MARIADB_DSN again"},
		"DSN":                  {borrowed, "u@unix(/s)/", ""},
		"Asterisk gone, a DSN": {gone, "u@unix(/s)/", "is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("TANDEM_CACHE", dir)
			t.Setenv("TANDEM_MARIADB_DSN", tc.dsn)
			if tc.json != "" {
				if err := os.WriteFile(filepath.Join(dir, "tools.json"), []byte(tc.json), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := FindTools()
			switch {
			case tc.want == "" && (err != nil || got.MariaDBDSN != tc.dsn):
				t.Errorf("got %+v, %v", got, err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestRootIsWhereGoModIs(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "scripts", "setup.sh")); err != nil {
		t.Error(err)
	}
	t.Chdir(t.TempDir())
	if _, err := Root(); err == nil {
		t.Error("found a repository outside of it")
	}
}

func TestLockIsExclusive(t *testing.T) {
	dir := t.TempDir()
	unlock, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(dir); !errors.Is(err, ErrInUse) {
		t.Errorf("locked twice: %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	unlock, err = Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
}

// tools returns what the set-up installed.
func tools(t *testing.T) Tools {
	t.Helper()
	found, err := FindTools()
	if err != nil {
		t.Fatal(err)
	}
	return found
}
