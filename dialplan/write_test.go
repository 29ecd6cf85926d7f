package dialplan

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "etc")
	files := Files{
		{Name: "pjsip.conf", Mode: 0o600, Body: []byte(header + "one\n")},
		{Name: "rtp.conf", Mode: 0o644, Body: []byte(header + "two\n")},
	}
	if err := Write(files, dir); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "iax.conf"), header+"stale\n")
	put(t, filepath.Join(dir, "musiconhold.conf"), "; written by hand\n")
	put(t, filepath.Join(dir, "empty.conf"), "")
	put(t, filepath.Join(dir, "notes.txt"), header)
	files[1].Body = []byte(header + "three\n")
	if err := Write(files, dir); err != nil {
		t.Fatal(err)
	}
	want := map[string]fs.FileMode{"pjsip.conf": 0o600, "rtp.conf": 0o644, "musiconhold.conf": 0o600, "empty.conf": 0o600, "notes.txt": 0o600}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		mode, ok := want[e.Name()]
		if !ok || info.Mode() != mode {
			t.Errorf("%s, mode %v: not expected", e.Name(), info.Mode())
		}
		delete(want, e.Name())
	}
	for name := range want {
		t.Errorf("%s is missing", name)
	}
	body, err := os.ReadFile(filepath.Join(dir, "rtp.conf"))
	if err != nil || string(body) != header+"three\n" {
		t.Errorf("rtp.conf holds %q, %v", body, err)
	}
}

func TestWriteLeavesNothingHalf(t *testing.T) {
	dir := t.TempDir()
	// A directory in the way makes the rename fail.
	if err := os.MkdirAll(filepath.Join(dir, "rtp.conf", "x"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := Write(Files{{Name: "rtp.conf", Mode: 0o644, Body: []byte(header)}}, dir); err == nil {
		t.Fatal("no error")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestWriteStaysInside(t *testing.T) {
	for _, name := range []string{"", "../x.conf", "a/b.conf", "/etc/x.conf"} {
		if err := Write(Files{{Name: name, Mode: 0o644}}, t.TempDir()); err == nil {
			t.Errorf("%q was written", name)
		}
	}
}

func TestCreate(t *testing.T) {
	base := t.TempDir()
	d := Dirs{
		Etc: base + "/etc", Modules: base + "/modules", Data: base + "/data", AGI: base + "/agi", VarLib: base + "/lib", DB: base + "/db",
		Keys: base + "/keys", Spool: base + "/spool", Cache: base + "/cache", Run: base + "/run", Log: base + "/log",
	}
	if err := d.Create(); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{d.Etc, d.AGI, d.VarLib, d.DB, d.Keys + "/keys", d.Spool, d.Cache, d.Run, d.Log + "/cdr-custom"} {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			t.Errorf("%s: %v", dir, err)
		}
	}
	for _, dir := range []string{d.Modules, d.Data} {
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s was made, it is Asterisk's own", dir)
		}
	}
}
