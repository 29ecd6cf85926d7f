package rate

import "time"

// holds is for how long the rate in force surely stays so; ends is false when
// nothing is going to change. It may name a moment at which nothing happens
// after all, such as midnight of a day like the one before.
func (c *Card) holds(now time.Time, current int) (d time.Duration, ends bool) {
	const never = time.Duration(1<<63 - 1)
	d = never
	now = now.In(c.zone())
	windows := false
	last := current // rates after the one in force do not matter
	if !c.Rates[current].validAt(now) {
		last = len(c.Rates) - 1
	}
	for i := range c.Rates[:last+1] {
		r := &c.Rates[i]
		if !r.To.IsZero() {
			left := r.To.Sub(now)
			if left <= 0 {
				continue // over
			}
			d = min(d, left)
		}
		if !r.From.IsZero() {
			if left := r.From.Sub(now); left > 0 {
				d = min(d, left)
			}
		}
		if !r.Window.IsZero() {
			windows = true
			d = min(d, r.Window.border(now))
		}
	}
	if windows {
		// Until the clocks are changed an hour on the wall is an hour.
		if _, end := now.ZoneBounds(); !end.IsZero() {
			d = min(d, end.Sub(now))
		}
	}
	return d, d != never
}

// border is how long it takes until the clock on the wall comes to the window's
// start or end, or to midnight.
func (w Window) border(now time.Time) time.Duration {
	hour, minute, second := now.Clock()
	today := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second + time.Duration(now.Nanosecond())
	left := minutesADay*time.Minute - today
	for _, m := range [2]uint16{w.Start, w.End} {
		if at := time.Duration(m)*time.Minute - today; at > 0 {
			left = min(left, at)
		}
	}
	return left
}
