package e164

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Number is an E.164 number: country code and national number, digits only, no
// plus, at most 15 digits (ITU-T E.164 §6).
type Number string

// MaxDigits is the longest E.164 number; MinDigits the shortest that we take
// for one, so that short codes and extensions never leave by a provider.
const (
	MaxDigits = 15
	MinDigits = 7
)

// Errors of Parse and Normalise.
var (
	ErrEmpty   = errors.New("no digits dialled")
	ErrSyntax  = errors.New("a number has digits only, with at most one leading +")
	ErrShort   = fmt.Errorf("shorter than %d digits", MinDigits)
	ErrLong    = fmt.Errorf("longer than %d digits", MaxDigits)
	ErrCountry = errors.New("unknown country, want an ISO 3166 code such as GB")
)

// Parse reads a full international number with or without the plus.
func Parse(s string) (Number, error) {
	digits := strings.TrimPrefix(s, "+")
	return check(digits)
}

// DialRules say how an account's callers dial. The zero value takes every
// number for a full international one.
type DialRules struct {
	International string // prefix before a foreign number, e.g. "00" or "810"
	Trunk         string // prefix before a national number, e.g. "0" or "8"
	CountryCode   string // what replaces the trunk prefix, e.g. "44"
}

// NewDialRules makes rules for a country by its ISO 3166 code; empty prefixes
// stay unused. The country's calling code comes from libphonenumber's data.
func NewDialRules(country, international, trunk string) (DialRules, error) {
	for name, prefix := range map[string]string{"international prefix": international, "trunk prefix": trunk} {
		if !digitsOnly(prefix) || len(prefix) > 5 {
			return DialRules{}, fmt.Errorf("%s %q: at most 5 digits", name, prefix)
		}
	}
	rules := DialRules{International: international, Trunk: trunk}
	if country == "" && trunk == "" {
		return rules, nil
	}
	code := phonenumbers.GetCountryCodeForRegion(strings.ToUpper(country))
	if code == 0 {
		return DialRules{}, fmt.Errorf("country %q: %w", country, ErrCountry)
	}
	rules.CountryCode = strconv.Itoa(code)
	return rules, nil
}

// Normalise turns dialled digits into an E.164 number. The longest rule wins:
// a plus, then the international prefix, then the trunk prefix; anything else
// is taken for a full international number. It never looks at numbering plans,
// so it costs nothing on the call path.
func (r DialRules) Normalise(dialled string) (Number, error) {
	if rest, plus := strings.CutPrefix(dialled, "+"); plus {
		return check(rest)
	}
	if r.International != "" {
		if rest, found := strings.CutPrefix(dialled, r.International); found {
			return check(rest)
		}
	}
	if r.Trunk != "" {
		if rest, found := strings.CutPrefix(dialled, r.Trunk); found {
			if rest == "" {
				return "", ErrEmpty
			}
			return check(r.CountryCode + rest)
		}
	}
	return check(dialled)
}

func check(digits string) (Number, error) {
	switch {
	case digits == "":
		return "", ErrEmpty
	case !digitsOnly(digits):
		return "", ErrSyntax
	case len(digits) < MinDigits:
		return "", ErrShort
	case len(digits) > MaxDigits:
		return "", ErrLong
	case digits[0] == '0':
		// No country code begins with 0 (ITU-T E.164 list of country codes).
		return "", ErrSyntax
	}
	return Number(digits), nil
}

func digitsOnly(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
