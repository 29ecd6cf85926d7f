package db

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tandem/internal/e164"
	"tandem/routing"
)

// The checks of resources tell a FieldError: the field as the API names it, and
// what to write instead. They never repeat the value, which may be a secret.

// faults is the first of several.
func faults(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// must is an error unless good.
func must(good bool, field, text string) error {
	if good {
		return nil
	}
	return &FieldError{Field: field, Text: text}
}

// orTrue is the default of a switch. A pointer, since who says false means it.
func orTrue(on **bool) {
	if *on == nil {
		*on = new(true)
	}
}

// goodName checks what people call a row. Digits alone would be taken for an id.
func goodName(text string) error {
	const field = "name"
	return faults(
		goodText(field, text, 64),
		must(text != "" && strings.TrimSpace(text) == text, field, "want 1 to 64 characters, without blanks at the ends"),
		must(strings.Trim(text, "0123456789") != "", field, "digits alone would be taken for an id; add a letter"),
	)
}

// goodText checks text for people: anything that can be printed, SQL and HTML too.
func goodText(field, text string, most int) error {
	return faults(
		must(utf8.ValidString(text) && utf8.RuneCountInString(text) <= most, field, "want at most "+strconv.Itoa(most)+" characters"),
		must(!strings.ContainsFunc(text, unicode.IsControl), field, "no line ends, and no other control characters"),
	)
}

// goodNumber checks an E.164 number; empty is one only where it may be.
func goodNumber(field, text string, mayBeEmpty bool) error {
	if text == "" && mayBeEmpty {
		return nil
	}
	n, err := e164.Parse(text)
	return must(err == nil && string(n) == text, field, "want an E.164 number: country code and number, 7 to 15 digits, no plus, e.g. 442038070121")
}

// goodPrefix checks the leading digits of a number.
func goodPrefix(field, text string, mayBeEmpty bool) error {
	return must((text != "" || mayBeEmpty) && digitsOnly(text), field, "want leading digits of a number, at most 15, no plus")
}

func goodTier(field, text string) error {
	_, err := routing.ParseTier(text)
	return must(err == nil, field, "want noncli, cli or premium")
}

func goodTierOrNone(field string, text *string) error {
	if text == nil {
		return nil
	}
	return goodTier(field, *text)
}

func goodDirection(field, text string) error {
	return must(text == "IN" || text == "OUT" || text == "IN/OUT", field, "want IN, OUT or IN/OUT")
}

func goodLimits(channels, cps int) error {
	const most = 1_000_000
	return faults(
		must(channels >= 0 && channels <= most, "channels", "want 0 for no limit, or calls at the same time, at most 1000000"),
		must(cps >= 0 && cps <= most, "cps", "want 0 for no limit, or new calls a second, at most 1000000"),
	)
}

// goodZone refuses Local: it would be another place on every machine.
func goodZone(field, text string) error {
	_, err := time.LoadLocation(text)
	return must(err == nil && text != "" && text != "Local" && len(text) <= 64, field, "want a name of the IANA time zone database, e.g. Europe/Moscow, or UTC")
}

// goodHost checks a name or an address, as the renderer does.
func goodHost(field, text string) error {
	if _, err := netip.ParseAddr(text); err == nil && !strings.Contains(text, "%") {
		return nil
	}
	return must(shaped(text, letterOrDigit, letterOrDigit+".-", 253) && strings.TrimRight(text, ".-") == text, field,
		"want a host name or an address, without port and scheme")
}

// goodPeer checks a name that becomes an endpoint of Asterisk; what begins with
// tandem- and trunk- is ours.
func goodPeer(field, text string) error {
	return faults(
		must(shaped(text, letterOrDigit, letterOrDigit+"_.-", 40), field,
			"want 1 to 40 of A-Z a-z 0-9 _ . -, beginning with a letter or digit: it becomes a name in Asterisk's configuration"),
		must(!strings.HasPrefix(text, "tandem-") && !strings.HasPrefix(text, "trunk-"), field, "choose a name that begins neither with tandem- nor with trunk-: those are ours"),
	)
}

// goodSecret checks a password as Asterisk's files can hold it.
func goodSecret(field, text string, least int) error {
	return must(len(text) >= least && len(text) <= 64 && strings.Trim(text, letterOrDigit+"!#%&()*+./:=?@^_{|}~,$-") == "", field,
		"want "+strconv.Itoa(least)+" to 64 letters, digits and signs, without spaces, quotes and ; < > [ ] \\ `")
}

func goodID(field string, id int64) error {
	return must(id > 0, field, "want the id of one that is there")
}

// goodReference checks an id that may be absent; 0 counts as absent.
func goodReference(field string, id **int64) error {
	if *id != nil && **id == 0 {
		*id = nil
	}
	return must(*id == nil || **id > 0, field, "want the id of one that is there, or null")
}

// Signs of names.
const (
	lowerOrDigit  = "abcdefghijklmnopqrstuvwxyz0123456789"
	letter        = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	letterOrDigit = letter + "0123456789"
)

// shaped says whether a name of 1 to most signs begins with one of first
// and has only those of rest behind it.
func shaped(name, first, rest string, most int) bool {
	return name != "" && len(name) <= most && strings.Contains(first, name[:1]) && strings.Trim(name[1:], rest) == ""
}
