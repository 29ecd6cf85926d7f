package deck

import (
	"fmt"
	"slices"
	"strings"
)

// Field is what a column of a sheet holds.
type Field string

// The fields. Two columns may be ignored, any other field has one column.
const (
	FieldPrefix        Field = "prefix"       // codes: one, a list, a range
	FieldCountryCode   Field = "country_code" // goes before every code of the row
	FieldCountry       Field = "country"      // goes before the destination's name
	FieldDestination   Field = "destination"
	FieldPerMinute     Field = "per_minute"
	FieldPerSecond     Field = "per_second" // times 60, exactly
	FieldConnectionFee Field = "connection_fee"
	FieldMinimumCharge Field = "minimum_charge"
	FieldAttemptFee    Field = "attempt_fee"
	FieldIncrements    Field = "increments" // "60/1", "0/60/1"
	FieldFirst         Field = "first"
	FieldNext          Field = "next"
	FieldGrace         Field = "grace"      // seconds; shorter calls cost nothing
	FieldFree          Field = "free"       // seconds that are not billed
	FieldSteps         Field = "steps"      // "300:0.01,600:0.005"
	FieldStepAfter     Field = "step_after" // seconds of billed time until step_price
	FieldStepPrice     Field = "step_price" // per minute
	FieldEffectiveFrom Field = "effective_from"
	FieldEffectiveTo   Field = "effective_to"
	FieldDays          Field = "days"
	FieldTime          Field = "time" // "08:00-20:00"
	FieldStart         Field = "start"
	FieldEnd           Field = "end"
	FieldStatus        Field = "status"  // blocked, closed, deleted; anything that means open
	FieldBlocked       Field = "blocked" // yes or no
	FieldActive        Field = "active"  // yes or no
	FieldCurrency      Field = "currency"
	FieldIgnore        Field = "ignore"
)

// Fields lists them all.
func Fields() []Field {
	return []Field{
		FieldPrefix, FieldCountryCode, FieldCountry, FieldDestination, FieldPerMinute, FieldPerSecond,
		FieldConnectionFee, FieldMinimumCharge, FieldAttemptFee, FieldIncrements, FieldFirst, FieldNext,
		FieldGrace, FieldFree, FieldSteps, FieldStepAfter, FieldStepPrice, FieldEffectiveFrom, FieldEffectiveTo, FieldDays, FieldTime, FieldStart, FieldEnd,
		FieldStatus, FieldBlocked, FieldActive, FieldCurrency, FieldIgnore,
	}
}

// Column is one column of the sheet and what it was taken for.
type Column struct {
	Index      int    `json:"index"` // 1 is the first
	Letter     string `json:"letter"`
	Header     string `json:"header,omitempty"`
	Field      Field  `json:"field"`      // ignore: not used
	Confidence int    `json:"confidence"` // percent
	Why        string `json:"why"`
}

// Assignment says which column holds a field: by number from 1, by its header,
// or by its letter.
type Assignment struct {
	Field  Field
	Column string
}

// Mapping overrides the guess.
type Mapping []Assignment

// ParseMapping reads "prefix=2,per_minute=Price USD,first=F". A comma that no
// field follows belongs to the header's text.
func ParseMapping(s string) (Mapping, error) {
	var m Mapping
	for part := range strings.SplitSeq(s, ",") {
		name, column, ok := strings.Cut(part, "=")
		field := Field(strings.ToLower(strings.TrimSpace(name)))
		switch {
		case ok && slices.Contains(Fields(), field):
			if field != FieldIgnore && slices.ContainsFunc(m, func(a Assignment) bool { return a.Field == field }) {
				return nil, fmt.Errorf("--map: %s is given twice", field)
			}
			m = append(m, Assignment{field, strings.TrimSpace(column)})
		case len(m) > 0 && (!ok || strings.ContainsAny(name, " (")):
			m[len(m)-1].Column += "," + part
		case strings.TrimSpace(part) == "" && !ok:
			continue
		default:
			return nil, fmt.Errorf("--map %q: want field=column, with one of the fields %s", strings.TrimSpace(part), fieldNames())
		}
	}
	for _, a := range m {
		if strings.TrimSpace(a.Column) == "" {
			return nil, fmt.Errorf("--map %s: names no column", a.Field)
		}
	}
	return m, nil
}

func fieldNames() string {
	names := make([]string, 0, len(Fields()))
	for _, f := range Fields() {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}
