package deck

import (
	"bytes"
	"fmt"
	"strings"
)

// code is one prefix of a row. depth is how many digits its codes have in the
// sheet: 440-449 is one code 44 of depth 3.
type code struct {
	key   key
	depth int
}

// exit011 is the American way out; 00 is everybody else's.
const exit011 = "011"

// codeReader reads the cells of the column with codes.
//
//	447   +447   00447   011447   44 7   1-242        one code
//	447,448   44 7/44 8   447400 447401               a list
//	447-449   7400-7499   44 7400-7499                a range
type codeReader struct {
	country  []byte // digits before every code of the row; nil: none
	complete bool   // the codes bring the country code themselves

	codes  []code
	exit   bool // the cell has 011 before a code
	noExit bool // the cell has a foreign code without it
}

// read fills codes from the cell.
func (r *codeReader) read(cell []byte) *problem {
	r.codes, r.exit, r.noExit = r.codes[:0], false, false
	if r.country == nil && len(cell) <= maxDigits && len(cell) > 0 && cell[0] != '0' && allDigits(cell) {
		r.noExit = cell[0] != '1'
		r.codes = append(r.codes, code{pack(cell), len(cell)})
		return nil
	}
	if len(cell) == 0 {
		if r.country == nil {
			return &problem{"no code", "write the digits of the destination"}
		}
		return r.add(nil)
	}
	text := asciiCodes(cell)
	if bytes.ContainsAny(text, "eE") && isExponent(text) {
		return &problem{"the spreadsheet has rounded the code", "format the column as text, then write the code anew"}
	}
	if r.country == nil {
		if p := r.thousands(text); p != nil {
			return p
		}
	}
	for len(text) > 0 {
		var item []byte
		if at := bytes.IndexAny(text, ",;/|\n\r"); at >= 0 {
			item, text = text[:at], text[at+1:]
		} else {
			item, text = text, nil
		}
		if item = trim(item); len(item) == 0 {
			continue
		}
		if p := r.item(item); p != nil {
			return p
		}
	}
	if len(r.codes) == 0 {
		return &problem{"no code", "write the digits of the destination"}
	}
	return nil
}

// asciiCodes writes Chinese and typographic separators as plain ones.
func asciiCodes(cell []byte) []byte {
	for _, c := range cell {
		if c >= 0x80 {
			return []byte(strings.NewReplacer(
				"，", ",", "、", ",", "；", ";", "／", "/",
				"‐", "-", "‑", "-", "–", "-", "—", "-", "−", "-", "－", "-",
				"\u00a0", " ", "\u2009", " ", "\u202f", " ", "\u3000", " ", "＋", "+",
			).Replace(string(cell)))
		}
	}
	return cell
}

// isExponent is a number as spreadsheets shorten it: 4.4E+11.
func isExponent(c []byte) bool {
	at := bytes.IndexAny(c, "eE")
	if at < 1 || at == len(c)-1 {
		return false
	}
	return bytes.Trim(c[:at], "0123456789.,") == nil && bytes.Trim(bytes.TrimLeft(c[at+1:], "+-"), "0123456789") == nil
}

// thousands refuses 447,400: a list of two codes of different countries, or one
// code with a separator?
func (r *codeReader) thousands(text []byte) *problem {
	parts := bytes.Split(text, []byte{','})
	if len(parts) < 2 || len(parts[0]) > 3 {
		return nil
	}
	for i, part := range parts {
		if !allDigits(part) || i > 0 && len(part) != 3 {
			return nil
		}
	}
	for _, part := range parts[1:] {
		if !bytes.HasPrefix(part, parts[0][:countryCode(parts[0])]) {
			return &problem{"a list of codes, or one code with thousands separators", "write the code without separators, or a list with blanks: " + string(bytes.Join(parts, []byte(", ")))}
		}
	}
	return nil
}

// item is a part of the list: a code, a range, or codes with blanks.
func (r *codeReader) item(item []byte) *problem {
	if bytes.IndexByte(item, '-') >= 0 {
		item = tightDashes(item)
	}
	words := bytes.Fields(item)
	if len(words) == 1 {
		return r.add(words[0])
	}
	if r.country != nil && !r.complete {
		return r.addAll(words)
	}
	return r.blanks(words)
}

// tightDashes removes the blanks around dashes.
func tightDashes(item []byte) []byte {
	out := make([]byte, 0, len(item))
	for part := range bytes.SplitSeq(item, []byte{'-'}) {
		out = append(append(out, bytes.TrimSpace(part)...), '-')
	}
	return out[:len(out)-1]
}

// blanks decides whether "44 7" is one code or two.
func (r *codeReader) blanks(words [][]byte) *problem {
	plus, exits := bytes.HasPrefix(words[0], []byte{'+'}), 0
	long, same := true, true
	first, _ := r.strip(words[0])
	country := countryCode(first)
	for _, w := range words {
		digits, stripped := r.strip(w)
		if stripped {
			exits++
		}
		long = long && len(digits) > 3
		same = same && country > 0 && len(digits) > country && bytes.HasPrefix(digits, first[:country])
	}
	join := country > 0 && country == len(first)
	switch {
	case exits == len(words):
		return r.addAll(words)
	case plus && exits == 1 && len(words) > 2:
		return r.add(bytes.Join(words, nil))
	case join && len(words) == 2 && !r.alike(first, words[1]):
		return r.word(first, words[1])
	case exits == 0 && (long && !join || same):
		return r.addAll(words)
	}
	return &problem{
		"one code with blanks in it, or several codes",
		fmt.Sprintf("write %s, or %s", bytes.Join(words, nil), bytes.Join(words, []byte(", "))),
	}
}

// alike says that both words are whole country codes of the same length, as in
// a list of countries.
func (r *codeReader) alike(a, b []byte) bool {
	return len(a) == len(b) && countryCode(b) == len(b)
}

func (r *codeReader) addAll(words [][]byte) *problem {
	for _, w := range words {
		if p := r.add(w); p != nil {
			return p
		}
	}
	return nil
}

// strip removes what people dial before a country code.
func (r *codeReader) strip(w []byte) (digits []byte, stripped bool) {
	switch {
	case bytes.HasPrefix(w, []byte{'+'}):
		return w[1:], true
	case r.country != nil && !r.complete:
		return w, false // an area code may begin with 0
	case bytes.HasPrefix(w, []byte("00")):
		return w[2:], true
	case bytes.HasPrefix(w, []byte(exit011)):
		return w[len(exit011):], true
	}
	return w, false
}

// add takes one word: a code or a range, after the row's country code.
func (r *codeReader) add(w []byte) *problem {
	digits, stripped := r.strip(w)
	head := r.country
	switch {
	case r.complete || stripped && r.country != nil:
		if len(digits) > 0 && !bytes.HasPrefix(digits, r.country) {
			return &problem{"does not begin with the country code " + string(r.country), "mend the code or the country code"}
		}
		if len(digits) > 0 {
			head = nil
		}
	case r.country == nil:
		if stripped && bytes.HasPrefix(w, []byte(exit011)) {
			r.exit = true
		} else if !stripped && (len(digits) == 0 || digits[0] != '1') {
			r.noExit = true
		}
	}
	return r.word(head, digits)
}

// word takes a code or a range without what is dialled before it.
func (r *codeReader) word(head, digits []byte) *problem {
	digits = wholeNumber(digits)
	from, to, ranged := bytes.Cut(digits, []byte{'-'})
	if !ranged {
		return r.one(head, digits)
	}
	if len(from) == 0 || len(to) == 0 {
		return &problem{"a sign, or a range without one of its ends", "write the code without a dash, or both ends of the range: 7400-7499"}
	}
	if len(head) == 0 {
		to, _ = r.strip(to)
		country := countryCode(from)
		switch {
		case len(from) == len(to) && (country == 0 || !bytes.HasPrefix(to, from[:country])):
			return &problem{"a range over several countries", "write a range within one country code, or one code"}
		case country == len(from) && len(to) > len(from) && !noAreaCode(to):
			// 1-242 and 44-7400-1 are written with dashes; as ranges they mean nothing.
			return r.one(nil, bytes.ReplaceAll(digits, []byte{'-'}, nil))
		}
	}
	if len(from) != len(to) {
		return &problem{"not a range of codes", "give both ends the same number of digits, the smaller one first: 7400-7499"}
	}
	return r.between(head, from, to)
}

// longestDashed is how many digits after a country code and a dash may be meant for
// one code.
const longestDashed = 7

// noAreaCode is true of the end of a range: in 1-999999999 nobody means the code
// 1999999999.
func noAreaCode(to []byte) bool {
	return bytes.IndexByte(to, '-') < 0 && (len(to) > longestDashed || len(to) > 1 && len(bytes.Trim(to, "9")) == 0)
}

// wholeNumber drops the ".0" that spreadsheets add. Three zeros would be
// thousands in half of Europe: they stay, and are refused as no digits.
func wholeNumber(digits []byte) []byte {
	if d, ok := bytes.CutSuffix(digits, []byte(".00")); ok {
		return d
	}
	d, _ := bytes.CutSuffix(digits, []byte(".0"))
	return d
}

func (r *codeReader) check(head, digits []byte) *problem {
	n := len(head) + len(digits)
	switch {
	case n == 0:
		return &problem{"no code", "write the digits of the destination"}
	case len(digits) > 0 && !allDigits(digits):
		return &problem{"not a code: digits only", "write the country code and what follows, as in 447400"}
	case n > maxDigits:
		return &problem{fmt.Sprintf("a code of %d digits", n), fmt.Sprintf("codes have at most %d digits", maxDigits)}
	case len(head) == 0 && digits[0] == '0':
		return &problem{"a code that begins with 0", "write the country code first"}
	}
	return nil
}

func (r *codeReader) one(head, digits []byte) *problem {
	if p := r.check(head, digits); p != nil {
		return p
	}
	k := pack(head)
	for i, d := range digits {
		k = k.push(len(head)+i, d-'0')
	}
	r.codes = append(r.codes, code{k, len(head) + len(digits)})
	return nil
}

// between takes a range as the fewest prefixes that mean the same.
func (r *codeReader) between(head, from, to []byte) *problem {
	if p := r.check(head, from); p != nil {
		return p
	}
	if p := r.check(head, to); p != nil {
		return p
	}
	low, high := number(from), number(to)
	if low > high {
		return &problem{"a range that ends before it begins", "write the smaller code first"}
	}
	shortest := 1 // digits that must stay; with a country code before them none
	if len(head) > 0 {
		shortest = 0
	}
	for low <= high {
		block, digits := int64(1), len(from)
		for digits > shortest && low%(block*10) == 0 && low+block*10-1 <= high {
			block *= 10
			digits--
		}
		k := pack(head)
		at, rest := len(head), low/block
		for unit := power10(digits) / 10; unit > 0; unit /= 10 {
			k = k.push(at, byte(rest/unit%10))
			at++
		}
		r.codes = append(r.codes, code{k, len(head) + len(from)})
		low += block
	}
	return nil
}

func pack(digits []byte) key {
	k := key(0)
	for i, d := range digits {
		k = k.push(i, d-'0')
	}
	return k
}

// number is the value of up to 15 digits.
func number(digits []byte) int64 {
	n := int64(0)
	for _, d := range digits {
		n = 10*n + int64(d-'0')
	}
	return n
}

func power10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// looksCodes is true of what read would probably take.
func looksCodes(c []byte) bool {
	if len(c) == 0 || !hasDigit(c) {
		return false
	}
	c = asciiCodes(c)
	if len(bytes.Trim(c, "0123456789+-,;/|. \n\r")) > 0 {
		return false
	}
	if at := bytes.IndexByte(c, '.'); at >= 0 && len(wholeNumber(c)) == len(c) {
		return false
	}
	first := bytes.TrimLeft(c, "+ ")
	return len(first) > 0 && first[0] != ',' && (first[0] != '0' || bytes.HasPrefix(first, []byte("00")) || bytes.HasPrefix(first, []byte(exit011)))
}
