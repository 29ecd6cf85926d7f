package play

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Tools says where the programs of the play stack are. scripts/setup.sh finds
// or installs them and writes it as tools.json into the cache.
type Tools struct {
	Asterisk AsteriskTool `json:"asterisk"`
	// MariaDB is nil when set-up was told to use a running server.
	MariaDB *MariaDBTool `json:"mariadb"`
	// MariaDBDSN is TANDEM_MARIADB_DSN: a running server to use instead of
	// MariaDB, in the Go driver's form. Empty: a server of our own.
	MariaDBDSN string `json:"-"`
}

// AsteriskTool is an Asterisk that can be started.
type AsteriskTool struct {
	Version string   `json:"version"` // "22.10.1"
	Modules string   `json:"modules"` // its astmoddir
	Data    string   `json:"data"`    // its astdatadir: sounds/en, documentation
	Argv    []string `json:"argv"`    // the program, behind a loader where it needs one
}

// MariaDBTool is a mariadbd that can be started.
type MariaDBTool struct {
	Version string   `json:"version"` // "10.11.18"
	Share   string   `json:"share"`   // folder of the error messages, character sets and the system tables' SQL
	Argv    []string `json:"argv"`
	// Options are added to its command line after our own, and win over them.
	Options []string `json:"-"`
}

// FindTools reads what scripts/setup.sh left in CacheDir. The error says to run
// it when it has not run or what it installed is gone.
func FindTools() (Tools, error) {
	cache, err := CacheDir()
	if err != nil {
		return Tools{}, err
	}
	path := filepath.Join(cache, "tools.json")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Tools{}, fmt.Errorf("Asterisk and MariaDB are not set up (%s is missing): run scripts/setup.sh test", path)
	}
	if err != nil {
		return Tools{}, fmt.Errorf("find tools: %w", err)
	}
	var tools Tools
	if err := json.Unmarshal(text, &tools); err != nil {
		return Tools{}, fmt.Errorf("find tools: %s is damaged, run scripts/setup.sh test: %w", path, err)
	}
	tools.MariaDBDSN = os.Getenv("TANDEM_MARIADB_DSN")
	return tools, tools.check()
}

// check finds programs that were removed, and a cache that was moved, after the
// set-up: both are cured by running it again.
func (t Tools) check() error {
	needed := []string{t.Asterisk.Modules, t.Asterisk.Data}
	needed = append(needed, programs(t.Asterisk.Argv)...)
	switch {
	case t.MariaDBDSN != "":
	case t.MariaDB == nil:
		return errors.New("set-up was told to use a running MariaDB: set TANDEM_MARIADB_DSN again, or run scripts/setup.sh test without it")
	default:
		needed = append(needed, t.MariaDB.Share)
		needed = append(needed, programs(t.MariaDB.Argv)...)
	}
	for _, path := range needed {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("what was set up is gone: run scripts/setup.sh test: %w", err)
		}
	}
	return nil
}

// programs returns the first and the last word of a command: the loader and the program.
func programs(argv []string) []string {
	if len(argv) == 0 {
		return []string{"(no program)"}
	}
	return []string{argv[0], argv[len(argv)-1]}
}

// CacheDir returns TANDEM_CACHE or the repository's var/cache.
func CacheDir() (string, error) {
	if cache := os.Getenv("TANDEM_CACHE"); cache != "" {
		return filepath.Abs(cache)
	}
	root, err := Root()
	if err != nil {
		return "", err
	}
	return filepath.Join(root, "var", "cache"), nil
}

// Root returns the repository's top folder, looking upwards from the working directory.
func Root() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the repository: %w", err)
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(text), "module tandem\n") {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("%s is not inside the Tandem repository: change there, or set TANDEM_CACHE", start)
		}
	}
}
