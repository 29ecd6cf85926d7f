package alarm

import (
	"fmt"
	"time"
)

// Silence is hours of a day in which nobody is told. The zero value is none.
type Silence struct {
	From, To int // minutes of the day; the same: never
	Zone     *time.Location
}

// NewSilence reads hours such as 22:00 and 07:00; both empty: never.
func NewSilence(from, to, zone string) (Silence, error) {
	if from == "" && to == "" {
		return Silence{}, nil
	}
	s := Silence{}
	var err error
	if s.From, err = minuteOf(from); err != nil {
		return Silence{}, err
	}
	if s.To, err = minuteOf(to); err != nil {
		return Silence{}, err
	}
	if s.Zone, err = time.LoadLocation(zone); err != nil {
		return Silence{}, fmt.Errorf("time zone: %w", err)
	}
	return s, nil
}

func minuteOf(text string) (int, error) {
	at, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, fmt.Errorf("time of day %.10q: want HH:MM, such as 22:00", text)
	}
	return at.Hour()*60 + at.Minute(), nil
}

// At says whether it is silent then. Hours may go over midnight. Clocks that are
// put forward or back are as they are shown: 02:30 of such a night is once or never
// or twice.
func (s Silence) At(now time.Time) bool {
	if s.Zone == nil || s.From == s.To {
		return false
	}
	at := now.In(s.Zone)
	minute := at.Hour()*60 + at.Minute()
	if s.From < s.To {
		return minute >= s.From && minute < s.To
	}
	return minute >= s.From || minute < s.To
}
