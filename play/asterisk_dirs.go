package play

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// writtenDirectories are the settings of asterisk.conf that name folders
// Asterisk writes to. Whichever is missing falls back to a folder of the
// system, which several instances would share.
func writtenDirectories() []string {
	return []string{"astvarlibdir", "astdbdir", "astkeydir", "astspooldir", "astrundir", "astlogdir"}
}

// readDirectories reads the section [directories] of an asterisk.conf.
func readDirectories(path string) (map[string]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()

	dirs := make(map[string]string)
	section := ""
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), ";")
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			section, _, _ = strings.Cut(line[1:], "]") // "[directories](!)" too
			continue
		}
		key, value, found := strings.Cut(line, "=")
		if found && section == "directories" {
			// Both "=" and "=>" are Asterisk's.
			dirs[strings.TrimSpace(key)] = strings.TrimSpace(strings.TrimPrefix(value, ">"))
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return dirs, nil
}

// makeDirectories creates the folders Asterisk writes to. It refuses a
// configuration that would share some of them with another instance.
func (a *Asterisk) makeDirectories() error {
	if etc := a.dirs["astetcdir"]; filepath.Clean(etc) != filepath.Dir(a.config()) {
		return fmt.Errorf("%s: astetcdir is %q, not its own folder", a.config(), etc)
	}
	for _, key := range writtenDirectories() {
		dir := a.dirs[key]
		inside, err := filepath.Rel(a.dir, dir)
		if err != nil || !filepath.IsLocal(inside) {
			return fmt.Errorf("%s: %s is %q, not inside %s", a.config(), key, dir, a.dir)
		}
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return err
		}
	}
	// Asterisk looks for keys in a folder of this folder, and complains without one.
	if err := os.MkdirAll(filepath.Join(a.dirs["astkeydir"], "keys"), 0o750); err != nil {
		return err
	}
	// Without the folder every record is lost with an error in the log.
	for _, name := range []string{"cdr-custom", "cdr-csv"} {
		if err := os.MkdirAll(filepath.Join(a.dirs["astlogdir"], name), 0o750); err != nil {
			return err
		}
	}
	// res_crypto looks for keys one folder below astkeydir and complains without.
	if err := os.MkdirAll(filepath.Join(a.dirs["astkeydir"], "keys"), 0o750); err != nil {
		return err
	}
	if socket := a.ControlSocket(); len(socket) > maxSocketPath {
		return fmt.Errorf("%s is %d characters long, a unix socket's path may have %d: use a folder with a shorter path",
			socket, len(socket), maxSocketPath)
	}
	return nil
}
