package db

import (
	"fmt"
	"slices"
	"strconv"

	"tandem/quality"
)

// The columns of a histogram of delays are kept several in a number, each with
// nine decimal digits, which is how MariaDB keeps digits itself. Such numbers add
// up as the columns do, while no column comes to 10^9: the rows are half as
// large, and reports have five sums to make instead of 32.
const (
	delayDigits  = 9
	delayMost    = 1_000_000_000 - 1
	delayBins    = 7 // in a number: 63 of the 65 digits that there may be
	delayColumns = (quality.Bins + delayBins - 1) / delayBins
)

// bins are the columns of a histogram that are in one number.
type bins []int64

// binsOf are those of the i-th number.
func binsOf(h *quality.Histogram, i int) bins {
	return h[i*delayBins : min((i+1)*delayBins, quality.Bins)]
}

// append writes the number.
func (b bins) append(to []byte) []byte {
	first := true
	for _, n := range slices.Backward(b) {
		n = min(max(n, 0), delayMost)
		switch {
		case !first:
			for most := int64(delayMost / 10); n <= most && most > 0; most /= 10 {
				to = append(to, '0')
			}
			to = strconv.AppendInt(to, n, 10)
		case n > 0:
			to, first = strconv.AppendInt(to, n, 10), false
		}
	}
	if first {
		to = append(to, '0')
	}
	return to
}

// Scan implements sql.Scanner.
func (b bins) Scan(number any) error {
	var digits string
	switch v := number.(type) {
	case []byte:
		digits = string(v)
	case string:
		digits = v
	case int64:
		digits = strconv.FormatInt(v, 10)
	case nil: // a sum of no rows
	default:
		return fmt.Errorf("delays: %T is no number", number)
	}
	for i := range b {
		from := max(0, len(digits)-delayDigits)
		b[i] = 0
		if from == len(digits) {
			continue
		}
		n, err := strconv.ParseInt(digits[from:], 10, 64)
		if err != nil {
			return fmt.Errorf("delays: %w", err)
		}
		b[i], digits = n, digits[:from]
	}
	return nil
}
