package db

import "time"

// QualityWhole is the time of the whole five minutes that a report of a time is of,
// while they are kept.
func QualityWhole(from, to time.Time) (wholeFrom, wholeTo time.Time) {
	from = fiveMinutes.bucket(from)
	if end := fiveMinutes.bucket(to); end.Before(to) {
		to = end.Add(fiveMinutes.length())
	}
	return from, to
}

// QualityEarlier is what a time of a report is compared with: "before" is the same
// length of time just before it, "day" and "week" are the same time so much
// earlier. So that no five minutes are in both, "before" goes by whole ones; where
// only hours or days are kept, the one that both lie in is. Zero: another word.
func QualityEarlier(from, to time.Time, compare string) (earlierFrom, earlierTo time.Time) {
	switch compare {
	case "before":
		from, to = QualityWhole(from, to)
		return from.Add(from.Sub(to)), from
	case "day":
		return from.AddDate(0, 0, -1), to.AddDate(0, 0, -1)
	case "week":
		return from.AddDate(0, 0, -7), to.AddDate(0, 0, -7)
	}
	return time.Time{}, time.Time{}
}
