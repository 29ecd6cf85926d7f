package deck

import "math"

// Bar is how many codes change their price by so much.
type Bar struct {
	From  *Percent `json:"from,omitempty"` // without: no lower bound
	To    *Percent `json:"to,omitempty"`   // not included; without: no upper bound
	Codes int      `json:"codes"`
}

// bounds of the bars, in percent, from below. The bar of what stays the same is
// between two of them that lie next to each other.
func bounds() [barCount - 1]Percent {
	const one = 100
	return [...]Percent{-50 * one, -25 * one, -10 * one, -5 * one, 0, 1, 5 * one, 10 * one, 25 * one, 50 * one, 100 * one}
}

const barCount = 12

// histogram counts codes by the bar that they are in.
type histogram [barCount]int

func (h *histogram) add(p Percent) {
	limits := bounds()
	at := 0
	for at < len(limits) && p >= limits[at] {
		at++
	}
	h[at]++
}

// Histogram is how many codes with a price before and after rise and fall by how
// much, from the steepest fall to the steepest rise.
func (c *Change) Histogram() []Bar {
	limits := bounds()
	bars := make([]Bar, 0, barCount)
	for i, codes := range c.bars {
		b := Bar{Codes: codes}
		if i > 0 {
			b.From = &limits[i-1]
		}
		if i < len(limits) {
			b.To = &limits[i]
		}
		bars = append(bars, b)
	}
	return bars
}

// bar counts the change of one code.
func (c *Change) bar(v *verdict) {
	switch {
	case !v.pair:
	case v.was == v.will:
		c.bars.add(0)
	case v.was <= 0:
		c.bars.add(math.MaxInt64)
	default:
		c.bars.add(percentBetween(v))
	}
}

// percentBetween is never 0 where the price changes: rounded, it would be counted
// among what stays the same.
func percentBetween(v *verdict) Percent {
	p := percent(int64(v.was), int64(v.will))
	switch {
	case p != 0:
		return p
	case v.will > v.was:
		return 1
	}
	return -1
}
