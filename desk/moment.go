package desk

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// LoadZone finds a time zone by its name in the IANA database.
func LoadZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, wrong("--time-zone", strconv.Quote(name), "want a name of the IANA time zone database such as Europe/Moscow, or UTC")
	}
	return zone, nil
}

// ParseMoment reads a day or a moment; without a zone it is on the clock of zone.
// Nothing is the zero time.
func ParseMoment(flag, text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly, "2006-01-02 15:04", "2006-01-02T15:04", time.DateTime, "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, wrong(flag, strconv.Quote(text), "want a day such as 2026-12-01, or a moment such as \"2026-12-01 06:00\" or 2026-12-01T06:00:00Z")
}

// ParseAge reads a length of time: 90m, 24h, 30d. It is more than 0.
func ParseAge(text string) (time.Duration, error) {
	unit := int64(1)
	if days, is := strings.CutSuffix(text, "d"); is {
		text, unit = days+"h", 24
	}
	length, err := time.ParseDuration(text)
	if err != nil || length <= 0 || int64(length) > math.MaxInt64/unit {
		return 0, errors.New("want a length of time such as 90m, 24h or 30d")
	}
	return time.Duration(unit * int64(length)), nil
}
