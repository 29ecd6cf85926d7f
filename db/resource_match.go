package db

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/billing/rate"
)

// CallMatch says which calls a rule is for. Exported because the API embeds it.
type CallMatch struct {
	AccountID *int64   `json:"account_id" required:"false" doc:"null: every account"`
	Account   string   `json:"account" readOnly:"true"`
	APrefix   string   `json:"a_prefix" required:"false" doc:"Leading digits of the number shown; empty: any"`
	BPrefix   string   `json:"b_prefix" required:"false" doc:"Leading digits of the number called; empty: any"`
	Days      []string `json:"days" required:"false" nullable:"false" enum:"mon,tue,wed,thu,fri,sat,sun" doc:"Empty: every day"`
	From      string   `json:"from" required:"false" default:"00:00" doc:"Time of the day, HH:MM"`
	To        string   `json:"to" required:"false" default:"00:00" doc:"Not included, up to 24:00; before from: over midnight; both 00:00: all day"`
	TimeZone  string   `json:"time_zone" required:"false" default:"UTC" doc:"IANA name, of from, to and days"`
	PlaceMatch
	QuietFrom string `json:"quiet_from" required:"false" doc:"HH:MM where the number called may ring: the rule is for calls from then" example:"22:00"`
	QuietTo   string `json:"quiet_to" required:"false" doc:"Until before then, over midnight when it is before quiet_from; both empty: any hour. A mobile number may ring in all zones of its country: it is quiet when it is in one of them" example:"08:00"`
}

func (m *CallMatch) fields() []field {
	return slices.Concat([]field{
		{"account_id", "account_id", "", &m.AccountID},
		{"account", "", "COALESCE(a.name, '')", &m.Account},
		{"a_prefix", "a_prefix", "", &m.APrefix},
		{"b_prefix", "b_prefix", "", &m.BPrefix},
		{"days", "days", "", dayBits{&m.Days}},
		{"from", "start_minute", "", minuteOfDay{&m.From}},
		{"to", "end_minute", "", minuteOfDay{&m.To}},
		{"time_zone", "time_zone", "", &m.TimeZone},
	}, m.PlaceMatch.fields(), []field{
		{"quiet_from", "quiet_from", "", minuteOrNone{&m.QuietFrom}},
		{"quiet_to", "quiet_to", "", minuteOrNone{&m.QuietTo}},
	})
}

func (m *CallMatch) check() error {
	if m.Days == nil {
		m.Days = []string{}
	}
	if err := faults(
		goodReference("account_id", &m.AccountID),
		goodPrefix("a_prefix", m.APrefix, true),
		goodPrefix("b_prefix", m.BPrefix, true),
		goodZone("time_zone", m.TimeZone),
		m.PlaceMatch.check(),
		m.checkQuiet(),
	); err != nil {
		return err
	}
	bits, ok := bitsOf(m.Days)
	if !ok {
		return &FieldError{Field: "days", Text: "want some of " + strings.Join(dayNames(), ", ") + ", each once; none: every day"}
	}
	from, ok := minutesOf(m.From)
	if !ok || from >= 24*60 {
		return &FieldError{Field: "from", Text: "want a time of the day, 00:00 to 23:59"}
	}
	to, ok := minutesOf(m.To)
	if !ok {
		return &FieldError{Field: "to", Text: "want a time of the day, 00:00 to 24:00"}
	}
	window := rate.Window{Days: bits, Start: uint16(from), End: uint16(to)}
	return must(window.Validate() == nil, "to", "the same as from: nothing is between them; for all day write 00:00 in both")
}

func dayNames() []string { return []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} }

func bitsOf(days []string) (bits uint8, ok bool) {
	for _, day := range days {
		i := slices.Index(dayNames(), day)
		if i < 0 || bits&(1<<i) != 0 {
			return 0, false
		}
		bits |= 1 << i
	}
	return bits, true
}

// dayBits keeps days as bits from Monday, 1, to Sunday, 64.
type dayBits struct{ days *[]string }

func (v dayBits) Value() (driver.Value, error) {
	bits, _ := bitsOf(*v.days) // checked
	return int64(bits), nil
}

func (v dayBits) Scan(from any) error {
	bits, err := strconv.Atoi(textOf(from))
	if err != nil {
		return fmt.Errorf("days: %w", err)
	}
	*v.days = []string{}
	for i, name := range dayNames() {
		if bits&(1<<i) != 0 {
			*v.days = append(*v.days, name)
		}
	}
	return nil
}

// minuteOfDay keeps HH:MM as minutes.
type minuteOfDay struct{ text *string }

func (v minuteOfDay) Value() (driver.Value, error) {
	minutes, _ := minutesOf(*v.text) // checked
	return int64(minutes), nil
}

func (v minuteOfDay) Scan(from any) error {
	minutes, err := strconv.Atoi(textOf(from))
	if err != nil {
		return fmt.Errorf("minute of the day: %w", err)
	}
	*v.text = fmt.Sprintf("%02d:%02d", minutes/60, minutes%60)
	return nil
}

func minutesOf(text string) (minutes int, ok bool) {
	if text == "24:00" {
		return 24 * 60, true
	}
	at, err := time.Parse("15:04", text)
	return at.Hour()*60 + at.Minute(), err == nil && len(text) == len("15:04")
}
