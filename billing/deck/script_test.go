package deck_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/billing/deck"
	"tandem/billing/rate"
	"tandem/internal/money"
	"tandem/internal/scripttest"
)

// The scripts tell what a sheet changes:
//
//	at 2026-09-15
//	old 44 0.01 60/60 UK
//	new 44 0.02 60/60 from 2026-10-01 UK
//	traffic 44 600 s 10 calls
//	sell 44 0.015
//	diff UK -> raised 1 of 1, 0.01 -> 0.02, 100.00% at most 100.00%, 0.1 -> 0.2, steep 1, below cost 1
//	carry 44 -> 0.01 to 2026-10-01, 0.02 from 2026-10-01
func TestScripts(t *testing.T) {
	t.Parallel()
	scripttest.Run(t, runScript)
}

// story is what a script has told so far.
type story struct {
	at           time.Time
	live, sheet  []deck.Rate
	o            deck.DiffOptions
	deleteAt     time.Time
	traffic      map[string][2]int64
	sell         map[string]money.Rate
	comparison   *deck.Comparison
	carried      []deck.Rate
	carriedReady bool
}

func runScript(t *testing.T, lines []scripttest.Line) (asked int) {
	t.Helper()
	s := &story{traffic: make(map[string][2]int64), sell: make(map[string]money.Rate)}
	for _, line := range lines {
		word, rest, _ := strings.Cut(line.Text, " ")
		question, want, isQuestion := strings.Cut(rest, " -> ")
		if !isQuestion || word == "old" || word == "new" {
			s.told(t, word, rest)
			continue
		}
		asked++
		got := ""
		switch word {
		case "diff":
			got = s.diff(t, question)
		case "carry":
			got = s.carry(t, question)
		default:
			t.Fatalf("%s: %q is no question", line.Where, word)
		}
		if got != want {
			t.Errorf("%s: %s %s -> %s\nwant %s", line.Where, word, question, got, want)
		}
	}
	return asked
}

func (s *story) told(t *testing.T, word, rest string) {
	t.Helper()
	fields := strings.Fields(rest)
	var err error
	switch word {
	case "at":
		s.at = day(t, rest)
	case "delete-at":
		s.deleteAt = day(t, rest)
	case "mode":
		s.o.Mode = deck.Mode(rest)
	case "raise":
		s.o.RaisePercent, err = strconv.ParseInt(rest, 10, 64)
	case "notice":
		s.o.NoticeDays, err = strconv.Atoi(rest)
	case "old":
		s.live = append(s.live, scriptRate(t, fields))
	case "new":
		s.sheet = append(s.sheet, scriptRate(t, fields))
	case "traffic":
		seconds, err1 := strconv.ParseInt(fields[1], 10, 64)
		calls, err2 := strconv.ParseInt(fields[3], 10, 64)
		check(t, err1)
		check(t, err2)
		s.traffic[fields[0]] = [2]int64{seconds, calls}
	case "sell":
		s.sell[fields[0]], err = money.ParseRate(fields[1])
	default:
		t.Fatalf("%q tells nothing", word)
	}
	check(t, err)
}

func day(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.DateOnly, text)
	check(t, err)
	return at
}

// scriptRate reads "44 0.01 60/1 fee 0.1 grace 5 steps 300:0.01 from 2026-10-01 to 2026-11-01 hours 8-20 blocked UK Mobile".
func scriptRate(t *testing.T, words []string) deck.Rate {
	t.Helper()
	r := deck.Rate{Prefix: words[0], Rate: rate.Rate{First: 60, Next: 60}}
	var err error
	r.PerMinute, err = money.ParseRate(words[1])
	check(t, err)
	for words = words[2:]; len(words) > 0; words = words[1:] {
		switch words[0] {
		case "fee", "from", "to", "hours", "steps", "grace":
			switch words[0] {
			case "steps":
				r.Steps, err = rate.ParseSteps(words[1])
			case "grace":
				_, err = fmt.Sscan(words[1], &r.Grace)
			case "fee":
				r.ConnectionFee, err = money.ParseAmount(words[1])
			case "from":
				r.From = day(t, words[1])
			case "to":
				r.To = day(t, words[1])
			case "hours":
				_, err = fmt.Sscanf(words[1], "%d-%d", &r.Window.Start, &r.Window.End)
				r.Window.Start *= 60
				r.Window.End *= 60
			}
			check(t, err)
			words = words[1:]
		case "blocked":
			r.Blocked = true
		default:
			if strings.Contains(words[0], "/") {
				_, err = fmt.Sscanf(words[0], "%d/%d", &r.First, &r.Next)
				check(t, err)
				continue
			}
			r.Destination = strings.Join(words, " ")
			return r
		}
	}
	return r
}

// diff writes the change of a destination, of all for "all".
func (s *story) diff(t *testing.T, name string) string {
	t.Helper()
	if s.comparison == nil {
		if len(s.traffic) > 0 {
			s.o.Traffic = func(prefix string) (int64, int64) { return s.traffic[prefix][0], s.traffic[prefix][1] }
		}
		if len(s.sell) > 0 {
			s.o.Sell = func(prefix string) (money.Rate, bool) { r, ok := s.sell[prefix]; return r, ok }
		}
		c, err := deck.Diff(each(s.live), each(s.sheet), s.at, s.o)
		check(t, err)
		s.comparison = &c
	}
	if name == "all" {
		return showChange(s.comparison.Change)
	}
	for _, d := range s.comparison.Destinations {
		if d.Name == name {
			return showChange(d.Change)
		}
	}
	return "nothing"
}

func showChange(c deck.Change) string {
	var parts []string
	for _, count := range []struct {
		name string
		n    int
	}{
		{"created", c.Created},
		{"raised", c.Raised},
		{"lowered", c.Lowered},
		{"changed", c.Changed},
		{"deleted", c.Deleted},
		{"blocked", c.Blocked},
		{"unchanged", c.Unchanged},
	} {
		if count.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d of %d", count.name, count.n, c.Codes))
		}
	}
	if c.Before != nil || c.After != nil {
		parts = append(parts, showPrices(c.Before)+" -> "+showPrices(c.After))
	}
	if c.Percent != nil {
		text := c.Percent.String() + "%"
		if c.MostPercent != nil {
			text += " at most " + c.MostPercent.String() + "%"
		}
		parts = append(parts, text)
	}
	if x := c.Impact; x != nil {
		parts = append(parts, short(x.Before)+" -> "+short(x.After)+" is "+short(x.Difference))
		if x.LostCalls > 0 {
			parts = append(parts, fmt.Sprintf("lost %d s in %d calls", x.LostSeconds, x.LostCalls))
		}
	}
	for _, flag := range []struct {
		name string
		n    int
	}{{"steep", c.Steep}, {"hasty", c.Hasty}, {"below cost", c.BelowCost}} {
		if flag.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", flag.name, flag.n))
		}
	}
	if len(c.Flagged) > 0 {
		parts = append(parts, "see "+strings.Join(c.Flagged, " "))
	}
	return strings.Join(parts, ", ")
}

func showPrices(p *deck.Prices) string {
	switch {
	case p == nil:
		return "none"
	case p.Min == p.Max:
		return short(p.Min)
	}
	return short(p.Min) + ".." + short(p.Max)
}

func short(v fmt.Stringer) string {
	return strings.TrimSuffix(strings.TrimRight(v.String(), "0"), ".")
}

// carry writes what becomes of a code.
func (s *story) carry(t *testing.T, prefix string) string {
	t.Helper()
	if !s.carriedReady {
		s.carried = all(t, deck.CarryOver(each(s.live), each(s.sheet), deck.CarryOptions{PublishAt: s.at, Mode: s.o.Mode, DeleteAt: s.deleteAt}))
		s.carriedReady = true
		if !slices.IsSortedFunc(s.carried, func(a, b deck.Rate) int { return strings.Compare(a.Prefix, b.Prefix) }) {
			t.Fatal("the carried deck is not sorted")
		}
	}
	var parts []string
	for _, r := range s.carried {
		if r.Prefix != prefix {
			continue
		}
		text := short(r.PerMinute)
		if !r.From.IsZero() {
			text += " from " + r.From.Format(time.DateOnly)
		}
		if !r.To.IsZero() {
			text += " to " + r.To.Format(time.DateOnly)
		}
		if steps := rate.AppendSteps(nil, r.Steps); len(steps) > 0 {
			text += " steps " + string(steps)
		}
		if r.Window.Start != r.Window.End {
			text += fmt.Sprintf(" hours %d-%d", r.Window.Start/60, r.Window.End/60)
		}
		if r.Blocked {
			text += " blocked"
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}
