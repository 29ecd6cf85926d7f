package rate

import (
	"database/sql/driver"
	"fmt"
	"strings"

	"tandem/internal/money"
)

// Percent is a share in 1e-4 of a percent, as DECIMAL(8,4) has it: 10 % is
// 100000.
type Percent int64

const (
	onePercent = 10_000
	whole      = 100 * onePercent // 100 %
)

// MaxPercent is the largest that DECIMAL(8,4) holds.
const MaxPercent Percent = 9999_9999

// ParsePercent reads a decimal such as "10" or "-2.5", at most 4 digits after
// the point.
func ParsePercent(s string) (Percent, error) {
	v, err := money.ParseAmount(s)
	switch {
	case err != nil:
		return 0, err
	case v%100 != 0:
		return 0, fmt.Errorf("%q: %w (at most 4)", s, money.ErrDigits)
	case v/100 > money.Amount(MaxPercent) || v/100 < -money.Amount(MaxPercent):
		return 0, fmt.Errorf("%q: %w", s, money.ErrOverflow)
	}
	return Percent(v / 100), nil
}

// String is the decimal without zeros at the end.
func (p Percent) String() string { return trimZeros(money.Amount(p * 100).String()) }

// MarshalText writes the decimal; JSON therefore shows a string.
func (p Percent) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (p *Percent) UnmarshalText(b []byte) (err error) {
	*p, err = ParsePercent(string(b))
	return err
}

// Value hands the decimal text to the database.
func (p Percent) Value() (driver.Value, error) { return p.String(), nil }

// Scan reads a DECIMAL column. A float is refused: it may have lost digits.
func (p *Percent) Scan(src any) error {
	var v money.Amount
	if err := v.Scan(src); err != nil {
		return err
	}
	return p.UnmarshalText([]byte(v.String()))
}

// trimZeros shortens a decimal by what says nothing.
func trimZeros(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
