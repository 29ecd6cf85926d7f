package v1

import (
	"context"
	"time"

	"tandem/db"
)

// Width and length of the series, and how old its parts may be.
const (
	bucketWidth  = 5 * time.Minute
	seriesLength = 24 * time.Hour
	seriesNew    = 15 * time.Minute // calls of that time are counted again and again
	newEvery     = 5 * time.Second
	seriesOpen   = 3 * time.Hour // calls of that time may still end
	openEvery    = 5 * time.Minute
	seriesBite   = time.Hour // that is counted by one query
)

// series is what the calls of the last day came to. It is filled by hours, the
// newest first, so that no query is long and what was counted is kept.
type series struct {
	buckets  map[int64]db.CallBucket // by begin
	recentAt time.Time               // when the newest were counted
	openAt   time.Time               // when those were that may still have changed
	due      []span                  // still to be counted
	filled   bool                    // all of the day was counted once
}

type span struct{ from, to time.Time }

// plan says what to count first. What is due stays so until it is counted.
func (s *series) plan(now time.Time) (recent span, wanted bool) {
	recent = span{now.Add(-seriesNew).Truncate(bucketWidth), now.Add(bucketWidth)}
	switch {
	case now.Sub(s.recentAt) >= seriesNew-bucketWidth: // nobody has looked for long
		s.due, s.filled = hours(now.Add(-seriesLength), recent.from), false
		s.openAt = now
	case s.filled && now.Sub(s.openAt) >= openEvery:
		s.due = hours(now.Add(-seriesOpen), recent.from)
		s.openAt = now
	}
	return recent, now.Sub(s.recentAt) >= newEvery
}

// hours cuts a time into bites, the newest first.
func hours(from, to time.Time) (list []span) {
	for from = from.Truncate(bucketWidth); to.After(from); to = to.Add(-seriesBite) {
		begin := to.Add(-seriesBite)
		if begin.Before(from) {
			begin = from
		}
		list = append(list, span{begin, to})
	}
	return list
}

// put takes what was counted in the place of what was there.
func (s *series) put(of span, list []db.CallBucket) {
	if s.buckets == nil {
		s.buckets = map[int64]db.CallBucket{}
	}
	for at := of.from; at.Before(of.to); at = at.Add(bucketWidth) {
		delete(s.buckets, at.Unix())
	}
	for _, b := range list {
		s.buckets[b.At.Unix()] = b
	}
}

// tell fills in the series and its sums.
func (s *series) tell(v *Overview, now time.Time) {
	v.Series = []db.CallBucket{}
	begin, hour := now.Add(-seriesLength).Truncate(bucketWidth), now.Add(-time.Hour).Truncate(bucketWidth)
	rejected := [2]int64{}
	for at := begin; !at.After(now); at = at.Add(bucketWidth) {
		b, has := s.buckets[at.Unix()]
		if !has {
			continue
		}
		v.Series = append(v.Series, b)
		v.Day.add(b)
		rejected[0] += b.Rejected
		if !at.Before(hour) {
			v.LastHour.add(b)
			rejected[1] += b.Rejected
		}
	}
	v.Day.rate(rejected[0])
	v.LastHour.rate(rejected[1])
	for at := range s.buckets {
		if at < begin.Unix() {
			delete(s.buckets, at)
		}
	}
}

func (s *Sum) add(b db.CallBucket) {
	s.Calls, s.Ended, s.Answered, s.TalkS = s.Calls+b.Calls, s.Ended+b.Ended, s.Answered+b.Answered, s.TalkS+b.TalkS
	s.Margin += b.Sale - b.Cost
}

func (s *Sum) rate(rejected int64) {
	if seized := s.Ended - rejected; seized > 0 {
		s.ASR = new(float64(s.Answered*1000/seized) / 10)
	}
}

// count counts the newest calls and one bite of what else is due: while a day is
// counted, the rest of the overview stays new. more says that more is due. It is
// done by Run alone.
func (o *Overviews) count(ctx context.Context) (more bool, err error) {
	now := time.Now()
	o.mu.Lock()
	recent, wanted := o.series.plan(now)
	due := o.series.due
	o.mu.Unlock()
	if wanted {
		if err := o.countSpan(ctx, recent); err != nil {
			return false, err
		}
		o.mu.Lock()
		o.series.recentAt = now
		o.mu.Unlock()
	}
	if len(due) == 0 {
		return false, nil
	}
	if err := o.countSpan(ctx, due[0]); err != nil {
		return false, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.series.due = due[1:]
	o.series.filled = o.series.filled || len(o.series.due) == 0
	return len(o.series.due) > 0, nil
}

func (o *Overviews) countSpan(ctx context.Context, s span) error {
	list, err := o.cfg.DB.CallBuckets(ctx, s.from, s.to, bucketWidth)
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.series.put(s, list)
	return nil
}
