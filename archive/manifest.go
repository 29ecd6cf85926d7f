package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Format is the version of the form of archives.
const Format = 1

const manifestFile = "manifest.json"

// Errors of archives.
var (
	// ErrNone: there is no archive of that month, or it was never finished.
	ErrNone = errors.New("there is no such archive")
	// ErrDamaged: what is in the files is not what was written.
	ErrDamaged = errors.New("the archive is damaged")
)

// Manifest describes the archive of a month.
type Manifest struct {
	Format  int       `json:"format"`
	Month   string    `json:"month"`   // 2026-03
	Schema  int64     `json:"schema"`  // last step of the schema that the rows are of
	Program string    `json:"program"` // version of the Tandem that wrote it
	MadeAt  time.Time `json:"made_at"`
	Tables  []Table   `json:"tables"`
}

// Table is one file of an archive.
type Table struct {
	Name    string   `json:"name"`
	File    string   `json:"file"`
	Rows    int64    `json:"rows"`
	Bytes   int64    `json:"bytes"`   // of the file
	SHA256  string   `json:"sha256"`  // of the file
	Content string   `json:"content"` // SHA-256 of what is compressed in it
	Columns []Column `json:"columns"`
}

// Column is a column of a table and the form of its values.
type Column struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
}

// Kind is a form of values.
type Kind string

// The forms of values.
const (
	Integer Kind = "integer" // a JSON number
	Text    Kind = "text"    // a JSON string; also decimals, exactly as MariaDB prints them
	Time    Kind = "time"    // RFC 3339, UTC
	Binary  Kind = "binary"  // base64
)

// MonthName is the name of a month such as 202603: 2026-03.
func MonthName(month int) string { return fmt.Sprintf("%04d-%02d", month/100, month%100) }

// ParseMonth reads a name as MonthName writes it.
func ParseMonth(name string) (int, error) {
	at, err := time.Parse("2006-01", name)
	if err != nil {
		return 0, fmt.Errorf("month %q: want a year and a month, such as 2026-03", name)
	}
	return at.Year()*100 + int(at.Month()), nil
}

// folder is where the archive of a month is.
func folder(dir string, month int) string { return filepath.Join(dir, MonthName(month)) }

// ReadManifest reads the manifest of a month. ErrNone: there is none. ErrDamaged:
// it cannot be right.
func ReadManifest(dir string, month int) (Manifest, error) {
	name := filepath.Join(folder(dir, month), manifestFile)
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, fmt.Errorf("%s in %s: %w", MonthName(month), dir, ErrNone)
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("archive: %w", err)
	}
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return Manifest{}, fmt.Errorf("%s: %w: %w", name, ErrDamaged, err)
	}
	return m, m.validate(name, month)
}

func (m Manifest) validate(name string, month int) error {
	switch {
	case m.Format != Format:
		return fmt.Errorf("%s: format %d: this program knows %d", name, m.Format, Format)
	case m.Month != MonthName(month):
		return fmt.Errorf("%s: %w: it is of %q", name, ErrDamaged, m.Month)
	}
	for _, table := range []string{"calls", "attempts"} {
		if _, is := m.Table(table); !is {
			return fmt.Errorf("%s: %w: it has no %s", name, ErrDamaged, table)
		}
	}
	if len(m.Tables) != 2 {
		return fmt.Errorf("%s: %w: it has %s; want calls and attempts", name, ErrDamaged, tableNames(m.Tables))
	}
	word := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	for _, t := range m.Tables {
		if !word.MatchString(t.Name) || t.File != fileName(t.Name) || len(t.Columns) == 0 {
			return fmt.Errorf("%s: %w: table %q, file %q", name, ErrDamaged, t.Name, t.File)
		}
		for _, c := range t.Columns { // they become SQL
			if !word.MatchString(c.Name) {
				return fmt.Errorf("%s: %w: column %q", name, ErrDamaged, c.Name)
			}
		}
	}
	return nil
}

// Table finds a table.
func (m Manifest) Table(name string) (Table, bool) {
	for _, t := range m.Tables {
		if t.Name == name {
			return t, true
		}
	}
	return Table{}, false
}

// List reads the manifests of all months, the oldest first. One that cannot be read
// is told in err beside the others.
func List(dir string) (list []Manifest, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	var errs []error
	for _, e := range entries {
		month, err := ParseMonth(e.Name())
		if err != nil || !e.IsDir() {
			continue
		}
		m, err := ReadManifest(dir, month)
		if errors.Is(err, ErrNone) {
			continue
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		list = append(list, m)
	}
	return list, errors.Join(errs...)
}

// write writes the manifest: from then on the archive is one.
func (m Manifest) write(dir string, month int) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	f, err := createFile(filepath.Join(folder(dir, month), manifestFile))
	if err != nil {
		return err
	}
	defer f.abort()
	if _, err := f.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return f.finish()
}

func fileName(table string) string { return table + ".ndjson.zst" }

// tableNames joins names for people.
func tableNames(list []Table) string {
	names := make([]string, len(list))
	for i, t := range list {
		names[i] = t.Name
	}
	return strings.Join(names, ", ")
}
