package db

import (
	"slices"

	"tandem/alarm"
)

// strays takes out of the open alarms of a rule those that are not about what it
// looks at any more: it has been changed since.
func strays(r *alarm.Rule, open map[string]*Alarm) map[string]*Alarm {
	gone := map[string]*Alarm{}
	for key, a := range open {
		if !isAbout(r, a) {
			gone[key] = a
			delete(open, key)
		}
	}
	return gone
}

func isAbout(r *alarm.Rule, a *Alarm) bool {
	if a.Measure != r.Measure.Name || a.Condition != string(r.Condition) || len(a.By) != len(r.Each) {
		return false
	}
	for _, e := range r.Each {
		if _, is := a.By[e]; !is {
			return false
		}
	}
	for _, o := range r.Only {
		if value, is := a.By[o.What]; is && !slices.Contains(o.Values, value) {
			return false
		}
	}
	return true
}
