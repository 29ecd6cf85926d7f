package db

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// qualityPlan is which buckets a report adds up. Long ones are few, but they are
// counted later, and the short ones are kept for less time:
//
//	13:35     14:00          00:00              00:00        09:00  09:25
//	  ├─ 5m ────┼──── hours ────┼──── days ────────┼── hours ───┼─ 5m ─┤
type qualityPlan struct {
	from, to time.Time
	spans    []qualitySpan
}

// qualitySpan is buckets of one level without a gap.
type qualitySpan struct {
	level    qualityLevel
	from, to time.Time
}

// planQuality takes the longest buckets that lie in the time and are up to date.
func planQuality(ctx context.Context, tx *sql.Tx, from, to time.Time, longest qualityLevel) (qualityPlan, error) {
	kept, err := qualityKept(ctx, tx)
	if err != nil {
		return qualityPlan{}, err
	}
	dirty, err := dirtyQuality(ctx, tx)
	if err != nil {
		return qualityPlan{}, err
	}
	return qualityBuckets(from, to, longest, kept, dirty), nil
}

// dirtyQuality lists the hours and days that are not up to date.
func dirtyQuality(ctx context.Context, tx *sql.Tx) (dirty map[qualitySpan]bool, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT DISTINCT level, bucket FROM quality_dirty WHERE level > 0`)
	if err != nil {
		return nil, err
	}
	dirty = map[qualitySpan]bool{}
	return dirty, eachRow(rows, func(rows *sql.Rows) error {
		var s qualitySpan
		err := rows.Scan(&s.level, &s.from)
		s.to = s.from.Add(s.level.length())
		dirty[s] = true
		if s.level == hourly { // and with it its day, which is marked only later
			day := daily.bucket(s.from)
			dirty[qualitySpan{daily, day, day.Add(daily.length())}] = true
		}
		return err
	})
}

// qualityBuckets goes through the time bucket by bucket.
func qualityBuckets(from, to time.Time, longest qualityLevel, kept [3]time.Time, dirty map[qualitySpan]bool) qualityPlan {
	from = shortestKept(from, kept).bucket(from)
	if end := fiveMinutes.bucket(to); end.Before(to) {
		to = end.Add(fiveMinutes.length())
	}
	p := qualityPlan{from: from}
	for at := from; at.Before(to); {
		level := shortestKept(at, kept)
		for l := longest; l > level; l-- {
			s := qualitySpan{l, at, at.Add(l.length())}
			if l.bucket(at).Equal(at) && !s.to.After(to) && !dirty[s] {
				level = l
				break
			}
		}
		next := at.Add(level.length())
		if n := len(p.spans); n > 0 && p.spans[n-1].level == level {
			p.spans[n-1].to = next
		} else {
			p.spans = append(p.spans, qualitySpan{level, at, next})
		}
		at = next
	}
	p.to = from
	if n := len(p.spans); n > 0 {
		p.to = p.spans[n-1].to
	}
	return p
}

// shortestKept is the level of the shortest buckets of a time that are there.
func shortestKept(at time.Time, kept [3]time.Time) qualityLevel {
	level := fiveMinutes
	for level < daily && at.Before(kept[level]) {
		level++
	}
	return level
}

// coarsest is the level of the longest buckets of the plan, at least that one.
func (p *qualityPlan) coarsest(level qualityLevel) qualityLevel {
	for _, s := range p.spans {
		level = max(level, s.level)
	}
	return level
}

// pick is the plan as a condition.
func (p *qualityPlan) pick(c *where) {
	var parts []string
	var args []any
	for _, s := range p.spans {
		parts = append(parts, "level = ? AND bucket >= ? AND bucket < ?")
		args = append(args, int(s.level), s.from, s.to)
	}
	c.add("("+strings.Join(parts, " OR ")+")", args...)
}
