package deck

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// guess is what a column's header, or its cells, make of it.
type guess struct {
	field      Field
	confidence int
	why        string
}

// Confidence of a header: all of it is a known name, or it contains one.
const (
	exactName = 100
	partName  = 55
	partRange = 35 // added in full when the name is nearly all of the header
)

// longestHeader is how long a text may be to be taken for a column's header.
const longestHeader = 80

// headers reads header texts.
type headers struct {
	words []headerWord
	seen  map[string]guess
}

func newHeaders() headers { return headers{headerWords(), make(map[string]guess)} }

// match finds the field that a header names; the zero guess when it names none.
func (h headers) match(header []byte) guess {
	g, ok := h.seen[string(header)]
	if !ok {
		g = h.find(string(header))
		h.seen[string(header)] = g
	}
	return g
}

func (h headers) find(header string) guess {
	text := plain(header)
	if text == "" || len(header) > 3*longestHeader {
		return guess{}
	}
	// "Price (USD/min)" is a price per minute: the currency says nothing of the field.
	text = withoutCurrency(text)
	best, name := guess{}, ""
	words, joined := " "+text+" ", strings.ReplaceAll(text, " ", "")
	for _, w := range h.words {
		confidence := w.confidence(text, words, joined)
		if confidence > best.confidence || confidence == best.confidence && confidence > 0 && len(w.text) > len(name) {
			best, name = guess{field: w.field, confidence: confidence}, w.text
		}
	}
	switch best.confidence {
	case 0:
		return guess{}
	case exactName:
		best.why = "header"
	default:
		best.why = fmt.Sprintf("header contains %q", name)
	}
	if best.field == FieldPerMinute && perSecond(text) {
		best.field = FieldPerSecond
		best.why += ", per second: times 60"
	}
	return best
}

// confidence is 0 when the text does not contain the name. words is the text
// with a blank at both ends, joined the text without blanks.
func (w headerWord) confidence(text, words, joined string) int {
	switch {
	case text == w.text:
		return exactName
	case w.whole, w.han && !strings.Contains(joined, w.text), !w.han && !strings.Contains(words, w.padded):
		return 0
	}
	return partName + partRange*len(w.text)/len(text)
}

// unitWords tell what a price is for.
const (
	secondWords = " sec secs second seconds сек секунда секунду секунды sekunde seconde seconds segundo "
	minuteWords = " min mins minute minutes mn мин минута минуту минуты minuto minuten "
	centWords   = " cent cents ct cts центов коп копеек копейках копейки kopeks pence centimes centavos "
)

// perSecond says that a price's header names the second and not the minute.
// Chinese and Russian words are compared as plain leaves them.
func perSecond(text string) bool {
	second := anyWord(text, secondWords) || strings.Contains(text, "秒")
	minute := anyWord(text, minuteWords) || strings.Contains(text, "分")
	return second && !minute
}

// inCents says that a price's header names hundredths of the currency.
func inCents(header string) bool {
	return strings.Contains(header, "¢") || anyWord(plain(header), centWords)
}

func anyWord(text, words string) bool {
	return slices.ContainsFunc(strings.Fields(text), func(w string) bool {
		return strings.Contains(words, " "+w+" ")
	})
}

// withoutCurrency drops the words that name a currency, and brackets' leftovers
// such as "in".
func withoutCurrency(text string) string {
	words := slices.DeleteFunc(strings.Fields(text), func(w string) bool {
		return w == "in" || isCurrency(strings.ToUpper(w)) || currencyWord(w) != ""
	})
	if len(words) == 0 {
		return text
	}
	return strings.Join(words, " ")
}

// headerCurrencies are the currencies that a header may mean; empty: it names none.
func headerCurrencies(header string) string {
	for w := range strings.FieldsSeq(plain(header)) {
		if upper := strings.ToUpper(w); isCurrency(upper) && upper != "ALL" && upper != "TOP" {
			return upper
		}
		if c := currencyWord(w); c != "" {
			return c
		}
	}
	for _, r := range header {
		if c := currencySign(r); c != "" {
			return c
		}
	}
	return ""
}

// looksLike is how cells under a header must look, at least every second one,
// for the header to be believed; nil for fields that anything may stand in.
func looksLike(f Field) func([]byte) bool {
	switch f {
	case FieldPrefix:
		return looksCodes
	case FieldCountryCode:
		return func(c []byte) bool { return looksCodes(c) && len(c) <= 10 }
	case FieldCountry, FieldDestination, FieldCurrency:
		return func(c []byte) bool { return hasLetter(c) || headerCurrencies(string(c)) != "" }
	case FieldPerMinute, FieldPerSecond, FieldConnectionFee, FieldMinimumCharge, FieldAttemptFee, FieldStepPrice:
		return looksNumber
	case FieldIncrements, FieldFirst, FieldNext:
		return looksIncrement
	case FieldGrace, FieldFree, FieldStepAfter:
		return looksSeconds
	case FieldSteps:
		return looksSteps
	case FieldEffectiveFrom, FieldEffectiveTo:
		return func(c []byte) bool { return looksDate(c) || looksStored(c) }
	case FieldStatus:
		return looksStatus
	case FieldBlocked, FieldActive:
		return looksYesNo
	default:
		return nil
	}
}

// looksAmount is true of numbers and percentages.
func looksAmount(c []byte) bool {
	return looksNumber(bytes.TrimRight(c, " %"))
}

// looksStored is a workbook's number, which a date may be.
func looksStored(c []byte) bool {
	_, _, ok := storedNumber(c)
	return ok
}
