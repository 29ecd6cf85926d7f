package desk

import (
	"context"
	"strings"
	"time"

	"tandem/billing/deck"
	"tandem/db"
)

// TrafficDays is how far back the calls lie that a deck is priced with.
const TrafficDays = 30

// Traffic is what answered outgoing calls came to: for a provider's deck all
// of them, whoever carried them; for a tariff those of the accounts that have it.
type Traffic struct {
	Days    int   `json:"days"`
	Calls   int64 `json:"calls"`
	Seconds int64 `json:"seconds"`
	Digits  int   `json:"digits,omitempty"` // numbers are known to so many digits; 0: whole
	Sold    bool  `json:"sold,omitempty"`   // only calls that a tariff sold

	of map[string]talked // by code: calls to it and to no longer one of either deck
}

type talked struct{ seconds, calls int64 }

// readTraffic shares out the calls of the last days to the codes of both decks.
// It is nil when there were none. With a tariff only calls that it sold count.
func readTraffic(ctx context.Context, database *db.DB, now time.Time, tariff int64, decks ...deck.Rates) (*Traffic, error) {
	since := now.AddDate(0, 0, -TrafficDays)
	read := database.Traffic
	if tariff != 0 {
		read = func(ctx context.Context, since time.Time) ([]db.Traffic, int, error) {
			return database.SoldTraffic(ctx, since, tariff)
		}
	}
	numbers, digits, err := read(ctx, since)
	if err != nil || len(numbers) == 0 {
		return nil, err
	}
	t := &Traffic{Days: TrafficDays, Sold: tariff != 0, of: map[string]talked{}}
	if digits < maxDigits {
		t.Digits = digits
	}
	depth := make([]uint8, len(numbers))
	for _, rates := range decks {
		if err := deepen(depth, numbers, rates); err != nil {
			return nil, err
		}
	}
	for i, n := range numbers {
		t.Calls += n.Calls
		t.Seconds += n.Seconds
		if depth[i] > 0 {
			code := n.Prefix[:depth[i]]
			sum := t.of[code]
			t.of[code] = talked{sum.seconds + n.Seconds, sum.calls + n.Calls}
		}
	}
	return t, nil
}

// maxDigits is how long a number may be.
const maxDigits = 15

// deepen raises the depth of each number to that of its longest code in the
// deck. Both are sorted, so one walk over both is enough.
func deepen(depth []uint8, numbers []db.Traffic, rates deck.Rates) error {
	var open []string // the codes that the one at hand begins with, shortest first
	leave := func(next string) {
		for n := len(open); n > 0 && !strings.HasPrefix(next, open[n-1]); n = len(open) {
			open = open[:n-1]
		}
	}
	at := 0
	settle := func() {
		leave(numbers[at].Prefix)
		if n := len(open); n > 0 {
			depth[at] = max(depth[at], uint8(len(open[n-1])))
		}
		at++
	}
	for r, err := range rates {
		if err != nil {
			return err
		}
		for at < len(numbers) && numbers[at].Prefix < r.Prefix {
			settle()
		}
		leave(r.Prefix)
		if n := len(open); n == 0 || open[n-1] != r.Prefix {
			open = append(open, r.Prefix)
		}
	}
	for at < len(numbers) {
		settle()
	}
	return nil
}

// code is the traffic of one code.
func (t *Traffic) code(prefix string) (seconds, calls int64) {
	sum := t.of[prefix]
	return sum.seconds, sum.calls
}
