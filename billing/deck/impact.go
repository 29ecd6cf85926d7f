package deck

import (
	"time"

	"tandem/billing/rate"
	"tandem/internal/money"
)

// TrafficPrice is what calls cost at a rate: as many calls of equal length as
// there were, in whole seconds that sum up to what was talked, each with its
// increments, fees and minimum. Without a number of calls the seconds are priced
// as one stream.
func TrafficPrice(r rate.Rate, seconds, calls int64) (money.Amount, error) {
	if seconds < 0 || calls < 0 {
		return 0, rate.ErrTalk
	}
	if calls == 0 {
		v, err := money.MulDiv(int64(r.PerMinute), seconds, 60*100)
		return money.Amount(v), err
	}
	short := seconds / calls
	longer := seconds % calls // calls that are a second longer than the others
	total := money.Amount(0)
	for _, part := range [2]struct{ length, calls int64 }{{short, calls - longer}, {short + 1, longer}} {
		if part.calls == 0 {
			continue
		}
		if part.length > int64(rate.MaxTalk/time.Second) {
			return 0, rate.ErrTalk
		}
		one, err := r.Price(time.Duration(part.length) * time.Second)
		if err != nil {
			return 0, err
		}
		one += r.AttemptFee
		all, err := money.MulDiv(int64(one), part.calls, 1)
		if err != nil {
			return 0, err
		}
		if total += money.Amount(all); total < 0 || one < 0 {
			return 0, money.ErrOverflow
		}
	}
	return total, nil
}
