package geo

import (
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// number is an E.164 number split at its calling code.
type number struct {
	digits string // all of them
	code   int    // calling code
	own    int    // how many digits the calling code has
}

// parse splits what may have a plus and may be anything.
func parse(s string) (number, bool) {
	digits := strings.TrimPrefix(s, "+")
	if len(digits) > MaxDigits || !allDigits(digits) {
		return number{}, false
	}
	return split(digits)
}

// split finds the calling code of at most MaxDigits digits. It takes nothing
// away and puts nothing in: a trunk zero behind the calling code makes a number
// that does not exist, as it does for the carrier that gets it.
func split(digits string) (number, bool) {
	for own := 1; own <= 3 && own+minNational <= len(digits); own++ {
		code, err := strconv.Atoi(digits[:own])
		if err != nil || code == 0 {
			break // 0 leads nowhere, and 044 is not 44
		}
		if phonenumbers.GetRegionCodeForCountryCode(code) != phonenumbers.UNKNOWN_REGION {
			// Calling codes are free of prefixes: no other one fits.
			return number{digits: digits, code: code, own: own}, true
		}
	}
	return number{}, false
}

// minNational is the shortest that can follow a calling code.
const minNational = 2

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// plan is the number as libphonenumber writes it. Made by hand, because its
// parser guesses: it drops trunk prefixes and puts digits in, at ten
// microseconds a number.
func (n *number) plan() *phonenumbers.PhoneNumber {
	national := n.digits[n.own:]
	zeros := len(national) - len(strings.TrimLeft(national[:len(national)-1], "0")) - 1
	value, err := strconv.ParseUint(national, 10, 64)
	if err != nil {
		value = 0 // at most 14 digits: it does not happen
	}
	p := &phonenumbers.PhoneNumber{CountryCode: new(int32(n.code)), NationalNumber: &value}
	if zeros > 0 {
		p.ItalianLeadingZero, p.NumberOfLeadingZeros = new(true), new(int32(zeros))
	}
	return p
}

// leading is the start of the number that the tables of regions, networks and
// zones go by.
func (n *number) leading() string { return n.digits[:min(len(n.digits), keyDigits)] }

// prefix is what places are grouped by. It is a copy, or the whole number would
// stay in memory with it.
func (n *number) prefix() string {
	return strings.Clone(n.digits[:min(len(n.digits), n.own+prefixDigits)])
}
