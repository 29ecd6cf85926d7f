package alarm

import "time"

// talkOver is how long after their answer calls are over, all but a few: of calls of
// ten minutes on average one in twenty talks for longer.
const talkOver = 30 * time.Minute

// Late is how much before now a rule's window ends, so that what calls come to is
// known: minutes, money and the mean talk are those of calls that are over, and the
// short ones are over first. Without it all of the present would be less than the
// past, and a carrier whose calls are cut could not be told from one whose calls have
// only begun. A limit from above, and one of nothing or less, is only crossed later
// where something is missing: these are judged at once.
func (r *Rule) Late() time.Duration {
	if r.Measure.talking == growing && (r.Condition == Drop || r.Condition == Below && r.Value > 0) {
		return talkOver
	}
	return 0
}
