package rate_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/billing/rate"
	"tandem/internal/money"
	"tandem/internal/scripttest"
)

// The scripts speak the trade's language. A rate begins a card, else adds the
// one that holds where it does not; times are on the clock of the zone.
//
//	zone Europe/London
//	rate 0.0600 30/6 fee 0.01 min 0.05 attempt 0.001 grace 5 free 30 steps 300:0.01 days mon-fri hours 08:00-20:00 from 2026-10-01 to 2026-11-01T12:00
//	else 0.0300 60/60
//	fx 1.10 -> 99                            # units per euro: of the card, of the account
//	plus 10% 0.005                           # cost-plus: percent, and a price per minute
//	talk 31s -> 36s 0.046000                 # billed time and price of the first rate, whenever
//	call 2026-10-01T19:59:30 90s -> 0.046000 # answered then, that long
//	afford 2026-10-01T19:59:30 10.00 1h -> 600s # talk that a budget pays for, at most an hour
//	attempt 2026-10-01T19:59:30 -> 0.001000
func TestScripts(t *testing.T) {
	t.Parallel()
	scripttest.Run(t, runScript)
}

// story is what a script has told so far.
type story struct {
	t        *testing.T
	card     rate.Card
	from, to money.FX
}

func runScript(t *testing.T, lines []scripttest.Line) (asked int) {
	t.Helper()
	s := &story{t: t, from: 1, to: 1}
	for _, line := range lines {
		question, want, isQuestion := strings.Cut(line.Text, " -> ")
		words := strings.Fields(question)
		if !isQuestion || words[0] == "fx" {
			s.told(words, want)
			continue
		}
		asked++
		if got, want := s.answer(words), strings.Join(strings.Fields(want), " "); got != want {
			t.Errorf("%s: %s -> %s; want %s", line.Where, question, got, want)
		}
	}
	return asked
}

func (s *story) told(words []string, other string) {
	s.t.Helper()
	var err error
	switch words[0] {
	case "zone":
		s.card.Zone, err = time.LoadLocation(words[1])
	case "rate":
		s.card.Rates = []rate.Rate{s.rate(words[1:])}
	case "else":
		s.card.Rates = append(s.card.Rates, s.rate(words[1:]))
	case "plus":
		var percent rate.Percent
		var perMinute money.Rate
		if percent, err = rate.ParsePercent(strings.TrimSuffix(words[1], "%")); err == nil {
			perMinute, err = money.ParseRate(words[2])
		}
		s.check(err)
		s.card, err = rate.CostPlus(s.card, percent, perMinute)
	case "fx":
		if s.from, err = money.ParseFX(words[1]); err == nil {
			s.to, err = money.ParseFX(other)
		}
	default:
		s.t.Fatalf("%q tells nothing", words[0])
	}
	s.check(err)
}

func (s *story) answer(words []string) string {
	s.t.Helper()
	switch words[0] {
	case "talk":
		r := s.card.Rates[0]
		talk := s.duration(words[1])
		price, err := r.Price(talk)
		s.check(err)
		return fmt.Sprintf("%ds %s", r.Billed(talk)/time.Second, price)
	case "call":
		exact, err := s.card.Price(s.moment(words[1]), s.duration(words[2]))
		s.check(err)
		price, err := exact.In(s.from, s.to)
		s.check(err)
		return price.Nearest.String()
	case "afford":
		budget, err := money.ParseAmount(words[2])
		s.check(err)
		talk := s.card.Afford(s.moment(words[1]), budget, s.from, s.to, s.duration(words[3]))
		return fmt.Sprintf("%ds", talk/time.Second)
	case "attempt":
		return s.card.AttemptFee(s.moment(words[1])).String()
	case "json":
		text, err := json.Marshal(s.card)
		s.check(err)
		return string(text)
	}
	s.t.Fatalf("%q is no question", words[0])
	return ""
}

func (s *story) rate(words []string) rate.Rate {
	s.t.Helper()
	perMinute, err := money.ParseRate(words[0])
	s.check(err)
	first, next, _ := strings.Cut(words[1], "/")
	r := rate.Rate{PerMinute: perMinute, First: s.seconds(first), Next: s.seconds(next)}
	for words = words[2:]; len(words) > 1; words = words[2:] {
		value := words[1]
		switch words[0] {
		case "fee":
			r.ConnectionFee, err = money.ParseAmount(value)
		case "min":
			r.Minimum, err = money.ParseAmount(value)
		case "attempt":
			r.AttemptFee, err = money.ParseAmount(value)
		case "grace":
			r.Grace = s.seconds(value)
		case "free":
			r.Free = s.seconds(value)
		case "steps":
			r.Steps, err = rate.ParseSteps(value)
		case "from":
			r.From = s.moment(value).UTC()
		case "to":
			r.To = s.moment(value).UTC()
		case "days":
			r.Window.Days = s.days(value)
		case "hours":
			start, end, _ := strings.Cut(value, "-")
			r.Window.Start, r.Window.End = s.minute(start), s.minute(end)
		default:
			s.t.Fatalf("%q is nothing that a rate has", words[0])
		}
		s.check(err)
	}
	if len(words) > 0 {
		s.t.Fatalf("%q stands alone", words[0])
	}
	s.check(r.Validate())
	return r
}

func (s *story) days(text string) (days uint8) {
	s.t.Helper()
	const names = "montuewedthufrisatsun"
	from, to, ranged := strings.Cut(text, "-")
	first := strings.Index(names, from) / 3
	last := first
	if ranged {
		last = strings.Index(names, to) / 3
	}
	for d := first; d <= last; d++ {
		days |= 1 << d
	}
	return days
}

func (s *story) minute(text string) uint16 {
	s.t.Helper()
	hour, minute, _ := strings.Cut(text, ":")
	return uint16(60*s.seconds(hour) + s.seconds(minute))
}

// moment is on the clock of the zone; with a Z it is in UTC.
func (s *story) moment(text string) time.Time {
	s.t.Helper()
	zone := time.UTC
	if s.card.Zone != nil && !strings.HasSuffix(text, "Z") {
		zone = s.card.Zone
	}
	for _, form := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02T15:04:05.000"} {
		if at, err := time.ParseInLocation(form, strings.TrimSuffix(text, "Z"), zone); err == nil {
			return at
		}
	}
	s.t.Fatalf("%q is no moment", text)
	return time.Time{}
}

func (s *story) duration(text string) time.Duration {
	s.t.Helper()
	d, err := time.ParseDuration(text)
	s.check(err)
	return d
}

func (s *story) seconds(text string) int32 {
	s.t.Helper()
	v, err := strconv.ParseInt(text, 10, 32)
	s.check(err)
	return int32(v)
}

func (s *story) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}
