package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"
	"strings"
	"time"

	"tandem/billing/deck"
	"tandem/internal/money"
)

// SheetOptions say how to read a sheet. What is not said is guessed, and shown.
type SheetOptions struct {
	Map         string     `json:"map,omitempty" doc:"Which column is what, as prefix=2,per_minute=Price USD,first=F: by number, header or letter"`
	Worksheet   string     `json:"worksheet,omitempty" doc:"Worksheet of a workbook"`
	Encoding    string     `json:"encoding,omitempty" doc:"utf-8, utf-16le, utf-16be, windows-1251, windows-1252 or gb18030"`
	Delimiter   string     `json:"delimiter,omitempty" doc:"Between the columns of a CSV: , ; | or tab"`
	Dates       string     `json:"dates,omitempty" doc:"Order of dates such as 01/02/2026: dmy or mdy"`
	Decimal     string     `json:"decimal,omitempty" doc:"Sign before the decimals: . or ,"`
	Currency    string     `json:"currency,omitempty" doc:"What the prices are in, ISO 4217; only the owner's is taken"`
	TimeZone    string     `json:"time_zone,omitempty" doc:"Of dates without one, and of the hours in the week; default: that of the deck in force, else UTC"`
	First       int32      `json:"first,omitempty" doc:"First increment in seconds where the sheet names none; 0: 60"`
	Next        int32      `json:"next,omitempty" doc:"Next increment in seconds where the sheet names none; 0: 60"`
	Supersede   bool       `json:"supersede,omitempty" doc:"A later row of a code ends an earlier one that has no end"`
	MaxPrice    money.Rate `json:"max_price,omitempty" doc:"A price per minute above it is an error; 0: 100"`
	MaxBytes    int64      `json:"-"` // largest file; 0: 256 MiB
	MaxUnzipped int64      `json:"-"` // largest content of a workbook; 0: 2 GiB
	MaxRates    int        `json:"-"` // 0: 6000000
	MaxLine     int        `json:"-"` // bytes of a row; 0: 1 MiB
	MaxColumns  int        `json:"-"` // 0: 200
}

// maxFaults is how many errors of a sheet are kept.
const maxFaults = 1_000_000

// options are for the reader.
func (s SheetOptions) options(currency string, zone *time.Location, sampleRows int) (deck.Options, error) {
	mapping, err := deck.ParseMapping(s.Map)
	if err != nil {
		return deck.Options{}, err
	}
	o := deck.Options{
		Currency: strings.ToUpper(s.Currency), Worksheet: s.Worksheet, Encoding: s.Encoding, Mapping: mapping, Dates: deck.DateOrder(s.Dates),
		TimeZone: zone, First: s.First, Next: s.Next, Supersede: s.Supersede, MaxPrice: s.MaxPrice, MaxBytes: s.MaxBytes,
		MaxUnzipped: s.MaxUnzipped, MaxRates: s.MaxRates, MaxLine: s.MaxLine, MaxColumns: s.MaxColumns, MaxErrors: maxFaults, SampleRows: sampleRows,
	}
	if o.Currency == "" {
		o.Currency = currency
	}
	if o.Currency != currency {
		return deck.Options{}, wrong("--currency", o.Currency, "these prices are kept in %s; convert the sheet, or change the currency of the owner", currency)
	}
	if o.Delimiter, err = oneByte("--delimiter", s.Delimiter); err != nil {
		return deck.Options{}, err
	}
	o.Decimal, err = oneByte("--decimal", s.Decimal)
	return o, err
}

// oneByte reads a delimiter as people type it.
func oneByte(flag, text string) (byte, error) {
	switch {
	case text == "":
		return 0, nil
	case text == `\t` || strings.EqualFold(text, "tab"):
		return '\t', nil
	case len(text) == 1:
		return text[0], nil
	}
	return 0, wrong(flag, strconv.Quote(text), "want one character")
}

// Sheet is a file and what was read of it.
type Sheet struct {
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256,omitempty"`
	*deck.Sheet
}

// readSheet reads and checks the whole of a file. With a fault the sheet has no
// rates, but says what its columns were taken for.
func readSheet(ctx context.Context, file io.ReaderAt, s *Sheet, o deck.Options) (err error) {
	if s.Sheet, err = deck.Read(ctx, file, s.Bytes, o); err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(file, 0, s.Bytes)); err != nil {
		return err
	}
	s.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return nil
}
