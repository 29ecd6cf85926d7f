package db

import (
	"database/sql/driver"
	"fmt"
)

// Values of fields whose columns hold something else than Go does.

// yesNo keeps a bool as Y or N.
type yesNo struct{ value *bool }

func (v yesNo) Value() (driver.Value, error) {
	if *v.value {
		return "Y", nil
	}
	return "N", nil
}

func (v yesNo) Scan(from any) error {
	*v.value = textOf(from) == "Y"
	return nil
}

// textOrNull keeps an empty text as NULL.
type textOrNull struct{ text *string }

func (v textOrNull) Value() (driver.Value, error) {
	if *v.text == "" {
		return nil, nil //nolint:nilnil // NULL
	}
	return *v.text, nil
}

func (v textOrNull) Scan(from any) error {
	*v.text = textOf(from)
	return nil
}

func textOf(from any) string {
	switch v := from.(type) {
	case nil:
		return ""
	case []byte:
		return string(v)
	case string:
		return v
	}
	return fmt.Sprint(from)
}
