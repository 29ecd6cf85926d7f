package money

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Amount is a sum in millionths of a currency unit (1e-6). The currency is
// known from the context; amounts of two currencies are never added.
type Amount int64

// Rate is a price per minute in hundred-millionths of a currency unit (1e-8).
type Rate int64

// FX is how many units of a currency one euro buys, in 1e-8.
type FX int64

// Digits after the decimal point that each type keeps.
const (
	amountDigits = 6
	rateDigits   = 8
)

// Errors of the parsers and of arithmetic that leaves the range of int64.
var (
	ErrSyntax   = errors.New("not a decimal number")
	ErrDigits   = errors.New("too many digits after the decimal point")
	ErrOverflow = errors.New("sum out of range")
)

// ParseAmount reads a decimal such as "-12.5"; at most 6 digits may follow the
// point.
func ParseAmount(s string) (Amount, error) {
	v, err := parseFixed(s, amountDigits)
	return Amount(v), err
}

// ParseRate reads a decimal such as "0.0125"; at most 8 digits may follow the
// point.
func ParseRate(s string) (Rate, error) {
	v, err := parseFixed(s, rateDigits)
	return Rate(v), err
}

// ParseFX reads units per euro, at most 8 digits after the point, above zero.
func ParseFX(s string) (FX, error) {
	v, err := parseFixed(s, rateDigits)
	if err == nil && v <= 0 {
		return 0, fmt.Errorf("exchange rate %q: %w", s, ErrOverflow)
	}
	return FX(v), err
}

func (a Amount) String() string { return formatFixed(int64(a), amountDigits) }
func (r Rate) String() string   { return formatFixed(int64(r), rateDigits) }
func (f FX) String() string     { return formatFixed(int64(f), rateDigits) }

// AppendText adds the decimal.
func (a Amount) AppendText(dst []byte) ([]byte, error) {
	return appendFixed(dst, int64(a), amountDigits), nil
}

// AppendText adds the decimal.
func (r Rate) AppendText(dst []byte) ([]byte, error) {
	return appendFixed(dst, int64(r), rateDigits), nil
}

// AppendText adds the decimal.
func (f FX) AppendText(dst []byte) ([]byte, error) {
	return appendFixed(dst, int64(f), rateDigits), nil
}

// MarshalText writes the decimal; JSON therefore shows a string.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (a *Amount) UnmarshalText(b []byte) (err error) {
	*a, err = ParseAmount(string(b))
	return err
}

// MarshalText writes the decimal; JSON therefore shows a string.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (r *Rate) UnmarshalText(b []byte) (err error) {
	*r, err = ParseRate(string(b))
	return err
}

// MarshalText writes the decimal; JSON therefore shows a string.
func (f FX) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (f *FX) UnmarshalText(b []byte) (err error) {
	*f, err = ParseFX(string(b))
	return err
}

// Value hands the decimal text to the database.
func (f FX) Value() (driver.Value, error) { return f.String(), nil }

// Value hands the decimal text to the database.
func (a Amount) Value() (driver.Value, error) { return a.String(), nil }

// Value hands the decimal text to the database.
func (r Rate) Value() (driver.Value, error) { return r.String(), nil }

// Scan reads a DECIMAL column. A float is refused: it may have lost digits.
func (a *Amount) Scan(src any) (err error) {
	s, err := decimalText(src)
	if err == nil {
		*a, err = ParseAmount(s)
	}
	return err
}

// Scan reads a DECIMAL column. A float is refused: it may have lost digits.
func (r *Rate) Scan(src any) (err error) {
	s, err := decimalText(src)
	if err == nil {
		*r, err = ParseRate(s)
	}
	return err
}

// Scan reads a DECIMAL column. A float is refused: it may have lost digits.
func (f *FX) Scan(src any) (err error) {
	s, err := decimalText(src)
	if err == nil {
		*f, err = ParseFX(s)
	}
	return err
}

func decimalText(src any) (string, error) {
	switch v := src.(type) {
	case []byte:
		return string(v), nil
	case string:
		return v, nil
	default:
		return "", fmt.Errorf("%T: %w", src, ErrSyntax)
	}
}

// Convert turns a sum from one currency into another by their rates to the
// euro, rounded half away from zero.
func Convert(a Amount, from, to FX) (Amount, error) {
	if from == to {
		return a, nil
	}
	v, err := MulDiv(int64(a), int64(to), int64(from))
	return Amount(v), err
}

// MulDiv returns a*b/c with a 128-bit product, rounded half away from zero.
// b and c must not be negative and c not zero.
func MulDiv(a, b, c int64) (int64, error) {
	if b < 0 || c <= 0 || a == math.MinInt64 {
		return 0, ErrOverflow
	}
	negative := a < 0
	if negative {
		a = -a
	}
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	lo, carry := bits.Add64(lo, uint64(c)/2, 0)
	hi += carry
	if hi >= uint64(c) {
		return 0, ErrOverflow
	}
	// An odd divisor has no exact half, so c/2 rounded down never rounds up early.
	q, _ := bits.Div64(hi, lo, uint64(c))
	if q > math.MaxInt64 {
		return 0, ErrOverflow
	}
	if negative {
		return -int64(q), nil
	}
	return int64(q), nil
}

func parseFixed(s string, digits int) (int64, error) {
	text := s
	negative := strings.HasPrefix(text, "-")
	text = strings.TrimPrefix(text, "-")
	whole, fraction, _ := strings.Cut(text, ".")
	if whole == "" || strings.HasSuffix(s, ".") {
		return 0, fmt.Errorf("%q: %w", s, ErrSyntax)
	}
	// Zeros at the end add nothing: DECIMAL(20,10) columns carry them.
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > digits {
		return 0, fmt.Errorf("%q: %w (at most %d)", s, ErrDigits, digits)
	}
	all := whole + fraction + strings.Repeat("0", digits-len(fraction))
	for _, c := range all {
		if c < '0' || c > '9' {
			return 0, fmt.Errorf("%q: %w", s, ErrSyntax)
		}
	}
	v, err := strconv.ParseInt(all, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q: %w", s, ErrOverflow)
	}
	if negative {
		v = -v
	}
	return v, nil
}

func formatFixed(v int64, digits int) string {
	var space [24]byte
	return string(appendFixed(space[:0], v, digits))
}

// appendFixed adds a decimal with so many digits behind the point.
func appendFixed(dst []byte, v int64, digits int) []byte {
	u := uint64(v)
	if v < 0 {
		dst = append(dst, '-')
		u = -u
	}
	unit := uint64(1)
	for range digits {
		unit *= 10
	}
	dst = append(strconv.AppendUint(dst, u/unit, 10), '.')
	rest := u % unit
	for range digits {
		unit /= 10
		dst = append(dst, byte('0'+rest/unit%10))
	}
	return dst
}
