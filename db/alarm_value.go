package db

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"tandem/alarm"
)

// Values of alarms as their columns hold them.

// asJSON keeps a value as JSON.
type asJSON[T any] struct{ value *T }

func (v asJSON[T]) Value() (driver.Value, error) {
	text, err := json.Marshal(v.value)
	return string(text), err
}

func (v asJSON[T]) Scan(from any) error { return json.Unmarshal([]byte(textOf(from)), v.value) }

// figure keeps the decimal text of a figure as DECIMAL, and shows it without zeros
// at its end.
type figure struct{ text *string }

func (v figure) Value() (driver.Value, error) { return *v.text, nil }

func (v figure) Scan(from any) error {
	f, err := alarm.ParseValue(textOf(from))
	*v.text = f.String()
	return err
}

// figureOrNull is a figure that may be missing.
type figureOrNull struct{ text **string }

func (v figureOrNull) Value() (driver.Value, error) {
	if *v.text == nil {
		return nil, nil //nolint:nilnil // NULL
	}
	return **v.text, nil
}

func (v figureOrNull) Scan(from any) error {
	*v.text = nil
	if from == nil {
		return nil
	}
	*v.text = new("")
	return figure{*v.text}.Scan(from)
}

// goodFigure checks a figure, and writes it in its shortest form.
func goodFigure(field string, text *string) (alarm.Value, error) {
	v, err := alarm.ParseValue(*text)
	if err != nil || v > mostFigure || v < -mostFigure {
		return 0, &FieldError{Field: field, Text: fmt.Sprintf("want a decimal such as 40 or 0.25, at most six digits after the point, within ±%s", alarm.Value(mostFigure))}
	}
	*text = v.String()
	return v, nil
}

// mostFigure bounds figures, in millionths.
const mostFigure = 1_000_000_000 * 1_000_000

// micro keeps a figure as DECIMAL.
type micro struct{ value *alarm.Value }

func (v micro) Value() (driver.Value, error) { return v.value.String(), nil }

func (v micro) Scan(from any) (err error) {
	*v.value, err = alarm.ParseValue(textOf(from))
	return err
}

// microOrNull is a figure that may be missing.
type microOrNull struct{ value **alarm.Value }

func (v microOrNull) Value() (driver.Value, error) {
	if *v.value == nil {
		return nil, nil //nolint:nilnil // NULL
	}
	return (*v.value).String(), nil
}

func (v microOrNull) Scan(from any) error {
	*v.value = nil
	if from == nil {
		return nil
	}
	*v.value = new(alarm.Value)
	return micro{*v.value}.Scan(from)
}
