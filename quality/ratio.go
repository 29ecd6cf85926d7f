package quality

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Share is a part of a whole in millionths. Probabilities leave the statistics
// in this form, so that money is only ever multiplied by integers.
type Share int64

// Whole is all of it.
const Whole Share = 1_000_000

// shareOf rounds a probability.
func shareOf(p float64) Share { return Share(math.Round(min(max(p, 0), 1) * float64(Whole))) }

// ppm is a probability as routing keeps it.
func ppm(p float64) int32 { return int32(shareOf(p)) }

// ParseShare reads a share in percent, exactly: 20%, 0.5 %.
func ParseShare(text string) (Share, error) {
	bad := fmt.Errorf("share %q: want a percentage such as 20%% or 0.5%%", text)
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	if !percent {
		return 0, bad
	}
	whole, part, dotted := strings.Cut(strings.TrimSpace(number), ".")
	if dotted && part == "" || len(part) > 4 || len(whole) > 6 {
		return 0, bad
	}
	v, err := strconv.ParseUint(whole+part+"0000"[len(part):], 10, 63)
	if err != nil || whole == "" {
		return 0, bad
	}
	return Share(v), nil
}

// String is the share in percent with one digit.
func (s Share) String() string { return strconv.FormatFloat(float64(s)/1e4, 'f', 1, 64) + " %" }

// Ratio is so many of so many, kept as counts: ratios merge by adding both.
type Ratio struct {
	Part, Whole int64
}

// Share is the ratio in millionths, rounded; ok is false of an empty whole.
func (r Ratio) Share() (s Share, ok bool) {
	if r.Whole <= 0 {
		return 0, false
	}
	return shareOf(float64(r.Part) / float64(r.Whole)), true
}

// Z95 is that of 95 %: the quantile of the normal distribution.
const Z95 = 1.959964

// Interval is a confidence interval of a share.
type Interval struct {
	Low, High Share
}

// Wilson is the interval in which the true share lies with the confidence that
// z stands for (Z95: 95 %). It never leaves 0…1 and is honest for few samples
// (Wilson, J. Am. Stat. Assoc. 22, 1927). Nothing sampled: anything is possible.
func (r Ratio) Wilson(z float64) Interval {
	if r.Whole <= 0 {
		return Interval{0, Whole}
	}
	n := float64(r.Whole)
	low, high := wilson(float64(r.Part)/n, n, z)
	return Interval{shareOf(low), shareOf(high)}
}

// wilson is the interval around a share p of n samples.
func wilson(p, n, z float64) (low, high float64) {
	zz := z * z
	centre := p + zz/(2*n)
	half := z * math.Sqrt(p*(1-p)/n+zz/(4*n*n))
	scale := 1 + zz/n
	return max(0, (centre-half)/scale), min(1, (centre+half)/scale)
}
