package geo

import "time"

// Locations are the time zones of a place; shared, not to be changed. A zone
// that this machine does not know is left out.
func (a *Atlas) Locations(p *Place) []*time.Location { return a.zones.locations(p.Zones) }

// IsQuiet says whether it is between two minutes of the day where the number
// may ring: from is included, to is not, and from after to goes over midnight
// (22*60, 8*60). When a number may ring in several zones, the hours are quiet
// as long as they are in one of them. A place without zones is never quiet
// (ask Place.Zones to tell), nor is any in an empty span or one that no day
// has.
func (a *Atlas) IsQuiet(p *Place, at time.Time, from, to int) bool {
	for _, zone := range a.Locations(p) {
		hour, minute, _ := at.In(zone).Clock()
		if within(hour*60+minute, from, to) {
			return true
		}
	}
	return false
}

const minutesADay = 24 * 60

func within(now, from, to int) bool {
	if min(from, to) < 0 || max(from, to) > minutesADay {
		return false
	}
	if from <= to {
		return from <= now && now < to
	}
	return from <= now || now < to
}
