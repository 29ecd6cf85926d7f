package rate

import (
	"fmt"
	"time"
)

// Window is a part of the week in which a rate holds, on the clock of the
// deck's time zone. The zero value is the whole week.
type Window struct {
	Days  uint8  // bit 0 is Monday, bit 6 Sunday; 0: every day
	Start uint16 // minute of the day, 0 to 1439
	End   uint16 // minute of the day, not included, up to 1440; 0 with Start 0: the whole day
}

// A window may end before it starts: 22:00-06:00 holds from ten in the evening
// of each of its days until six the next morning.
const (
	minutesADay = 24 * 60
	everyDay    = 0x7f
)

// Validate names the part that makes no sense.
func (w Window) Validate() error {
	switch {
	case w.Days > everyDay:
		return fmt.Errorf("days %#x: want bits 0 (Monday) to 6 (Sunday)", w.Days)
	case w.Start >= minutesADay:
		return fmt.Errorf("window starts at minute %d: want 0 to %d", w.Start, minutesADay-1)
	case w.End > minutesADay:
		return fmt.Errorf("window ends at minute %d: want at most %d", w.End, minutesADay)
	case w.Start == w.End && w.Start != 0:
		return fmt.Errorf("window from minute %d to minute %d is empty", w.Start, w.End)
	}
	return nil
}

// IsZero says that the window is the whole week.
func (w Window) IsZero() bool {
	return (w.Days == 0 || w.Days == everyDay) && w.Start == 0 && (w.End == 0 || w.End == minutesADay)
}

// Contains says whether the window holds at that moment, on the clock of at's
// location.
func (w Window) Contains(at time.Time) bool {
	if w.IsZero() {
		return true
	}
	hour, minute, _ := at.Clock()
	now := uint16(hour*60 + minute)
	day := (int(at.Weekday()) + 6) % 7 // Monday is 0
	end := w.End
	if end == 0 && w.Start == 0 {
		end = minutesADay
	}
	if w.Start < end {
		return w.on(day) && now >= w.Start && now < end
	}
	// Over midnight: the evening belongs to its day, the morning to the day before.
	return w.on(day) && now >= w.Start || w.on((day+6)%7) && now < end
}

func (w Window) on(day int) bool { return w.Days == 0 || w.Days&(1<<day) != 0 }
