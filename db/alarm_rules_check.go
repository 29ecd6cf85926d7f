package db

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tandem/alarm"
)

// checkMeasure checks what depends on the measure.
func (r *AlarmRule) checkMeasure() error {
	m, known := alarm.MeasureOf(r.Measure)
	if !known {
		return &FieldError{Field: "measure", Text: "want one of " + strings.Join(alarmMeasures(), ", ")}
	}
	condition := alarm.Condition(r.Condition)
	value, err := goodFigure("value", &r.Value)
	if err != nil {
		return err
	}
	least, err := goodFigure("min_money", &r.MinMoney)
	if err != nil {
		return err
	}
	longest := int(m.LongestWindow / time.Second)
	if err := faults(
		must(slices.Contains(m.Conditions, condition), "condition", "of "+m.Name+" want "+joined(m.Conditions)),
		must(r.WindowS >= 300 && r.WindowS <= longest && r.WindowS%300 == 0, "window_s", fmt.Sprintf("of %s want 300 to %d seconds, in whole 5 minutes", m.Name, longest)),
		must(!condition.OfPast() || value > 0 && value <= 10_000_000_000, "value", "of drop and rise want percent of its own past, above 0, at most 10000"),
		must(condition != alarm.Drop || value <= 100_000_000, "value", "nothing drops by more than 100 %"),
		must(condition.OfPast() || m.Unit != alarm.Percent || value >= 0 && value <= 100_000_000, "value", "want 0 to 100 percent"),
		must(condition.OfPast() || m.Name == "margin" || value >= 0, "value", "want nothing below 0"),
		must(least >= 0, "min_money", "want nothing below 0"),
		r.checkClear(condition, value),
		r.checkMembers(&m),
	); err != nil {
		return err
	}
	return r.checkOnly(&m)
}

// checkClear: what is over must be on the good side, or it would be bad and over at
// the same time.
func (r *AlarmRule) checkClear(c alarm.Condition, value alarm.Value) error {
	if r.Clear == nil {
		return nil
	}
	over, err := goodFigure("clear", r.Clear)
	if err != nil {
		return err
	}
	return faults(
		must(c != alarm.Below || over >= value, "clear", "want value or more: below fires under value, and is over from here on up"),
		must(c == alarm.Below || over <= value, "clear", "want value or less: it is over from here on down"),
		must(!c.OfPast() || over >= 0, "clear", "want percent of its own past, from 0 on"),
	)
}

func (r *AlarmRule) checkMembers(m *alarm.Measure) error {
	for i, e := range r.Each {
		if !slices.Contains(m.Each, e) || slices.Contains(r.Each[:i], e) {
			return &FieldError{Field: fmt.Sprintf("each[%d]", i), Text: "of " + m.Name + " want each of " + strings.Join(m.Each, ", ") + " once at most"}
		}
	}
	if m.Source == alarm.Rollups {
		return nil
	}
	return faults(
		must(!m.EachFixed() || slices.Equal(r.Each, m.Each), "each", "of "+m.Name+" want "+strings.Join(m.Each, ", ")),
		must(m.Source != alarm.Answers || slices.Equal(r.Each, m.Each) || slices.Equal(r.Each, m.Each[:2]), "each",
			"of "+m.Name+" want provider, tier, country or provider, tier"),
		must(m.Source != alarm.Live || len(r.Each) <= 1, "each", "of "+m.Name+" want one of "+strings.Join(m.Each, ", ")+", or nothing"),
	)
}

func (r *AlarmRule) checkOnly(m *alarm.Measure) error {
	q := QualityQuery{}
	for _, e := range r.Each {
		q.By = append(q.By, QualityDimension(e))
	}
	for i, o := range r.Only {
		at := fmt.Sprintf("only[%d]", i)
		if err := faults(
			must(!slices.ContainsFunc(r.Only[:i], func(b alarm.Only) bool { return b.What == o.What }), at+".what", "is there twice: put all values into one"),
			must(slices.Contains(m.Only(), o.What), at+".what", "of "+m.Name+" want "+strings.Join(m.Only(), ", ")),
			must(len(o.Values) > 0 && len(o.Values) <= 100, at+".values", "want 1 to 100"),
		); err != nil {
			return err
		}
		values := slices.Clone(o.Values)
		for j := range values {
			if err := goodMember(fmt.Sprintf("%s.values[%d]", at, j), QualityDimension(o.What), &values[j]); err != nil {
				return err
			}
		}
		r.Only[i].Values = values
		q.Where = append(q.Where, QualityWhere{Dimension: QualityDimension(o.What), Values: values})
	}
	if m.Source != alarm.Rollups {
		return nil
	}
	if _, err := q.cube(); err != nil {
		return &FieldError{Field: "each", Text: "account goes with country alone, and all others with each other: what accounts send over single routes is not added up"}
	}
	return nil
}

func alarmMeasures() []string {
	var names []string
	for _, m := range alarm.Measures() {
		names = append(names, m.Name)
	}
	return names
}

func joined[T ~string](list []T) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = string(v)
	}
	return strings.Join(texts, ", ")
}

// goodSilence checks hours in which nobody is told.
func goodSilence(from, to, zone *string) error {
	if *zone == "" {
		*zone = "UTC"
	}
	if err := faults(
		must((*from == "") == (*to == ""), "silent_to", "want both silent_from and silent_to, or neither"),
		goodZone("silent_zone", *zone),
		must(*from == "" || *from != *to, "silent_to", "want another time than silent_from"),
	); err != nil {
		return err
	}
	for field, text := range map[string]*string{"silent_from": from, "silent_to": to} {
		if *text == "" {
			continue
		}
		if _, err := alarm.NewSilence(*text, *text, "UTC"); err != nil {
			return &FieldError{Field: field, Text: "want HH:MM, such as 22:00"}
		}
	}
	return nil
}
