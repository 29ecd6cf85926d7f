package archive_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"tandem/archive"
)

// shelf is a store in memory.
type shelf struct {
	rows      map[string][][][]byte
	unsettled int64
	kinds     []archive.Kind
	young     time.Duration // less than a year that the month is over
}

var errNotHere = errors.New("not on this shelf")

func (s *shelf) Tables() []string { return []string{"calls", "attempts"} }

func (s *shelf) PartColumns(context.Context, archive.Part) ([]archive.Column, error) {
	var list []archive.Column
	for i, k := range s.kinds {
		list = append(list, archive.Column{Name: "column_" + string(rune('a'+i)), Kind: k})
	}
	return list, nil
}

func (s *shelf) Ended(context.Context, int) (time.Duration, error) {
	return 365*24*time.Hour - s.young, nil
}
func (s *shelf) Schema(context.Context) (int64, error)         { return 122, nil }
func (s *shelf) Unsettled(context.Context, int) (int64, error) { return s.unsettled, nil }

func (s *shelf) Rows(_ context.Context, p archive.Part, _ []archive.Column, one func([][]byte) error) error {
	for _, r := range s.rows[p.Table] {
		if err := one(r); err != nil {
			return err
		}
	}
	return nil
}
func (s *shelf) SetAside(context.Context, archive.Part) error     { return errNotHere }
func (s *shelf) AllAside(context.Context) ([]archive.Part, error) { return nil, nil }
func (s *shelf) PutBack(context.Context, archive.Part) error      { return errNotHere }
func (s *shelf) Remove(context.Context, archive.Part) error       { return errNotHere }
func (s *shelf) Forgotten(context.Context, int) error             { return nil }
func parsed(text string) (time.Time, error)                       { return time.Parse(time.RFC3339Nano, text) }

func row(values ...string) [][]byte {
	r := make([][]byte, len(values))
	for i, v := range values {
		if v != "NULL" {
			r[i] = []byte(v)
		}
	}
	return r
}

func full() *shelf {
	return &shelf{
		kinds: []archive.Kind{archive.Text, archive.Integer, archive.Time, archive.Binary, archive.Text},
		rows: map[string][][][]byte{
			"calls": {
				row("a-1.1", "-7", "2026-03-01T00:00:00.123Z", "\x00\xff\n", "0.123456"),
				row("", "18446744073709551615", "NULL", "", "\"\\\n\t\u2028 Ω 😀 </script>\x7f"),
				row("NULL", "NULL", "NULL", "NULL", "NULL"),
			},
			"attempts": nil,
		},
	}
}

func write(t *testing.T, s *shelf) archive.Keeper {
	t.Helper()
	k := archive.Keeper{Store: s, Dir: t.TempDir(), Program: "test"}
	if _, err := k.Archive(t.Context(), 202603); err != nil {
		t.Fatal(err)
	}
	return k
}

func TestEveryValueComesBack(t *testing.T) {
	t.Parallel()
	k := write(t, full())
	m, err := archive.Verify(t.Context(), k.Dir, 202603)
	if err != nil {
		t.Fatal(err)
	}
	if m.Schema != 122 || m.Program != "test" || m.Month != "2026-03" || m.Tables[0].Rows != 3 || m.Tables[1].Rows != 0 {
		t.Errorf("manifest %+v", m)
	}
	var got [][]any
	if err := archive.Rows(t.Context(), k.Dir, 202603, m.Tables[0], func(v []any) error {
		got = append(got, v)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	at, err := parsed("2026-03-01T00:00:00.123Z")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]any{
		{"a-1.1", int64(-7), at, []byte("\x00\xff\n"), "0.123456"},
		{"", uint64(18446744073709551615), nil, []byte{}, "\"\\\n\t\u2028 Ω 😀 </script>\x7f"},
		{nil, nil, nil, nil, nil},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v\nwant %#v", got, want)
	}
	list, err := archive.List(k.Dir)
	if err != nil || len(list) != 1 || list[0].Month != "2026-03" {
		t.Errorf("list %+v, %v", list, err)
	}
}

// Whatever happens to a byte of any file, it is seen.
func TestEveryDamageIsSeen(t *testing.T) {
	t.Parallel()
	k := write(t, full())
	for _, name := range []string{"calls.ndjson.zst", "attempts.ndjson.zst"} {
		name = filepath.Join(k.Dir, "2026-03", name)
		whole, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		try := func(what string, text []byte) {
			if err := os.WriteFile(name, text, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := archive.Verify(t.Context(), k.Dir, 202603); !errors.Is(err, archive.ErrDamaged) {
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
		for i := range whole {
			text := append([]byte(nil), whole...)
			text[i] ^= 0x20
			try("a byte", text)
		}
		for i := range whole {
			try("cut", whole[:i])
		}
		try("longer", append(append([]byte(nil), whole...), 0))
		if err := os.WriteFile(name, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := archive.Verify(t.Context(), k.Dir, 202603); err != nil {
		t.Error(err)
	}
}

func TestManifestIsNotBelieved(t *testing.T) {
	t.Parallel()
	k := write(t, full())
	name := filepath.Join(k.Dir, "2026-03", "manifest.json")
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		`"calls.ndjson.zst"`: `"../../../etc/passwd"`,
		`"name": "calls"`:    `"name": "calls; DROP TABLE calls"`,
		`"column_a"`:         "\"a`b\"",
		`"2026-03"`:          `"2026-04"`,
		`"format": 1`:        `"format": 2`,
		`"rows": 3`:          `"rows": 4`,
		`{`:                  ``,
	} {
		text := strings.Replace(string(whole), from, to, 1)
		if text == string(whole) {
			t.Fatalf("%s is not in the manifest", from)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Verify(t.Context(), k.Dir, 202603); err == nil {
			t.Errorf("%s for %s is believed", to, from)
		}
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Verify(t.Context(), k.Dir, 202603); !errors.Is(err, archive.ErrNone) {
		t.Errorf("without a manifest: %v", err)
	}
	if list, err := archive.List(k.Dir); err != nil || len(list) != 0 {
		t.Errorf("listed without a manifest: %v, %v", list, err)
	}
}

func TestArchiveIsWrittenOnceAndNeverMadePoorer(t *testing.T) {
	t.Parallel()
	s := full()
	k := write(t, s)
	file := filepath.Join(k.Dir, "2026-03", "calls.ndjson.zst")
	before, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	again := func() error { _, err := k.Archive(t.Context(), 202603); return err }
	if err := again(); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(file)
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the same rows were written again (%v)", err)
	}
	all := s.rows["calls"]
	s.rows["calls"] = all[:1]
	if err := again(); err == nil {
		t.Error("an archive of three rows was written over by one of one row")
	}
	s.rows["calls"] = append(all[:3:3], row("a-1.2", "1", "NULL", "NULL", "NULL"))
	if err := again(); err != nil {
		t.Fatal(err)
	}
	kept, err := filepath.Glob(filepath.Join(k.Dir, "2026-03.old-*", "calls.ndjson.zst"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept of the first: %v, %v", kept, err)
	}
	if old, err := os.Stat(kept[0]); err != nil || !os.SameFile(before, old) {
		t.Errorf("the first archive was written over (%v)", err)
	}
	if list, err := archive.List(k.Dir); err != nil || len(list) != 1 {
		t.Errorf("listed %+v, %v", list, err)
	}
	if m, err := archive.Verify(t.Context(), k.Dir, 202603); err != nil || m.Tables[0].Rows != 4 {
		t.Errorf("with a row more: %+v, %v", m, err)
	}
	s.unsettled = 1
	if err := again(); !errors.Is(err, archive.ErrUnsettled) {
		t.Errorf("unsettled: %v", err)
	}
}
