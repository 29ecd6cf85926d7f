package db

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"tandem/alarm"
	"tandem/quality"
)

// answerGroup is the answers of a route to a destination.
type answerGroup struct {
	provider, tier, country string
}

// answerCount is how many look false, and why.
type answerCount struct {
	answers, silent, short, even int64
	seconds                      [falseUpTo]int64 // answers by their whole seconds of talk
}

// Answers that look false, by what signalling tells. None of it is proof: a human
// can answer at once, and hang up at once.
const (
	falseSoon   = 1500 * time.Millisecond // answered so soon without a sign of ringing: a machine
	falseShort  = quality.ShortTalk
	falseUpTo   = 30 // s: talk below it that is suspiciously even
	falseEven   = 3  // times as many of one length as of those around it
	falseLeast  = 10 // of one length
	falseAround = 3  // s
)

// answerFigures say how many answers of each route look false, and how many those
// of the other routes to the same country do.
func (d *DB) answerFigures(ctx context.Context, r *alarm.Rule, s *alarmSeen) error {
	groups, err := d.countAnswers(ctx, s.from, s.to)
	if err != nil {
		return err
	}
	byCountry := map[string]quality.Ratio{}
	own := map[answerGroup]quality.Ratio{}
	for g, c := range groups {
		own[g] = c.ratio()
		all := byCountry[g.country]
		byCountry[g.country] = quality.Ratio{Part: all.Part + own[g].Part, Whole: all.Whole + own[g].Whole}
	}
	type sum struct {
		own, others quality.Ratio
		count       answerCount
	}
	sums, subjects := map[string]*sum{}, map[string]alarm.Subject{}
	for g, c := range groups {
		if !pickedBy(r, "provider", g.provider) || !pickedBy(r, "tier", g.tier) || !pickedBy(r, "country", g.country) {
			continue
		}
		subject := alarm.Subject{g.provider, g.tier, g.country}[:len(r.Each)]
		key, _ := r.Key(subject)
		if sums[key] == nil {
			sums[key] = &sum{}
		}
		v, all := sums[key], byCountry[g.country]
		subjects[key] = subject
		v.own.Part, v.own.Whole = v.own.Part+own[g].Part, v.own.Whole+own[g].Whole
		v.others.Part, v.others.Whole = v.others.Part+all.Part-own[g].Part, v.others.Whole+all.Whole-own[g].Whole
		v.count.merge(c)
	}
	for key, v := range sums {
		f, _ := alarm.ShareFigure(v.own)
		f.Others = &v.others
		f.Detail = map[string]string{
			"without_ringing": strconv.FormatInt(v.count.silent, 10), "short": strconv.FormatInt(v.count.short, 10), "of_one_length": strconv.FormatInt(v.count.even, 10),
		}
		s.add(r, subjects[key], f)
	}
	return nil
}

// countAnswers counts the answers of a time, those of the newest attempts where there
// are too many. Of a call that ended without a report it is not known how it rang.
// The place of the number called stands with the call; only where nobody has looked
// yet it is looked up.
func (d *DB) countAnswers(ctx context.Context, from, to time.Time) (map[answerGroup]*answerCount, error) {
	from, err := d.newestAttempts(ctx, from, to, mostAttempts)
	if err != nil {
		return nil, err
	}
	country, number := func(string) string { return "" }, "''"
	if atlas := d.Atlas(); atlas != nil {
		country, number = func(number string) string { return atlas.Place(number).Country }, "IF(c.b_place_id IS NULL, COALESCE(c.b_number, ''), '')"
	}
	rows, err := d.bulk.QueryContext(ctx, asking(`SELECT a.provider_id, COALESCE(a.tier, ''), COALESCE(p.country, ''), `+number+`,
			a.rang = 0 AND a.progress = 0 AND a.elapsed_ms < a.talk_ms + ?, LEAST(a.talk_ms DIV 1000, ?), COUNT(*)
		FROM attempts a FORCE INDEX (attempts_started)
		STRAIGHT_JOIN calls c ON c.call_id = a.call_id AND c.month = a.month LEFT JOIN places p ON p.id = c.b_place_id
		WHERE a.started_at >= ? AND a.started_at < ? AND a.result = 'answered' AND a.provider_id > 0
			AND COALESCE(c.closed_by, 'report') = 'report' GROUP BY 1, 2, 3, 4, 5, 6`),
		falseSoon.Milliseconds(), falseUpTo, from, to)
	if err != nil {
		return nil, err
	}
	groups := map[answerGroup]*answerCount{}
	err = eachRow(rows, func(rows *sql.Rows) error {
		var g answerGroup
		var number string
		var silent bool
		var second int
		var n int64
		if err := rows.Scan(&g.provider, &g.tier, &g.country, &number, &silent, &second, &n); err != nil {
			return err
		}
		if number != "" {
			g.country = country(number)
		}
		if groups[g] == nil {
			groups[g] = &answerCount{}
		}
		groups[g].add(silent, second, n)
		return nil
	})
	for _, c := range groups {
		c.findEven()
	}
	return groups, err
}

// newestAttempts is from when on a time has at most so many attempts: of a busy hour the
// last part says as much as all of it.
func (d *DB) newestAttempts(ctx context.Context, from, to time.Time, most int) (time.Time, error) {
	err := d.bulk.QueryRowContext(ctx, asking(`SELECT started_at FROM attempts FORCE INDEX (attempts_started)
		WHERE started_at >= ? AND started_at < ? ORDER BY started_at DESC LIMIT 1 OFFSET ?`), from, to, most-1).Scan(&from)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return from, err
}

// add counts answers of so many whole seconds of talk, falseUpTo and more being one.
// silent: they came at once, without a sign of ringing.
func (c *answerCount) add(silent bool, second int, n int64) {
	c.answers += n
	switch {
	case silent:
		c.silent += n
	case time.Duration(second)*time.Second < falseShort:
		c.short += n
	case second < falseUpTo:
		c.seconds[second] += n
	}
}

// findEven finds lengths that stand out: people hang up whenever they like, a
// machine that plays a text always after the same time.
func (c *answerCount) findEven() {
	for i, n := range c.seconds {
		around, width := int64(0), int64(0)
		for j := max(0, i-falseAround); j <= min(falseUpTo-1, i+falseAround); j++ {
			if j < i-1 || j > i+1 { // a text that ends at a border falls into two seconds
				around += c.seconds[j]
				width++
			}
		}
		if n >= falseLeast && n*width > falseEven*around {
			c.even += n
		}
	}
}

func (c *answerCount) merge(o *answerCount) {
	c.answers += o.answers
	c.silent += o.silent
	c.short += o.short
	c.even += o.even
}

func (c *answerCount) ratio() quality.Ratio {
	return quality.Ratio{Part: c.silent + c.short + c.even, Whole: c.answers}
}
