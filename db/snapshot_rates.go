package db

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"tandem/billing/rate"
	"tandem/internal/money"
	"tandem/routing"
)

// maxRateProblems bounds how many rows of decks are told one by one; the rest
// are counted.
const maxRateProblems = 100

// maxDeckRates bounds the room made for what the row of a deck says it has.
const maxDeckRates = 10_000_000

// readRates reads the rows of those decks that the old table does not hold.
// Which row counts is decided at the time of the call.
func (r *reader) readRates() error {
	refs := make([]routing.DeckRef, 0, len(r.data.Decks))
	zones := map[routing.DeckRef]*time.Location{}
	for _, d := range r.data.Decks {
		ref := routing.DeckRef{ID: d.ID, Revision: d.Revision}
		refs = append(refs, ref)
		zones[ref] = d.Zone
	}
	builder, missing, err := routing.NewRateTable(r.old, refs)
	if err != nil {
		return err
	}
	if r.old != nil && len(missing) == 0 && len(r.old.Decks()) == len(refs) {
		return nil // the same decks
	}
	r.table = builder
	total := 0
	for _, ref := range missing {
		if r.prefixes == nil {
			total += min(max(r.sizes[ref], 0), maxDeckRates)
		}
	}
	builder.Grow(total) // room for all at once: nothing is copied
	for _, ref := range missing {
		builder.Deck(ref, zones[ref])
		if err := r.readDeckRates(ref); err != nil {
			return fmt.Errorf("deck %d: %w", ref.ID, err)
		}
	}
	return nil
}

// finishRates indexes what was read, when the connection is not needed any more.
func (r *reader) finishRates() (err error) {
	if r.badRates > maxRateProblems {
		r.problem("deck_rates", 0, "prefix", "%d more rows of decks cannot be used", r.badRates-maxRateProblems)
	}
	if r.table == nil {
		r.data.Rates = r.old
		return nil
	}
	r.data.Rates, err = r.table.Table()
	return err
}

// rateColumns are read by parseRateRow, in this order. What few rows have is
// one column, NULL in most: each costs time, five million times.
const rateColumns = `prefix, per_minute, connection_fee, first_s, next_s,
	IF(minimum_charge = 0 AND attempt_fee = 0 AND effective_from IS NULL AND effective_to IS NULL
			AND days = 0 AND start_minute = 0 AND end_minute = 0 AND NOT blocked AND grace_s = 0 AND free_s = 0 AND steps = '', NULL,
		CONCAT_WS(' ', minimum_charge, attempt_fee, COALESCE(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', effective_from) DIV 1000, 'x'),
			COALESCE(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', effective_to) DIV 1000, 'x'), days, start_minute, end_minute, blocked, grace_s, free_s, steps))`

func (r *reader) readDeckRates(ref routing.DeckRef) error {
	var row [6]sql.RawBytes
	into := []any{&row[0], &row[1], &row[2], &row[3], &row[4], &row[5]}
	which, args := "", []any{ref.ID}
	if r.prefixes != nil {
		if len(r.prefixes) == 0 {
			return nil
		}
		which = ` AND prefix IN (?` + strings.Repeat(", ?", len(r.prefixes)-1) + `)`
		args = append(args, r.prefixes...)
	}
	return r.each(`SELECT `+rateColumns+` FROM deck_rates WHERE deck_id = ?`+which+` ORDER BY prefix, n`, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		v, blocked, err := parseRateRow(row)
		if err == nil {
			err = r.table.Add(string(row[0]), v, blocked)
		}
		if err != nil {
			r.badRate(ref.ID, string(row[0]), err)
			// Closed, or the number would be priced by a shallower prefix. Rows of
			// the prefix that can be read and are in force come before it.
			_ = r.table.Add(string(row[0]), rate.Rate{First: 1, Next: 1}, true)
		}
		return nil
	}, args...)
}

func (r *reader) badRate(deck int64, prefix string, err error) {
	if r.badRates++; r.badRates <= maxRateProblems {
		r.problem("deck_rates", deck, "prefix", "row of prefix %q: %v", prefix, err)
	}
}

// errRateRow says that a column holds no number of the kind it should.
var errRateRow = errors.New("a number that is none")

func parseRateRow(row [6]sql.RawBytes) (v rate.Rate, blocked bool, err error) {
	var ok [4]bool
	var first, next int64
	v.PerMinute, ok[0] = parseRate(row[1])
	v.ConnectionFee, ok[1] = parseAmount(row[2])
	first, ok[2] = parseInt(row[3])
	next, ok[3] = parseInt(row[4])
	if ok != [4]bool{true, true, true, true} {
		return rate.Rate{}, false, errRateRow
	}
	v.First, v.Next = int32(first), int32(next)
	if row[5] != nil {
		blocked, err = parseRareColumns(row[5], &v)
	}
	return v, blocked, err
}

// parseRareColumns reads the columns that are one: fees, times, window, blocked,
// grace, free seconds, steps.
func parseRareColumns(text []byte, v *rate.Rate) (blocked bool, err error) {
	var numbers [10]int64
	digits := [len(numbers)]int{amountDigits, amountDigits}
	rest := text
	for i := range numbers {
		var word []byte
		word, rest, _ = bytes.Cut(rest, []byte{' '})
		if len(word) == 1 && word[0] == 'x' {
			continue
		}
		var ok bool
		if numbers[i], ok = parseFixed(word, digits[i]); !ok {
			return false, errRateRow
		}
		switch i {
		case 2:
			v.From = time.UnixMilli(numbers[i]).UTC()
		case 3:
			v.To = time.UnixMilli(numbers[i]).UTC()
		}
	}
	if numbers[5] < 0 || numbers[6] < 0 {
		return false, fmt.Errorf("window from minute %d to minute %d: want 0 to 1440", numbers[5], numbers[6])
	}
	v.Grace, v.Free = int32(numbers[8]), int32(numbers[9])
	if len(rest) > 0 {
		if v.Steps, err = rate.ParseSteps(string(rest)); err != nil {
			return false, err
		}
	}
	v.Minimum, v.AttemptFee = money.Amount(numbers[0]), money.Amount(numbers[1])
	v.Window = rate.Window{Days: uint8(numbers[4]), Start: uint16(numbers[5]), End: uint16(numbers[6])}
	return numbers[7] != 0, nil
}
