package deck

import (
	"fmt"
	"strings"
	"time"

	"tandem/internal/money"
)

// Options say how to read a sheet. The zero value guesses everything; messages
// call an option by its command-line flag, given here.
type Options struct {
	Currency  string         // --currency: ISO 4217 of the provider; a price in another one is a fault; empty: any one
	Worksheet string         // --worksheet: by name; empty: the first that looks like rates
	Encoding  string         // --encoding: utf-8, utf-16le, utf-16be, windows-1251, windows-1252, gb18030
	Delimiter byte           // --delimiter: , ; | or tab
	Mapping   Mapping        // --map
	Dates     DateOrder      // --dates: order of 01/02/2026
	Decimal   byte           // --decimal: . or ,
	TimeZone  *time.Location // --time-zone: of dates without one; nil: UTC
	Effective time.Time      // --effective: when rows without a date begin; zero: always have been valid
	First     int32          // --first and --next: increments of rows that name none; 0: 60
	Next      int32
	Supersede bool // --supersede: a later row of a code ends an earlier one that has no end

	MaxPrice    money.Rate // --max-price: above it a price is a typing mistake; 0: 100 units
	MaxBytes    int64      // --max-bytes: of the file; 0: 256 MiB
	MaxUnzipped int64      // --max-unzipped: of a workbook's parts together; 0: 2 GiB
	MaxRates    int        // --max-rates; 0: 6,000,000
	MaxLine     int        // --max-line: bytes of one row; 0: 1 MiB
	MaxColumns  int        // --max-columns; 0: 200
	MaxErrors   int        // faults kept in full, the others are counted; 0: 1000
	SampleRows  int        // rows kept as they stand in the sheet; 0: none

	// Progress, when set, is told after every 64 KiB how far reading has come.
	// The last call says done == total.
	Progress func(done, total int64)
}

// Limits that an option left at zero means.
const (
	defaultIncrement   = 60
	defaultMaxPrice    = money.Rate(100_00000000)
	defaultMaxBytes    = 256 << 20
	defaultMaxUnzipped = 2 << 30
	defaultMaxRates    = 6_000_000
	defaultMaxLine     = 1 << 20
	defaultMaxColumns  = 200
	defaultMaxErrors   = 1000
)

// complete fills in the defaults and refuses what cannot be meant.
func (o Options) complete() (Options, error) {
	orDefault(&o.MaxPrice, defaultMaxPrice)
	orDefault(&o.MaxBytes, defaultMaxBytes)
	orDefault(&o.MaxUnzipped, defaultMaxUnzipped)
	orDefault(&o.MaxRates, defaultMaxRates)
	orDefault(&o.MaxLine, defaultMaxLine)
	orDefault(&o.MaxColumns, defaultMaxColumns)
	orDefault(&o.MaxErrors, defaultMaxErrors)
	if o.TimeZone == nil {
		o.TimeZone = time.UTC
	}
	o.Currency = strings.ToUpper(o.Currency)
	switch {
	case o.Currency != "" && !isCurrency(o.Currency):
		return o, fmt.Errorf("--currency %q: want an ISO 4217 code such as USD", o.Currency)
	case o.Delimiter != 0 && strings.IndexByte(delimiters, o.Delimiter) < 0:
		return o, fmt.Errorf("--delimiter %q: want a comma, a semicolon, a bar or a tab", o.Delimiter)
	case o.Decimal != 0 && o.Decimal != '.' && o.Decimal != ',':
		return o, fmt.Errorf("--decimal %q: want a point or a comma", o.Decimal)
	case o.Dates != "" && o.Dates != DayFirst && o.Dates != MonthFirst:
		return o, fmt.Errorf("--dates %q: want dmy or mdy", o.Dates)
	case o.First != 0 && !validIncrement(int64(o.First)) || o.Next != 0 && !validIncrement(int64(o.Next)):
		return o, fmt.Errorf("--first %d, --next %d: want seconds from 1 to %d", o.First, o.Next, maxIncrement)
	}
	return o, nil
}

func orDefault[T comparable](value *T, other T) {
	var zero T
	if *value == zero {
		*value = other
	}
}
