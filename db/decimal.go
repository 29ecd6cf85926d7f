package db

import (
	"strconv"

	"tandem/internal/money"
)

// Digits after the point of the columns that hold sums and prices.
const (
	amountDigits = 6 // DECIMAL(18,6)
	rateDigits   = 8 // DECIMAL(14,8)
)

func parseAmount(text []byte) (money.Amount, bool) {
	v, ok := parseFixed(text, amountDigits)
	return money.Amount(v), ok
}

func parseRate(text []byte) (money.Rate, bool) {
	v, ok := parseFixed(text, rateDigits)
	return money.Rate(v), ok
}

// parseFixed reads a DECIMAL as MariaDB writes it, without allocating: decks
// have millions of them. digits is how many follow the point at most.
func parseFixed(text []byte, digits int) (value int64, ok bool) {
	negative := len(text) > 0 && text[0] == '-'
	if negative {
		text = text[1:]
	}
	if len(text) == 0 || text[0] == '.' || text[len(text)-1] == '.' {
		return 0, false
	}
	room := 18 - digits // digits before the point: the value stays below 1e18
	fraction := -1      // digits seen after the point; -1: no point yet
	for _, c := range text {
		switch {
		case c == '.' && fraction < 0:
			fraction = 0
		case c >= '0' && c <= '9' && fraction < digits:
			value = value*10 + int64(c-'0')
			if fraction >= 0 {
				fraction++
			} else if room--; room < 0 {
				return 0, false
			}
		default:
			return 0, false
		}
	}
	for range digits - max(fraction, 0) {
		value *= 10
	}
	if negative {
		value = -value
	}
	return value, true
}

// parseInt reads an integer column of at most 18 digits.
func parseInt(text []byte) (value int64, ok bool) { return parseFixed(text, 0) }

// appendFixed writes a DECIMAL.
func appendFixed(to []byte, value int64, digits int) []byte {
	if value < 0 {
		to = append(to, '-')
	}
	magnitude := uint64(value)
	if value < 0 {
		magnitude = -magnitude
	}
	scale := uint64(1)
	for range digits {
		scale *= 10
	}
	to = strconv.AppendUint(to, magnitude/scale, 10)
	if digits == 0 {
		return to
	}
	to = append(to, '.')
	for rest := magnitude % scale; scale > 1; rest %= scale {
		scale /= 10
		to = append(to, byte('0'+rest/scale))
	}
	return to
}
