package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tandem/db"
	"tandem/desk"
	"tandem/view"
)

type qualityCmd struct {
	Show    qualityShowCmd    `cmd:"" default:"withargs" help:"Show how routes carry calls (the default)."`
	Rebuild qualityRebuildCmd `cmd:"" help:"Count quality anew from what is recorded."`
}

type qualityShowCmd struct {
	By      []string `help:"What to tell by: provider, tier, gate, server, account, country, prefix, network." placeholder:"WHAT,..."`
	Only    []string `help:"Only what has one of these values, as provider=7,11 or country=RU; names or numbers of providers, gates, accounts. May be repeated." placeholder:"WHAT=VALUE,..." sep:"none"`
	Since   string   `help:"Of bids in so much time until now, such as 90m, 24h or 30d. Default: 24h." placeholder:"TIME"`
	From    string   `help:"Of bids from then, UTC, instead of --since." placeholder:"TIME"`
	To      string   `help:"Until before then, UTC. Default: now." placeholder:"TIME"`
	Grain   string   `help:"One line of all the time, or for each hour, day or five minutes." enum:"total,5m,hour,day" default:"total"`
	Compare string   `help:"Also the ASR and the margin of the same length of time before, or of the same time a day or a week earlier, and which shares differ." enum:"before,day,week," default:""`
	MinBids int64    `help:"Leave out lines with fewer bids." placeholder:"N"`
	Top     int      `help:"Lines that are printed, those with the most bids; 0: all. JSON has all." default:"40"`
	JSON    bool     `help:"Print JSON."`
}

// Run prints the report.
func (x qualityShowCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		q, err := x.query(ctx, database)
		if err != nil {
			return err
		}
		t, err := database.QualityTable(ctx, q)
		if err != nil {
			return err
		}
		levels, err := database.QualityThresholds(ctx)
		if err != nil {
			return err
		}
		v, err := view.NewQualityTable(ctx, &q, &t, levels, database.NewNames())
		if err != nil {
			return err
		}
		if x.JSON {
			return printJSON(e, v)
		}
		printQuality(e.out, &q.QualityQuery, &v, x.Top)
		return nil
	})
}

func (x qualityShowCmd) query(ctx context.Context, database *db.DB) (q db.QualityTableQuery, err error) {
	q.Grain, q.MinBids = db.QualityGrain(x.Grain), x.MinBids
	for _, by := range x.By {
		q.By = append(q.By, db.QualityDimension(by))
	}
	for _, only := range x.Only {
		what, values, ok := strings.Cut(only, "=")
		if !ok || values == "" {
			return q, fmt.Errorf("--only %s: want what=value, such as country=RU", strconv.Quote(only))
		}
		q.Where = append(q.Where, db.QualityWhere{Dimension: db.QualityDimension(what), Values: strings.Split(values, ",")})
	}
	if q.Where, err = database.NumberQuality(ctx, q.Where); err != nil {
		return q, err
	}
	if q.From, err = desk.ParseMoment("--from", x.From, time.UTC); err != nil {
		return q, err
	}
	if q.To, err = desk.ParseMoment("--to", x.To, time.UTC); err != nil {
		return q, err
	}
	if q.To.IsZero() {
		if q.To, err = database.Now(ctx); err != nil {
			return q, err
		}
	}
	if x.Since != "" && x.From != "" {
		return q, errors.New("--since and --from: give one of them")
	}
	if q.From.IsZero() {
		age, err := desk.ParseAge(cmp.Or(x.Since, "24h"))
		if err != nil {
			return q, fmt.Errorf("--since %s: %w", strconv.Quote(x.Since), err)
		}
		q.From = q.To.Add(-age)
	}
	if q.To.Sub(q.From) > db.LongestReport {
		return q, fmt.Errorf("from %s to %s: want at most %d days", moment(q.From), moment(q.To), int(db.LongestReport.Hours()/24))
	}
	q.BeforeFrom, q.BeforeTo = db.QualityEarlier(q.From, q.To, x.Compare)
	return q, nil
}

type qualityRebuildCmd struct {
	Since string `required:"" help:"First moment that is counted anew, as 2026-11-14 or 2026-11-14T08:00:00Z, or so much time until now, as 48h."`
}

// Run counts anew, and ends when all is up to date.
func (x qualityRebuildCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		since, err := x.since(ctx, database)
		if err != nil {
			return err
		}
		buckets, err := database.RebuildQuality(ctx, since)
		if err != nil {
			return err
		}
		b := newBar(e, "counting", buckets, false)
		done, err := database.RollQuality(ctx, db.QualityRoll{Place: database.Atlas().Place}, func(d db.QualityRolled) { b.to(int64(d.Buckets), buckets) })
		b.end()
		if errors.Is(err, db.ErrBusy) {
			_, err = fmt.Fprintf(e.out, "%s are marked; a node that is counting now counts them\n", plural(buckets, "bucket"))
			return err
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "%s counted in %s, %s, %s\n", plural(done.Attempts, "attempt"),
			plural(done.Buckets, "bucket")+" of 5 minutes", plural(done.Hours, "hour"), plural(done.Days, "day"))
		return err
	})
}

func (x qualityRebuildCmd) since(ctx context.Context, database *db.DB) (time.Time, error) {
	if age, err := desk.ParseAge(x.Since); err == nil {
		now, err := database.Now(ctx)
		return now.Add(-age), err
	}
	at, err := desk.ParseMoment("--since", x.Since, time.UTC)
	if err != nil {
		return at, fmt.Errorf("%w; or so much time until now, such as 48h", err)
	}
	return at, nil
}
