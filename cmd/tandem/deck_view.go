package main

import (
	"strings"
	"time"

	"tandem/internal/money"
)

// moment writes a time as all commands show it; the zero time is a dash.
func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.DateTime)
}

// shortPrice leaves away the zeros at a price's end, but for two digits.
func shortPrice(v interface{ String() string }) string {
	text := v.String()
	point := strings.IndexByte(text, '.')
	short := strings.TrimRight(text, "0")
	return text[:max(len(short), point+3)]
}

// twoDigits is a sum to the hundredth, with its sign when it is a change.
func twoDigits(v money.Amount, change bool) string {
	const hundredth = 10_000
	rounded := (v + hundredth/2) / hundredth
	if v < 0 {
		rounded = (v - hundredth/2) / hundredth
	}
	text := (rounded * hundredth).String()
	text = text[:len(text)-4]
	if change && rounded > 0 {
		return "+" + text
	}
	return text
}
