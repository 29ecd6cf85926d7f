package db_test

import (
	"testing"

	"pgregory.net/rapid"

	"tandem/db"
	"tandem/internal/money"
)

// DECIMAL columns are read as package money reads them, and what is written is
// read back.
func TestDecimalsAreThoseOfMoney(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		v := money.Amount(rapid.Int64Range(-1e18+1, 1e18-1).Draw(rt, "amount"))
		text := db.AppendFixed(nil, int64(v), 6)
		if string(text) != v.String() {
			rt.Errorf("%s written as %s", v, text)
		}
		if got, ok := db.ParseFixed(text, 6); !ok || got != int64(v) {
			rt.Errorf("%s read as %d, %t", text, got, ok)
		}
	})
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{0,10}(\.[0-9]{0,9})?x?`).Draw(rt, "text")
		want, err := money.ParseRate(text)
		got, ok := db.ParseFixed([]byte(text), 8)
		// What package money refuses is refused here; it takes more zeros at the end
		// than a column has.
		if ok && (err != nil || got != int64(want)) || !ok && err == nil && text[len(text)-1] != '0' {
			rt.Errorf("%q: %d, %t; package money says %s, %v", text, got, ok, want, err)
		}
	})
}

func TestDecimalsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "-", "x", "1x", "1..2", "1.2.3", "--1", "+1", " 1", "1 ", "1e3", ".5", "5.", ".", "0.123456789", "12345678901234567890"} {
		if v, ok := db.ParseFixed([]byte(text), 8); ok {
			t.Errorf("%q read as %d", text, v)
		}
	}
}

func TestDecimalsDoNotAllocate(t *testing.T) {
	text, room := []byte("123456.12345678"), make([]byte, 0, 32)
	if n := testing.AllocsPerRun(100, func() {
		v, _ := db.ParseFixed(text, 8)
		room = db.AppendFixed(room[:0], v, 8)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
