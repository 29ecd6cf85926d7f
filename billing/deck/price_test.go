package deck_test

import (
	"context"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/billing/deck"
	"tandem/billing/rate"
	"tandem/internal/money"
)

// However a price is written, it is read exactly or not at all.
func TestPricesAgainstExactModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.IntRange(0, 9_999_999).Draw(t, "whole")
		fraction := rapid.StringMatching(`[0-9]{1,10}`).Draw(t, "fraction")
		decimal := rapid.SampledFrom([]string{".", ","}).Draw(t, "decimal")
		groups := rapid.SampledFrom([]string{"", "'", " ", "\u00a0", ".", ","}).Draw(t, "thousands")
		if groups == decimal {
			groups = ""
		}
		text := rapid.SampledFrom([]string{"%s", "$%s", "%s USD", "USD %s/min", " %s "}).Filter(func(f string) bool {
			return !strings.Contains(f, " ") || groups == "" || groups != " " || f == "%s USD" || f == " %s "
		}).Draw(t, "around")
		text = fmt.Sprintf(text, grouped(whole, groups)+decimal+fraction)
		data := "Code;Rate\n44;0" + decimal + "5\n45;" + text + "\n"
		s, err := deck.Read(context.Background(), strings.NewReader(data), int64(len(data)), deck.Options{MaxPrice: 1 << 62, Delimiter: ';'})

		exact, _ := new(big.Rat).SetString(strconv.Itoa(whole) + "." + fraction)
		exact.Mul(exact, big.NewRat(100_000_000, 1))
		if !exact.IsInt() {
			if err == nil || !strings.Contains(err.Error(), "digits after the point") {
				t.Fatalf("%q has too many digits: %v", text, err)
			}
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		for _, r := range all(t, s.All()) {
			if r.Prefix == "45" && big.NewInt(int64(r.PerMinute)).Cmp(exact.Num()) != 0 {
				t.Fatalf("%q: %s", text, r.PerMinute)
			}
		}
	})
}

func grouped(n int, separator string) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + separator + text[i:]
	}
	return text
}

// A price per second is 60 times as much per minute, to the last digit.
func TestPerSecondIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`[0-9]{1,12}`).Draw(t, "digits")
		data := "Code,Price per second\n44,0." + digits + "\n"
		s, err := deck.Read(context.Background(), strings.NewReader(data), int64(len(data)), deck.Options{})
		exact, _ := new(big.Rat).SetString("0." + digits)
		exact.Mul(exact, big.NewRat(60*100_000_000, 1))
		if exact.IsInt() != (err == nil) {
			t.Fatalf("0.%s per second: %v", digits, err)
		}
		for _, r := range all(t, s.All()) {
			if big.NewInt(int64(r.PerMinute)).Cmp(exact.Num()) != 0 {
				t.Fatalf("0.%s per second is %s per minute", digits, r.PerMinute)
			}
		}
	})
}

// The model counts calls one by one.
func TestTrafficPriceAgainstCalls(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := rate.Rate{
			PerMinute: money.Rate(rapid.Int64Range(0, 1e9).Draw(t, "price")), ConnectionFee: money.Amount(rapid.Int64Range(0, 1e6).Draw(t, "fee")),
			Minimum: money.Amount(rapid.Int64Range(0, 1e6).Draw(t, "minimum")), AttemptFee: money.Amount(rapid.Int64Range(0, 1e6).Draw(t, "attempt")),
			First: rapid.Int32Range(1, 120).Draw(t, "first"), Next: rapid.Int32Range(1, 120).Draw(t, "next"),
		}
		seconds, calls := rapid.Int64Range(0, 10_000).Draw(t, "seconds"), rapid.Int64Range(1, 50).Draw(t, "calls")
		want := money.Amount(0)
		for i := range calls {
			length := seconds / calls
			if i < seconds%calls {
				length++
			}
			one, err := r.Price(time.Duration(length) * time.Second)
			if err != nil {
				t.Fatal(err)
			}
			want += one + r.AttemptFee
		}
		if got, err := deck.TrafficPrice(r, seconds, calls); err != nil || got != want {
			t.Fatalf("%d s in %d calls: %s, %v; want %s", seconds, calls, got, err, want)
		}
	})
}

func TestTrafficPriceOutOfRange(t *testing.T) {
	t.Parallel()
	r := rate.Rate{PerMinute: 1 << 50, First: 1, Next: 1}
	for _, c := range [][2]int64{{-1, 1}, {1, -1}, {1 << 62, 1 << 40}, {1 << 62, 1}, {1 << 62, 0}} {
		if v, err := deck.TrafficPrice(r, c[0], c[1]); err == nil {
			t.Errorf("%v: %s", c, v)
		}
	}
	if v, err := deck.TrafficPrice(rate.Rate{PerMinute: 6_00000000, First: 60, Next: 60}, 90, 0); err != nil || v != 9_000000 {
		t.Errorf("90 s as a stream: %s, %v", v, err)
	}
}

// The model looks at every minute of a week.
func TestWindowsOverlap(t *testing.T) {
	t.Parallel()
	window := rapid.Custom(func(t *rapid.T) rate.Window {
		w := rate.Window{
			Days:  rapid.Uint8Range(0, 127).Draw(t, "days"),
			Start: rapid.Uint16Range(0, 1439).Draw(t, "start"), End: rapid.Uint16Range(0, 1440).Draw(t, "end"),
		}
		if w.Validate() != nil {
			w.Start, w.End = 0, 0
		}
		return w
	})
	monday := time.Date(2026, 9, 28, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		a, b := window.Draw(t, "a"), window.Draw(t, "b")
		want := false
		for minute := range 7 * 1440 {
			at := monday.Add(time.Duration(minute) * time.Minute)
			want = want || a.Contains(at) && b.Contains(at)
		}
		if got := deck.Overlap(a, b); got != want {
			t.Fatalf("%+v and %+v: %t", a, b, got)
		}
	})
}
