package plainjson_test

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tandem/internal/plainjson"
)

// TestTextIsThatOfTheLibrary: every string is written as encoding/json does, and
// those without escapes are read again.
func TestTextIsThatOfTheLibrary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9a-z./<>&"]*`)).Draw(t, "text")
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		got := plainjson.AppendText(nil, s)
		if string(got) != string(want) {
			t.Fatalf("%s, want %s", got, want)
		}
		r := plainjson.NewReader(got)
		ascii := !strings.ContainsFunc(s, func(c rune) bool { return c >= 0x7f })
		if text := r.Text(); r.Done() != (ascii && len(got) == len(s)+2) || r.Done() && string(text) != s {
			t.Fatalf("%q is read as %q, %v", got, text, r.Done())
		}
	})
}

func TestInt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"0": true, "7": true, "-7": true, "100000000000000000": true, "": false, "-": false, "07": false, "1e3": false, "1.5": false,
		"1000000000000000000": false, strconv.Itoa(math.MaxInt64): false, " 1": false, "x": false,
	} {
		r := plainjson.NewReader([]byte(text))
		v := r.Int(math.MinInt64, math.MaxInt64)
		if r.Done() != want || want && strconv.FormatInt(v, 10) != text {
			t.Errorf("%q: %d, %v", text, v, r.Done())
		}
	}
	for _, v := range []string{"-1", "11"} {
		r := plainjson.NewReader([]byte(v))
		if r.Int(0, 10); !r.Failed() {
			t.Errorf("%s is between 0 and 10", v)
		}
	}
}

// TestReaderStaysFailed: nothing is read any more after a failure.
func TestReaderStaysFailed(t *testing.T) {
	t.Parallel()
	r := plainjson.NewReader([]byte(`{"a":1}`))
	r.Want(`[`)
	if r.Skip(`{`) || r.Text() != nil || r.Int(0, 9) != 0 || r.Done() {
		t.Error("read on")
	}
}
