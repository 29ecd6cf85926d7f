package rate_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/billing/rate"
	"tandem/internal/money"
)

// source gives numbers, both ends included: rapid where a failure is to be made
// small, a plain generator where millions of cases are wanted.
type source func(low, high int64) int64

func rapidSource(t *rapid.T) source {
	return func(low, high int64) int64 { return rapid.Int64Range(low, high).Draw(t, "number") }
}

func plainSource(r *rand.Rand) source {
	return func(low, high int64) int64 { return low + r.Int64N(high-low+1) }
}

func (s source) one(in int64) bool { return s(1, in) == 1 }

func pick[T any](s source, list ...T) T { return list[s(0, int64(len(list))-1)] }

// zones with clocks that are changed by an hour, by half of one, at midnight, at
// a minute past it, by a day, seldom and never.
func zones(tb testing.TB) []*time.Location {
	tb.Helper()
	var list []*time.Location
	for _, name := range []string{
		"UTC", "Europe/London", "Asia/Kolkata", "America/Sao_Paulo", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
		"Pacific/Apia", "America/St_Johns", "Africa/Casablanca", "Europe/Moscow", "Asia/Gaza",
	} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, zone)
	}
	return append(list, nil)
}

// question is one call and how it is charged.
type question struct {
	card     rate.Card
	answered time.Time
	talk     time.Duration
	from, to money.FX
}

func draw(s source, zones []*time.Location) question {
	q := question{card: rate.Card{Zone: pick(s, zones...)}}
	q.answered = s.moment(q.card.Zone)
	short := int64(3 * 3600)
	next := []int64{6, 7, 30, 60, s(1, 3600)}
	switch { // the model takes its time, so few have many increments
	case s.one(5):
		short, next = 1200, append(next, 1, 1)
	case s.one(50): // days and weeks, of increments that the model can lay
		short, next = 7*24*3600-1, []int64{60, 300, s(60, 3600)}
	}
	for range pick[int](s, 1, 1, 2, 2, 3, 4, 5, 6) {
		q.card.Rates = append(q.card.Rates, s.rate(q, next))
	}
	q.talk = time.Duration(s(0, short)) * time.Second
	switch s(0, 3) {
	case 0:
		q.talk = time.Duration(s(0, 400)) * time.Second
	case 1:
		q.talk += time.Duration(s(0, 999)) * time.Millisecond
	}
	q.from = money.FX(pick(s, 100_000_000, 110_000_000, s(1, 1e12)))
	q.to = pick(s, q.from, money.FX(s(1, 1e12)), 100_000_000)
	return q
}

// moment is often near a change of the clocks or near midnight.
func (s source) moment(zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	at := time.Unix(s(1_100_000_000, 1_900_000_000), pick(s, 0, 0, s(0, 999)*1_000_000, s(0, 999_999_999))).In(zone)
	switch s(0, 3) {
	case 0, 1:
		if _, change := at.ZoneBounds(); !change.IsZero() {
			at = change
		}
	case 2:
		at = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, at.Nanosecond(), zone)
	default:
		return at
	}
	return at.Add(time.Duration(s(-3*3600, 3*3600)) * time.Second)
}

func (s source) rate(q question, next []int64) rate.Rate {
	r := rate.Rate{
		PerMinute: s.price(),
		First:     int32(pick(s, 1, 6, 30, 60, 180, s(1, 3600))),
		Next:      int32(pick(s, next...)),
	}
	if s.one(3) {
		r.ConnectionFee = money.Amount(pick(s, 1, 10_000, s(0, 1e9)))
	}
	if s.one(3) {
		r.Minimum = money.Amount(pick(s, 1, 50_000, s(0, 1e9)))
	}
	if s.one(3) {
		r.AttemptFee = money.Amount(s(0, 1e6))
	}
	if s.one(4) {
		r.Grace = int32(pick(s, 1, 3, 6, s(0, 60)))
	}
	if s.one(4) {
		r.Free = int32(pick(s, 1, 30, 60, s(0, 3600)))
	}
	if s.one(3) {
		r.Steps[0] = rate.Step{After: int32(pick(s, 1, 60, 300, s(1, 7200))), PerMinute: s.price()}
		if s.one(2) {
			r.Steps[1] = rate.Step{After: r.Steps[0].After + int32(pick(s, 1, 60, s(1, 7200))), PerMinute: s.price()}
		}
	}
	s.times(&r, q)
	return r
}

// times are near the call, so that it comes upon them.
func (s source) times(r *rate.Rate, q question) {
	near := func() time.Time {
		return q.answered.Add(time.Duration(s(-3600, 2*3600)) * time.Second).Truncate(time.Millisecond).UTC()
	}
	if s.one(3) {
		r.From = near()
	}
	if s.one(3) {
		r.To = near()
		if !r.From.IsZero() && !r.From.Before(r.To) {
			r.To = r.From.Add(time.Duration(s(1, 3600_000)) * time.Millisecond)
		}
	}
	if s.one(3) {
		return // all week
	}
	zone := q.card.Zone
	if zone == nil {
		zone = time.UTC
	}
	wall := q.answered.In(zone)
	minute := int64(wall.Hour()*60 + wall.Minute())
	r.Window.Days = uint8(pick(s, 0, 0, 0x1f, 0x60, s(0, 0x7f)))
	r.Window.Start = uint16(pick(s, 0, s(0, 1439), (minute+s(0, 120)+1440-20)%1440))
	r.Window.End = uint16(pick(s, 1440, s(0, 1440), (minute+s(0, 180)+1440-20)%1440))
	if r.Window.Start == r.Window.End && r.Window.Start != 0 {
		r.Window.End = (r.Window.End + 1) % 1440
	}
}

func (s source) price() money.Rate {
	return money.Rate(pick(s, 0, 1_000_000, 1_400_000, s(0, 1e4), s(0, 1e12), s(0, 1<<62)))
}
