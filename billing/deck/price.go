package deck

import (
	"bytes"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"tandem/internal/money"
)

// Digits after the point that prices and fees keep, as money does.
const (
	priceDigits = 8
	feeDigits   = 6
)

// pendingMax is how many cells of a column may wait for the decimal sign; the
// later ones are counted.
const pendingMax = 1000

// priceColumn reads the cells of one column of prices. "1,234" is 1.234 or 1234:
// the first cell of the column that can be read in one way only decides, and
// cells before it wait.
type priceColumn struct {
	column   int // -1: the sheet has none
	digits   int
	seconds  bool  // prices per second, times 60
	cents    bool  // prices in hundredths
	max      int64 // a price above it is a typing mistake
	currency *oneCurrency

	decimal byte // '.' or ','; 0: not decided yet
	since   int  // line that decided
	waiting []waitingCell
	more    map[byte]int // cells that wait beyond pendingMax, by sign
}

// waitingCell was read as if its sign were the decimal one.
type waitingCell struct {
	line int
	text string
	sign byte
}

// parse returns the value in units of the last digit kept. stored says that the
// cell is a workbook's number.
func (p *priceColumn) parse(cell []byte, stored bool, line int) (int64, *problem) {
	if stored {
		digits, negative := bytes.CutPrefix(cell, []byte{'-'})
		mantissa, decimals, ok := storedNumber(digits)
		switch {
		case !ok:
			return 0, notAPrice()
		case negative && mantissa != 0:
			return 0, belowZero()
		}
		return p.scale(mantissa, decimals)
	}
	if p.decimal != 0 && !p.seconds && !p.cents {
		if v, ok := plainDecimal(cell, p.decimal, p.digits); ok && v <= p.max {
			return v, nil
		}
	}
	if isExponent(cell) {
		return 0, &problem{"the spreadsheet has shortened the price", "format the column as a number with 8 decimals, then save the sheet anew"}
	}
	text, wrong := p.bare(cell)
	if wrong != nil {
		return 0, wrong
	}
	return p.number(text, cell, line)
}

func belowZero() *problem {
	return &problem{"a price below zero", "write what a call costs; a code that is closed is blocked"}
}

func notAPrice() *problem {
	return &problem{"not a price", "write a number such as 0.0125, or map the right column"}
}

// plainDecimal is the fast way for "0.0125".
func plainDecimal(cell []byte, sign byte, digits int) (int64, bool) {
	v, after, point := int64(0), 0, false
	if len(cell) == 0 || len(cell) > 17 || cell[0] == sign || cell[len(cell)-1] == sign {
		return 0, false
	}
	for _, c := range cell {
		switch {
		case c >= '0' && c <= '9':
			v = 10*v + int64(c-'0')
			if point {
				after++
			}
		case c == sign && !point:
			point = true
		default:
			return 0, false
		}
	}
	if after > digits {
		return 0, false
	}
	unit := power10(digits - after)
	if v > math.MaxInt64/unit {
		return 0, false
	}
	return v * unit, true
}

// bare strips blanks, the currency and words such as "/min" from the number.
func (p *priceColumn) bare(cell []byte) ([]byte, *problem) {
	var number []byte
	inWord, word := false, 0 // where the word in hand begins, or the last one ended
	flush := func(end int) *problem {
		if !inWord {
			return nil
		}
		text := string(cell[word:end])
		inWord, word = false, end
		return p.word(text)
	}
	word = -1
	for i := 0; i < len(cell); {
		r, size := utf8.DecodeRune(cell[i:])
		if unicode.IsLetter(r) {
			if !inWord {
				word, inWord = i, true
			}
			i += size
			continue
		}
		if wrong := flush(i); wrong != nil {
			return nil, wrong
		}
		if may := currencySign(r); may != "" {
			if wrong := p.currency.check(may); wrong != nil {
				return nil, wrong
			}
			i += size
			continue
		}
		switch {
		case r == '.' && word == i: // of an abbreviation
		case r >= '0' && r <= '9' || strings.ContainsRune(".,-+'(", r):
			number = append(number, byte(r))
		case r == '’':
			number = append(number, '\'')
		case r == '−' || r == '–':
			number = append(number, '-')
		case r == ' ' || r == '\u00a0' || r == '\u2009' || r == '\u202f':
			number = append(number, ' ')
		case r == '/' || r == ')':
		default:
			return nil, notAPrice()
		}
		i += size
	}
	if wrong := flush(len(cell)); wrong != nil {
		return nil, wrong
	}
	return bytes.Trim(number, " "), nil
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// word is a currency or a unit; anything else makes the cell something else.
func (p *priceColumn) word(w string) *problem {
	lower := plain(w)
	switch {
	case isCurrency(strings.ToUpper(w)):
		return p.currency.check(strings.ToUpper(w))
	case currencyWord(lower) != "":
		return p.currency.check(currencyWord(lower))
	case strings.Contains(" per pro je par por за в ", " "+lower+" "):
		return nil
	case !p.seconds && strings.Contains(minuteWords, " "+lower+" "):
		return nil
	case p.seconds && strings.Contains(secondWords, " "+lower+" "):
		return nil
	case strings.Contains(centWords, " "+lower+" ") && !p.cents:
		return &problem{"a price in hundredths of the currency", "write the price in whole units of the currency"}
	}
	return notAPrice()
}

// number reads digits with separators.
func (p *priceColumn) number(text, cell []byte, line int) (int64, *problem) {
	negative := len(text) > 0 && (text[0] == '-' || text[0] == '(')
	text = bytes.TrimLeft(text, "-+( ")
	whole, fraction, sign, wrong := p.divide(text, cell, line)
	if wrong != nil {
		return 0, wrong
	}
	if sign != 0 && p.decimal == 0 && sign != ambiguous {
		p.decimal, p.since = sign, line
	}
	mantissa, decimals, ok := mantissaOf(whole, fraction)
	switch {
	case !ok:
		return 0, &problem{"a number that is too long", "round it to " + strconv.Itoa(p.digits) + " digits after the point"}
	case negative && mantissa != 0:
		return 0, belowZero()
	}
	return p.scale(mantissa, decimals)
}

// ambiguous is the sign of a number that its column must decide.
const ambiguous = '?'

// divide splits a number at its decimal sign. sign says what the number proves
// to be the decimal sign: 0 when it proves nothing.
func (p *priceColumn) divide(text, cell []byte, line int) (whole, fraction []byte, sign byte, _ *problem) {
	points, commas := bytes.Count(text, []byte{'.'}), bytes.Count(text, []byte{','})
	lastPoint, lastComma := bytes.LastIndexByte(text, '.'), bytes.LastIndexByte(text, ',')
	switch {
	case points == 0 && commas == 0:
		whole = text
	case points > 0 && commas > 0:
		at := max(lastPoint, lastComma)
		whole, fraction, sign = text[:at], text[at+1:], text[at]
		if bytes.IndexByte(whole, sign) >= 0 {
			return nil, nil, 0, notAPrice()
		}
	case points > 1 && commas == 0:
		whole, sign = text, ','
	case commas > 1 && points == 0:
		whole, sign = text, '.'
	case points+commas == 1:
		return p.single(text, cell, max(lastPoint, lastComma), line)
	}
	if !grouped(whole, sign) || fraction != nil && !allDigits(fraction) {
		return nil, nil, 0, notAPrice()
	}
	if sign != 0 && p.decimal != 0 && sign != p.decimal {
		return nil, nil, 0, p.mixed(sign)
	}
	return digitsOf(whole), fraction, sign, nil
}

// single reads a number with one separator.
func (p *priceColumn) single(text, cell []byte, at, line int) (whole, fraction []byte, sign byte, _ *problem) {
	whole, fraction, sign = text[:at], text[at+1:], text[at]
	blanks := bytes.ContainsAny(whole, " '")
	if !allDigits(fraction) || len(whole) > 0 && !grouped(whole, sign) {
		return nil, nil, 0, notAPrice()
	}
	whole = digitsOf(whole)
	thousands := len(fraction) == 3 && len(whole) > 0 && len(whole) <= 3 && whole[0] != '0' && !blanks
	switch {
	case p.decimal == sign:
		return whole, fraction, sign, nil
	case p.decimal != 0 && thousands:
		return nil, nil, 0, &problem{
			fmt.Sprintf("decimals or thousands after the %s? Other cells of the column have a %s%s", signName(sign), signName(p.decimal), p.proof()),
			"write the price without thousands separators",
		}
	case p.decimal != 0:
		return nil, nil, 0, p.mixed(sign)
	case thousands:
		p.wait(waitingCell{line, cut(cell), sign})
		return whole, fraction, ambiguous, nil
	}
	return whole, fraction, sign, nil
}

func (p *priceColumn) wait(w waitingCell) {
	if len(p.waiting) < pendingMax {
		p.waiting = append(p.waiting, w)
		return
	}
	if p.more == nil {
		p.more = make(map[byte]int)
	}
	p.more[w.sign]++
}

func (p *priceColumn) mixed(sign byte) *problem {
	return &problem{
		fmt.Sprintf("decimals after a %s, while other cells of the column have a %s%s", signName(sign), signName(p.decimal), p.proof()),
		"write all prices of the column the same way, or say --decimal",
	}
}

// proof names the line that decided; none when the option did.
func (p *priceColumn) proof() string {
	if p.since == 0 {
		return ""
	}
	return fmt.Sprintf(" (line %d)", p.since)
}

func signName(sign byte) string {
	if sign == ',' {
		return "comma"
	}
	return "point"
}

// grouped checks thousands: groups of three digits after the first one, divided
// by one and the same sign that is not the decimal one.
func grouped(whole []byte, decimal byte) bool {
	if allDigits(whole) {
		return true
	}
	separator := byte(0)
	group, groups := 0, 0
	for _, c := range whole {
		if isDigit(c) {
			group++
			continue
		}
		if c == decimal || separator != 0 && c != separator || !strings.ContainsRune(" '.,", rune(c)) {
			return false
		}
		if group == 0 || group > 3 || groups > 0 && group != 3 {
			return false
		}
		separator, group = c, 0
		groups++
	}
	return groups > 0 && group == 3
}

func digitsOf(b []byte) []byte {
	if allDigits(b) {
		return b
	}
	out := make([]byte, 0, len(b))
	for _, c := range b {
		if isDigit(c) {
			out = append(out, c)
		}
	}
	return out
}

// mantissaOf is the number as an integer and its digits after the point.
func mantissaOf(whole, fraction []byte) (mantissa uint64, decimals int, ok bool) {
	fraction = bytes.TrimRight(fraction, "0")
	for _, part := range [2][]byte{whole, fraction} {
		for _, c := range part {
			high, low := bits.Mul64(mantissa, 10)
			if high != 0 || low > math.MaxInt64 {
				return 0, 0, false
			}
			mantissa = low + uint64(c-'0')
		}
	}
	return mantissa, len(fraction), true
}

// scale brings a number to the digits that are kept, and refuses what would not
// come through unchanged.
func (p *priceColumn) scale(mantissa uint64, decimals int) (int64, *problem) {
	if p.seconds {
		high, low := bits.Mul64(mantissa, 60)
		if high != 0 {
			return 0, p.absurd()
		}
		mantissa = low
	}
	if p.cents {
		decimals += 2
	}
	for ; decimals > p.digits; decimals-- {
		if mantissa%10 != 0 {
			return 0, &problem{fmt.Sprintf("more than %d digits after the point", p.digits), "round the price; it is not rounded in silence"}
		}
		mantissa /= 10
	}
	for ; decimals < p.digits; decimals++ {
		if mantissa > math.MaxInt64/10 {
			return 0, p.absurd()
		}
		mantissa *= 10
	}
	if mantissa > uint64(p.max) {
		return 0, p.absurd()
	}
	return int64(mantissa), nil
}

func (p *priceColumn) absurd() *problem {
	return &problem{"a price above " + showPrice(money.Rate(p.max*power10(priceDigits-p.digits))), "mend it, or raise --max-price"}
}

// showPrice is a price without zeros at its end.
func showPrice(p money.Rate) string {
	return strings.TrimRight(strings.TrimRight(p.String(), "0"), ".")
}

// settle tells of the cells that waited for a decimal sign in vain. other is the
// sign of the sheet's main column of prices, for a column without proof.
func (p *priceColumn) settle(other byte, l *layout, f *faults) {
	decimal := p.decimal
	if decimal == 0 {
		decimal = other
	}
	for _, w := range p.waiting {
		if decimal == w.sign {
			continue
		}
		wrong := problem{"decimals or thousands? No cell of the column tells", "say --decimal . or --decimal ,"}
		if decimal != 0 {
			wrong.what = "decimals or thousands? Other cells have a " + signName(decimal)
			wrong.fix = "write the price without thousands separators"
		}
		f.add(l.fault(w.line, p.column, []byte(w.text), wrong))
	}
	for sign, cells := range p.more {
		if sign != decimal {
			f.total += cells
		}
	}
}

// storedDigits is how many digits a spreadsheet keeps of a number. What it
// stores beyond them is the noise of binary fractions: 1.2300000000000001E-2.
const storedDigits = 15

// storedNumber reads a workbook's number, in plain or scientific notation.
func storedNumber(cell []byte) (mantissa uint64, decimals int, ok bool) {
	base, exponent, found := bytes.Cut(bytes.ToLower(cell), []byte{'e'})
	shift := 0
	if found {
		n, err := strconv.Atoi(string(exponent))
		if err != nil || n < -400 || n > 400 {
			return 0, 0, false
		}
		shift = n
	}
	whole, fraction, _ := bytes.Cut(base, []byte{'.'})
	digits := append(bytes.Clone(whole), fraction...)
	if !allDigits(digits) {
		return 0, 0, false
	}
	decimals = len(fraction) - shift
	digits = bytes.TrimLeft(digits, "0")
	if len(digits) > storedDigits {
		up := digits[storedDigits] >= '5'
		decimals -= len(digits) - storedDigits
		digits = digits[:storedDigits]
		mantissa = uint64(number(digits))
		if up {
			mantissa++
		}
	} else {
		mantissa = uint64(number(digits))
	}
	for mantissa != 0 && mantissa%10 == 0 && decimals > 0 {
		mantissa /= 10
		decimals--
	}
	if mantissa == 0 {
		return 0, 0, true
	}
	for ; decimals < 0; decimals++ {
		if mantissa > math.MaxInt64/10 {
			return 0, 0, false
		}
		mantissa *= 10
	}
	return mantissa, decimals, true
}

// looksPrice is true of numbers with decimals, with or without a currency.
func looksPrice(c []byte) bool {
	p := priceColumn{digits: priceDigits, max: math.MaxInt64, currency: &oneCurrency{}}
	if len(c) > 40 || !bytes.ContainsAny(c, ".,") {
		return false
	}
	text, wrong := p.bare(c)
	if wrong != nil {
		return false
	}
	whole, fraction, sign, wrong := p.divide(text, c, 0)
	return wrong == nil && sign != 0 && len(fraction) > 0 && len(whole) <= 3
}

// looksNumber is true of any number a price may be.
func looksNumber(c []byte) bool {
	if looksPrice(c) || looksStored(c) {
		return true
	}
	p := priceColumn{digits: priceDigits, currency: &oneCurrency{}}
	text, wrong := p.bare(c)
	if wrong != nil {
		return false
	}
	_, _, _, wrong = p.divide(bytes.TrimLeft(text, "-+("), c, 0)
	return wrong == nil
}
