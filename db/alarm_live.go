package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"tandem/alarm"
	"tandem/billing"
	"tandem/internal/money"
	"tandem/routing"
)

// liveHolds are the calls that talk now, read once a round and only when a rule
// wants them.
type liveHolds struct {
	db   *DB
	read bool
	list []liveHold
	err  error
}

// liveHold is one of them.
type liveHold struct {
	values   map[string]string // by dimension
	answered time.Time
	rate     float64 // of spending, in millionths of the base currency a second; 0: nobody pays, or it is not known
}

// mostLive bounds how many are read: beyond it figures of calls in progress are
// those of a part.
const mostLive = 50_000

// all are the calls that talk. Where reading them fails, it has failed for the whole
// round: a part of them would be told as all.
func (l *liveHolds) all(ctx context.Context) ([]liveHold, error) {
	if !l.read {
		l.list, l.err = l.load(ctx)
		l.read = true
	}
	return l.list, l.err
}

func (l *liveHolds) load(ctx context.Context) ([]liveHold, error) {
	rows, err := l.db.bulk.QueryContext(ctx, asking(`SELECT h.server, COALESCE(h.account_id, 0), h.amount, h.paid_s, h.answered_at, COALESCE(h.route, ''), COALESCE(h.terms, ''), COALESCE(c.b_number, '')
		FROM holds h LEFT JOIN calls c ON c.call_id = h.call_id AND c.month = `+monthExpression(`h.call_id`)+` WHERE h.answered_at IS NOT NULL AND h.seen_at IS NULL LIMIT ?`), mostLive)
	if err != nil {
		return nil, err
	}
	var list []liveHold
	if err := eachRow(rows, func(rows *sql.Rows) error {
		var number string
		var paid int64
		var terms []byte
		var h billing.OpenHold
		if err := rows.Scan(&h.Server, &h.AccountID, &h.Amount, &paid, &h.AnsweredAt, &h.Route, &terms, &number); err != nil {
			return err
		}
		h.Paid = time.Duration(paid) * time.Second
		if json.Unmarshal(terms, &h.Terms) != nil {
			h.Terms = billing.Terms{} // the end of the call tells
		}
		list = append(list, l.of(&h, number))
		return nil
	}); err != nil {
		return nil, err
	}
	return list, nil
}

func (l *liveHolds) of(h *billing.OpenHold, number string) liveHold {
	v := liveHold{answered: h.AnsweredAt, values: map[string]string{
		"server": h.Server, "account": strconv.FormatInt(h.AccountID, 10),
	}}
	if k, err := routing.ParseKey(h.Route); err == nil {
		v.values["provider"] = strconv.FormatInt(k.ProviderID, 10)
		v.values["tier"] = k.Tier.String()
		v.values["gate"] = strconv.FormatInt(k.GateID, 10)
	}
	if atlas := l.db.Atlas(); atlas != nil && number != "" {
		p := atlas.Place(number)
		v.values["country"], v.values["prefix"], v.values["network"] = p.Country, p.Prefix, clip(p.Network, maxNetwork)
	}
	v.rate = spendRate(h)
	return v
}

// spendRate is what a call costs its account a second, in millionths of the base
// currency: what is set aside, spread over the time that it pays for. It is for
// alarms; no money is made of it.
func spendRate(h *billing.OpenHold) float64 {
	price := h.Terms.Sale
	for i := range h.Terms.Routes {
		if r := &h.Terms.Routes[i]; price == nil && r.Key == h.Route {
			price = r.Sale
		}
	}
	if h.AccountID == 0 || h.Paid <= 0 || h.Terms.Base == 0 || price == nil {
		return 0
	}
	base, err := money.Convert(h.Amount, price.To, h.Terms.Base)
	if err != nil {
		return 0
	}
	return float64(base) / h.Paid.Seconds()
}

// picked says whether a rule looks at the call.
func (v *liveHold) picked(r *alarm.Rule) bool {
	for _, o := range r.Only {
		if !slices.Contains(o.Values, v.values[o.What]) {
			return false
		}
	}
	return true
}

// liveCount is how many calls of a subject talk.
type liveCount struct {
	subject alarm.Subject
	calls   int64
}

// talking counts the calls that were answered in a time, by the subject's key.
func (l *liveHolds) talking(ctx context.Context, r *alarm.Rule, from, to time.Time) (map[string]liveCount, error) {
	list, err := l.all(ctx)
	if err != nil {
		return nil, err
	}
	counts := map[string]liveCount{}
	for i := range list {
		if list[i].answered.Before(from) || !list[i].answered.Before(to) || !list[i].picked(r) {
			continue
		}
		subject := make(alarm.Subject, len(r.Each))
		for n, e := range r.Each {
			subject[n] = list[i].values[e]
		}
		if key, ok := r.Key(subject); ok {
			counts[key] = liveCount{subject, counts[key].calls + 1}
		}
	}
	return counts, nil
}

// mostAhead is how much the clock of a node may be ahead of the database's.
const mostAhead = time.Hour

// liveFigures count calls that talk.
func (d *DB) liveFigures(ctx context.Context, r *alarm.Rule, live *liveHolds, s *alarmSeen) error {
	counts, err := live.talking(ctx, r, time.Time{}, s.to.Add(mostAhead))
	for _, c := range counts {
		s.add(r, c.subject, alarm.CountFigure(c.calls))
	}
	return err
}
