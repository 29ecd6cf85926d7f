package alarm

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Told is what a sentence is made of.
type Told struct {
	Measure   string
	Unit      Unit
	Condition Condition
	Window    time.Duration
	By, Name  map[string]string
	Threshold Value
	Value     Value
	Low, High *Value
	Samples   int64
	Past      *Value
}

// Sentence says it in words: ASR of provider VoxBeam in 15 min: 21.4 %, limit 30 %
// (95 % interval 17.9 to 25.3 %, of 512).
func Sentence(t *Told) string {
	text := strings.ToUpper(strings.ReplaceAll(t.Measure, "_", " "))
	if len(t.Measure) > 3 {
		text = strings.ToUpper(text[:1]) + strings.ToLower(text[1:])
	}
	who := Who(t.By, t.Name)
	if before, ok := strings.CutSuffix(text, "number"); ok && strings.HasPrefix(who, "number") {
		text, who = before+who, ""
	}
	if who != "" {
		text += " of " + who
	}
	text += " in " + span(t.Window) + ": " + t.Unit.Show(t.Value) + ", " + t.limit()
	var more []string
	if t.Low != nil && t.High != nil {
		more = append(more, "95 % interval "+t.Unit.Show(*t.Low)+" to "+t.Unit.Show(*t.High))
	}
	if m, _ := MeasureOf(t.Measure); t.Samples > 0 && m.Kind != Sum {
		more = append(more, fmt.Sprintf("of %d", t.Samples))
	}
	if t.Past != nil {
		more = append(more, "was "+t.Unit.Show(*t.Past))
	}
	if len(more) > 0 {
		text += " (" + strings.Join(more, ", ") + ")"
	}
	return text
}

func (t *Told) limit() string {
	switch t.Condition {
	case Drop:
		return "down by " + t.Threshold.String() + " % or more"
	case Rise:
		return "up by " + t.Threshold.String() + " % or more"
	case Below, Above:
	}
	return "limit " + t.Unit.Show(t.Threshold)
}

// Who is the subject in words: provider VoxBeam, country RU.
func Who(by, name map[string]string) string {
	var parts []string
	order := []string{"account", "provider", "tier", "gate", "server", "country", "prefix", "network", "b_number", "a_number"}
	for _, what := range order {
		value, there := by[what]
		if !there {
			continue
		}
		shown := strings.TrimSuffix(what, "_number")
		if shown != what {
			shown = "number"
		}
		if n := name[what]; n != "" {
			value = n
		}
		if value == "" || value == "0" && what != "prefix" {
			value = "none"
		}
		parts = append(parts, shown+" "+plain(value))
	}
	return strings.Join(parts, ", ")
}

// plain keeps control characters, which networks and carriers may have in names,
// out of messages.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || slices.Contains([]rune{0x2028, 0x2029}, r) {
			return ' '
		}
		return r
	}, text)
}

// Show is a value with its unit.
func (u Unit) Show(v Value) string {
	switch u {
	case Percent:
		return rounded(v, 1) + " %"
	case Seconds:
		if v < unit {
			return rounded(v*1000, 0) + " ms"
		}
		return rounded(v, 1) + " s"
	case Money, Score:
		return rounded(v, 2)
	case Count:
	}
	return v.String()
}

// rounded is a value with at most so many digits after the point, half away from 0.
func rounded(v Value, digits int) string {
	step := Value(unit)
	for range digits {
		step /= 10
	}
	half := step / 2
	if v < 0 {
		half = -half
	}
	return ((v + half) / step * step).String()
}

func span(d time.Duration) string {
	switch {
	case d >= 48*time.Hour && d%(24*time.Hour) == 0:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d > time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d min", d/time.Minute)
}
