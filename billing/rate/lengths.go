package rate

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"tandem/internal/money"
)

// Weight is what the weights of a distribution of call lengths add up to.
const Weight = 1 << 20

// Length is one point of a distribution: answered calls that talk that long.
type Length struct {
	Seconds int32  // started seconds, at least 1
	Weight  uint32 // share of the calls, of Weight
}

// Lengths is how long the calls to a destination talk, as shares of call
// lengths. It is immutable.
type Lengths struct {
	points []Length // ascending
}

// ErrLengths is the answer to counts that make no distribution.
var ErrLengths = errors.New("no distribution of call lengths")

// NewLengths turns counts by length into shares that add up to Weight exactly:
// what rounding leaves goes to the largest remainders.
func NewLengths(counts map[int32]uint64) (*Lengths, error) {
	var total uint64
	for seconds, n := range counts {
		if seconds < 1 || int64(seconds) > int64(MaxTalk.Seconds()) {
			return nil, fmt.Errorf("%w: %d s", ErrLengths, seconds)
		}
		if n > math.MaxUint32 {
			return nil, fmt.Errorf("%w: %d calls of %d s", ErrLengths, n, seconds)
		}
		total += n
	}
	if total == 0 {
		return nil, fmt.Errorf("%w: no calls", ErrLengths)
	}
	type share struct {
		Length
		rest uint64
	}
	var shares []share
	left := uint32(Weight)
	for seconds, n := range counts {
		exact := n * Weight // n < 2^32, so no overflow
		s := share{Length{seconds, uint32(exact / total)}, exact % total}
		left -= s.Weight
		shares = append(shares, s)
	}
	slices.SortFunc(shares, func(a, b share) int { return cmp.Or(cmp.Compare(b.rest, a.rest), cmp.Compare(a.Seconds, b.Seconds)) })
	for i := range left {
		shares[i].Weight++
	}
	l := &Lengths{}
	for _, s := range shares {
		if s.Weight > 0 {
			l.points = append(l.points, s.Length)
		}
	}
	slices.SortFunc(l.points, func(a, b Length) int { return cmp.Compare(a.Seconds, b.Seconds) })
	return l, nil
}

// Points lists the shares, shortest calls first.
func (l *Lengths) Points() []Length { return slices.Clone(l.points) }

// Mean is the average call, in thousandths of a second.
func (l *Lengths) Mean() int64 {
	sum := uint64(0)
	for _, p := range l.points {
		sum += uint64(p.Weight) * uint64(p.Seconds)
	}
	return int64(sum * 1000 / Weight)
}

// Billed is the sum of billed seconds over the distribution, times Weight: what
// a plain rate needs to be known of it.
func (l *Lengths) Billed(first, next int32) uint64 {
	r := Rate{First: first, Next: next}
	sum := uint64(0)
	for _, p := range l.points {
		sum += uint64(p.Weight) * uint64(r.increments(int64(p.Seconds)))
	}
	return sum
}

// Exact is an expected price without any rounding, in 1/(6000 Weight) of 1e-6 of
// a currency unit: 128 bits, so that prices are compared as they are.
type Exact struct{ Hi, Lo uint64 }

// exactUnit is how many Exact make 1e-6 of a unit. Rates are 1e-8 a minute:
// a second costs rate/6000 of 1e-6.
const exactUnit = 6000 * Weight

// Expect is the exact expected price of an answered call: the sum over the
// distribution of the price of each length before rounding, with the fee of
// the attempt that carries it. billed is l.Billed of the rate's increments,
// which the caller keeps. The rate must be valid.
func (l *Lengths) Expect(r *Rate, billed uint64) Exact {
	if !r.Plain() {
		return l.expectEach(r)
	}
	return Linear(r.PerMinute, billed, r.ConnectionFee+r.AttemptFee)
}

// Linear is Expect for a plain rate: billed is Lengths.Billed of its increments,
// fees are those of the call and of the attempt.
func Linear(perMinute money.Rate, billed uint64, fees money.Amount) Exact {
	hi, lo := bits.Mul64(uint64(perMinute), billed)
	return Exact{hi, lo}.add(uint64(fees), exactUnit)
}

// expectEach looks at every length, since each may fall under the minimum, the
// grace or another step.
func (l *Lengths) expectEach(r *Rate) Exact {
	var sum Exact
	for _, p := range l.points {
		sum = sum.plus(r.exact(int64(p.Seconds)).times(uint64(p.Weight)))
	}
	return sum.add(uint64(r.AttemptFee), exactUnit)
}

func exactOf(a, b uint64) Exact {
	hi, lo := bits.Mul64(a, b)
	return Exact{hi, lo}
}

func (e Exact) add(a, b uint64) Exact { return e.plus(exactOf(a, b)) }

func (e Exact) plus(o Exact) Exact {
	lo, carry := bits.Add64(e.Lo, o.Lo, 0)
	hi, _ := bits.Add64(e.Hi, o.Hi, carry)
	return Exact{hi, lo}
}

// times multiplies by a factor below 2^32; the product of any valid price fits.
func (e Exact) times(factor uint64) Exact {
	hi, lo := bits.Mul64(e.Lo, factor)
	return Exact{hi + e.Hi*factor, lo}
}

// Compare orders two prices of one currency.
func (e Exact) Compare(o Exact) int {
	return cmp.Or(cmp.Compare(e.Hi, o.Hi), cmp.Compare(e.Lo, o.Lo))
}

// Amount is the price rounded half up to 1e-6.
func (e Exact) Amount() (money.Amount, error) {
	v, err := e.In(1, 1)
	return v.Nearest, err
}

// Rounded is a price in whole 1e-6 of a currency, each way of rounding.
type Rounded struct{ Down, Nearest, Up money.Amount }

// In converts the price from its currency to another by their rates to the
// euro. Both steps divide the exact value, so nothing is rounded twice.
func (e Exact) In(from, to money.FX) (Rounded, error) {
	if from <= 0 || to <= 0 {
		return Rounded{}, money.ErrOverflow
	}
	x, part := e.wide(uint64(to)), uint64(0)
	if from != to {
		if x[0] >= uint64(from) {
			return Rounded{}, money.ErrOverflow
		}
		x[1], part = bits.Div64(x[0], x[1], uint64(from))
		x[2], part = bits.Div64(part, x[2], uint64(from))
	} else {
		x[1], x[2] = e.Hi, e.Lo
	}
	if x[1] >= exactUnit {
		return Rounded{}, money.ErrOverflow
	}
	q, rest := bits.Div64(x[1], x[2], exactUnit)
	if q >= math.MaxInt64 {
		return Rounded{}, money.ErrOverflow
	}
	r := Rounded{Down: money.Amount(q), Nearest: money.Amount(q), Up: money.Amount(q)}
	if rest >= exactUnit/2 { // exactUnit is even, so what part adds cannot reach the half
		r.Nearest++
	}
	if rest != 0 || part != 0 {
		r.Up++
	}
	return r, nil
}

// CompareFX orders prices of two currencies by what they are worth: each is
// divided by its own exchange rate (units per euro). The comparison is exact:
// a/fa < b/fb is a*fb < b*fa, in 192 bits.
func CompareFX(a Exact, fa money.FX, b Exact, fb money.FX) int {
	if fa == fb {
		return a.Compare(b)
	}
	x, y := a.wide(uint64(fb)), b.wide(uint64(fa))
	return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1]), cmp.Compare(x[2], y[2]))
}

// wide is the product with 64 bits, most significant word first.
func (e Exact) wide(f uint64) [3]uint64 {
	h1, l1 := bits.Mul64(e.Lo, f)
	h2, l2 := bits.Mul64(e.Hi, f)
	mid, carry := bits.Add64(h1, l2, 0)
	return [3]uint64{h2 + carry, mid, l1}
}
