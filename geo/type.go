package geo

import (
	"fmt"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Type is what kind of service a number is for. It is no byte: JSON would write a
// list of bytes as one text.
type Type uint16

// Types of numbers. FixedOrMobile is where the plan does not tell them apart,
// as in North America.
const (
	Unknown Type = iota
	Fixed
	Mobile
	FixedOrMobile
	TollFree
	Premium
	SharedCost
	VoIP
	Personal
	Pager
	UAN
	Voicemail

	types // how many there are
)

// String is the word for it in the API, in rules and in the database.
func (t Type) String() string {
	switch t {
	case Fixed:
		return "fixed"
	case Mobile:
		return "mobile"
	case FixedOrMobile:
		return "fixed_or_mobile"
	case TollFree:
		return "toll_free"
	case Premium:
		return "premium"
	case SharedCost:
		return "shared_cost"
	case VoIP:
		return "voip"
	case Personal:
		return "personal"
	case Pager:
		return "pager"
	case UAN:
		return "uan"
	case Voicemail:
		return "voicemail"
	default:
		return "unknown"
	}
}

// ParseType reads what String writes.
func ParseType(s string) (Type, error) {
	for t := range types {
		if t.String() == s {
			return t, nil
		}
	}
	return Unknown, fmt.Errorf("type %q: want one of %s", s, strings.Join(TypeNames(), ", "))
}

// TypeNames lists all types as they are written.
func TypeNames() []string {
	names := make([]string, types)
	for t := range types {
		names[t] = t.String()
	}
	return names
}

// MarshalText writes the word.
func (t Type) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads the word.
func (t *Type) UnmarshalText(text []byte) (err error) {
	*t, err = ParseType(string(text))
	return err
}

func typeOf(t phonenumbers.PhoneNumberType) Type {
	switch t {
	case phonenumbers.FIXED_LINE:
		return Fixed
	case phonenumbers.MOBILE:
		return Mobile
	case phonenumbers.FIXED_LINE_OR_MOBILE:
		return FixedOrMobile
	case phonenumbers.TOLL_FREE:
		return TollFree
	case phonenumbers.PREMIUM_RATE:
		return Premium
	case phonenumbers.SHARED_COST:
		return SharedCost
	case phonenumbers.VOIP:
		return VoIP
	case phonenumbers.PERSONAL_NUMBER:
		return Personal
	case phonenumbers.PAGER:
		return Pager
	case phonenumbers.UAN:
		return UAN
	case phonenumbers.VOICEMAIL:
		return Voicemail
	default:
		return Unknown
	}
}
