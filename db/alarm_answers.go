package db

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"tandem/alarm"
	"tandem/geo"
	"tandem/quality"
)

// answerGroup is the answers of a route to a destination.
type answerGroup struct {
	provider, tier, country string
}

// answerCount is how many look false, and why.
type answerCount struct {
	answers, silent, short, even int64
	seconds                      [falseUpTo]int32 // answers by their whole seconds of talk
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

// countAnswers reads the newest answered attempts of a time.
func (d *DB) countAnswers(ctx context.Context, from, to time.Time) (map[answerGroup]*answerCount, error) {
	rows, err := d.bulk.QueryContext(ctx, asking(`SELECT a.provider_id, COALESCE(a.tier, ''), COALESCE(c.b_number, ''), a.rang <> 0 OR a.progress <> 0, a.elapsed_ms, a.talk_ms
		FROM attempts a FORCE INDEX (attempts_started) JOIN calls c ON c.call_id = a.call_id AND c.month = a.month
		WHERE a.started_at >= ? AND a.started_at < ? AND a.result = 'answered' AND a.provider_id > 0 ORDER BY a.started_at DESC LIMIT ?`), from, to, mostAnswers)
	if err != nil {
		return nil, err
	}
	place := func(string) geo.Place { return geo.Place{} }
	if atlas := d.Atlas(); atlas != nil {
		place = atlas.Place
	}
	groups := map[answerGroup]*answerCount{}
	err = eachRow(rows, func(rows *sql.Rows) error {
		var g answerGroup
		var number string
		var life bool
		var elapsed, talk int64
		if err := rows.Scan(&g.provider, &g.tier, &number, &life, &elapsed, &talk); err != nil {
			return err
		}
		g.country = place(number).Country
		if groups[g] == nil {
			groups[g] = &answerCount{}
		}
		groups[g].add(life, fromMS(elapsed), fromMS(talk))
		return nil
	})
	for _, c := range groups {
		c.findEven()
	}
	return groups, err
}

// add counts one answer. life: there was ringing or progress; elapsed is from the
// bid to the end.
func (c *answerCount) add(life bool, elapsed, talk time.Duration) {
	c.answers++
	switch second := int(talk / time.Second); {
	case !life && elapsed-talk < falseSoon:
		c.silent++
	case talk < falseShort:
		c.short++
	case second < falseUpTo:
		c.seconds[second]++
	}
}

// findEven finds lengths that stand out: people hang up whenever they like, a
// machine that plays a text always after the same time.
func (c *answerCount) findEven() {
	for i, n := range c.seconds {
		around, width := int32(0), int32(0)
		for j := max(0, i-falseAround); j <= min(falseUpTo-1, i+falseAround); j++ {
			if j < i-1 || j > i+1 { // a text that ends at a border falls into two seconds
				around += c.seconds[j]
				width++
			}
		}
		if n >= falseLeast && n*width > falseEven*around {
			c.even += int64(n)
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
