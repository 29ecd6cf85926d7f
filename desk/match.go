package desk

import (
	"iter"
	"strings"
	"time"

	"tandem/billing/deck"
	"tandem/billing/rate"
	"tandem/internal/money"
	"tandem/routing"
)

// averageCall prices a call as routing expects it where it has measured none:
// with increments, fees and minimum, in the base currency.
type averageCall struct {
	lengths *rate.Lengths
	billed  map[[2]int32]uint64
	base    money.FX
}

func newAverageCall(base money.FX) *averageCall {
	return &averageCall{lengths: routing.DefaultPrior(), billed: map[[2]int32]uint64{}, base: base}
}

// price is that of a rate of the deck.
func (a *averageCall) price(r *deck.Rate, of pricedDeck) (money.Amount, error) {
	steps := [2]int32{r.First, r.Next}
	billed, ok := a.billed[steps]
	if !ok {
		billed = a.lengths.Billed(r.First, r.Next)
		a.billed[steps] = billed
	}
	v, err := a.lengths.Expect(&r.Rate, billed).In(of.fx, a.base)
	if err != nil {
		return 0, rateError{of.id, r.Prefix, err}
	}
	return v.Nearest, nil
}

// pricedDeck is a deck with its worth.
type pricedDeck struct {
	id    int64 // 0: of a sheet
	rates deck.Rates
	fx    money.FX
}

// priceSpan is the lowest and the highest price of some rates.
type priceSpan struct {
	low, high money.Amount
	some      bool
}

func (s *priceSpan) add(v money.Amount) {
	if !s.some {
		*s = priceSpan{v, v, true}
	}
	s.low, s.high = min(s.low, v), max(s.high, v)
}

// codeMatch is a code of one deck with what the other deck takes for the same
// calls: its rate for the code, or for what the code begins with, and its rates
// for longer codes.
type codeMatch struct {
	n           int // place of the code among those in force
	prefix      string
	destination string
	own, other  priceSpan
}

// matcher walks two decks side by side.
type matcher struct {
	*averageCall
	codes  int
	mine   []codeMatch
	theirs []theirCode
	each   func(*codeMatch)
}

// theirCode is a code of the other deck that begins the one at hand.
type theirCode struct {
	prefix string
	prices priceSpan // none: it is closed
}

// eachMatch tells of every code of mine, as both decks are at that moment.
func eachMatch(call *averageCall, at time.Time, mine, other pricedDeck, each func(*codeMatch)) error {
	m := &matcher{averageCall: call, each: each}
	nextMine, stopMine := iter.Pull2(dated(mine.rates, at))
	defer stopMine()
	nextOther, stopOther := iter.Pull2(dated(other.rates, at))
	defer stopOther()
	a, err, moreMine := nextMine()
	if err != nil {
		return err
	}
	b, err, moreOther := nextOther()
	for err == nil && (moreMine || moreOther) {
		// Of the same code theirs first: it is what mine is compared with.
		if moreOther && (!moreMine || b.Prefix <= a.Prefix) {
			same := moreMine && b.Prefix == a.Prefix
			if err = m.their(&b, other, same); err == nil {
				b, err, moreOther = nextOther()
			}
			continue
		}
		if err = m.my(&a, mine); err == nil {
			a, err, moreMine = nextMine()
		}
	}
	m.leave("")
	return err
}

// leave is done with the codes that the next one does not begin with.
func (m *matcher) leave(next string) {
	for n := len(m.mine); n > 0 && !strings.HasPrefix(next, m.mine[n-1].prefix); n = len(m.mine) {
		m.each(&m.mine[n-1])
		m.mine = m.mine[:n-1]
	}
	for n := len(m.theirs); n > 0 && !strings.HasPrefix(next, m.theirs[n-1].prefix); n = len(m.theirs) {
		m.theirs = m.theirs[:n-1]
	}
}

// their takes a rate of the other deck; same says that mine has the code, too, so
// that it is not part of a shorter code of mine.
func (m *matcher) their(r *deck.Rate, of pricedDeck, same bool) error {
	m.leave(r.Prefix)
	if n := len(m.theirs); n == 0 || m.theirs[n-1].prefix != r.Prefix {
		m.theirs = append(m.theirs, theirCode{prefix: r.Prefix})
	}
	if r.Blocked {
		return nil
	}
	price, err := m.price(r, of)
	if err != nil {
		return err
	}
	m.theirs[len(m.theirs)-1].prices.add(price)
	if n := len(m.mine); n > 0 && !same {
		m.mine[n-1].other.add(price)
	}
	return nil
}

func (m *matcher) my(r *deck.Rate, of pricedDeck) error {
	m.leave(r.Prefix)
	if n := len(m.mine); n == 0 || m.mine[n-1].prefix != r.Prefix {
		code := codeMatch{n: m.codes, prefix: r.Prefix, destination: r.Destination}
		if n := len(m.theirs); n > 0 {
			code.other = m.theirs[n-1].prices
		}
		m.mine = append(m.mine, code)
		m.codes++
	}
	if r.Blocked {
		return nil
	}
	price, err := m.price(r, of)
	if err == nil {
		m.mine[len(m.mine)-1].own.add(price)
	}
	return err
}

// dated are the rates whose dates, whatever their window, hold at that moment.
func dated(rates deck.Rates, at time.Time) deck.Rates {
	return func(yield func(deck.Rate, error) bool) {
		for r, err := range rates {
			if err == nil && (at.Before(r.From) || !r.To.IsZero() && !at.Before(r.To)) {
				continue
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
