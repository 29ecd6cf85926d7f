package db

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Traffic is what answered outgoing calls to numbers with that prefix came to.
type Traffic struct {
	Prefix  string
	Calls   int64
	Seconds int64 // of talk; a started second counts
}

// maxTraffic bounds the prefixes that Traffic keeps apart.
const maxTraffic = 500_000

// Traffic sums up answered outgoing calls since then by the number they were
// routed by, in order. Prefixes are whole numbers as long as there are not too
// many of them; then all are cut to as many digits as memory has room for, and
// digits says to how many.
func (d *DB) Traffic(ctx context.Context, since time.Time) (list []Traffic, digits int, err error) {
	return d.traffic(ctx, since, maxTraffic)
}

func (d *DB) traffic(ctx context.Context, since time.Time, room int) (list []Traffic, digits int, err error) {
	sum := trafficSum{digits: maxNumber, room: room, of: map[prefixKey]talked{}}
	err = d.eachAnswered(ctx, since, func(c answeredCall) {
		sum.add(packDigits(c.routed), talked{calls: 1, seconds: c.seconds})
	})
	if err != nil {
		return nil, 0, wrap("traffic", err)
	}
	for _, k := range slices.Sorted(maps.Keys(sum.of)) {
		list = append(list, Traffic{Prefix: k.String(), Calls: sum.of[k].calls, Seconds: sum.of[k].seconds})
	}
	return list, sum.digits, nil
}

type talked struct{ calls, seconds int64 }

// trafficSum keeps at most room prefixes, all cut to the same number of digits.
type trafficSum struct {
	digits int
	room   int
	of     map[prefixKey]talked
}

func (s *trafficSum) add(k prefixKey, t talked) {
	k = k.first(s.digits)
	old := s.of[k]
	s.of[k] = talked{old.calls + t.calls, old.seconds + t.seconds}
	for len(s.of) > s.room && s.digits > 1 {
		s.digits--
		longer := s.of
		s.of = make(map[prefixKey]talked, len(longer)/4)
		for k, t := range longer {
			k = k.first(s.digits)
			old := s.of[k]
			s.of[k] = talked{old.calls + t.calls, old.seconds + t.seconds}
		}
	}
}
