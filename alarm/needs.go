package alarm

import "tandem/quality"

// Needs are the measures of rollups that the measure and its samples are made of:
// histograms of delays are half of a row, and are read where they are wanted. nil of
// other sources.
func (m *Measure) Needs() []quality.Measure {
	if m.Source != Rollups {
		return nil
	}
	switch m.Name {
	case "bids":
		return []quality.Measure{quality.MeasureBids}
	case "short_share", "short_calls":
		return []quality.Measure{quality.MeasureShort}
	case "route_failures":
		return []quality.Measure{quality.MeasureBlameRoute}
	case "our_failures":
		return []quality.Measure{quality.MeasureBlameUs}
	case "silent_share":
		return []quality.Measure{quality.MeasureSilent}
	case "minutes":
		return []quality.Measure{quality.MeasureTalk}
	}
	return []quality.Measure{quality.Measure(m.Name)} // by the same name
}
