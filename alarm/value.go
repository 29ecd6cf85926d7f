package alarm

import (
	"math"
	"strings"
	"time"

	"tandem/internal/money"
	"tandem/quality"
)

// Value is a figure of a measure in millionths of its unit: 40 % is 40 000 000,
// 2.5 s are 2 500 000, 3 calls are 3 000 000.
type Value int64

// unit is one of it.
const unit = 1_000_000

// ParseValue reads a decimal with at most six digits after the point.
func ParseValue(text string) (Value, error) {
	a, err := money.ParseAmount(text)
	return Value(a), err
}

// String is the decimal without zeros at its end.
func (v Value) String() string {
	text := money.Amount(v).String()
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// MarshalText writes the decimal; JSON therefore shows a string.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads a decimal.
func (v *Value) UnmarshalText(text []byte) (err error) {
	*v, err = ParseValue(string(text))
	return err
}

// shareValue is a share in percent.
func shareValue(s quality.Share) Value { return Value(s) * 100 }

// durationValue is a time in seconds.
func durationValue(d time.Duration) Value { return Value(d.Microseconds()) }

// countValue is so many.
func countValue(n int64) Value { return Value(n) * unit }

// part is v × share, rounded.
func (v Value) part(share float64) Value { return Value(math.Round(float64(v) * share)) }
