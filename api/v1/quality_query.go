package v1

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tandem/db"
	"tandem/desk"
	"tandem/quality"
	"tandem/view"
)

// QualityTime is the time that a report is of.
type QualityTime struct {
	Span

	Since string `query:"since" maxLength:"16" doc:"So much time until now, instead of from: 90m, 24h, 30d. Without either: 24h" example:"24h"`
}

// span is the time; until now when nobody says until when.
func (t *QualityTime) span(ctx context.Context, database *db.DB) (from, to time.Time, err error) {
	from, to = t.From.UTC(), t.To.UTC()
	if t.Since != "" && !t.From.IsZero() {
		return from, to, wrong("query.since", "send either since or from")
	}
	if to.IsZero() {
		if to, err = database.Now(ctx); err != nil {
			return from, to, err
		}
	}
	if t.From.IsZero() {
		length, err := ago(cmp.Or(t.Since, "24h"))
		if err != nil {
			return from, to, wrong("query.since", err.Error())
		}
		from = to.Add(-length)
	}
	return from, to, checkQualitySpan("query.to", from, to)
}

func checkQualitySpan(field string, from, to time.Time) error {
	switch {
	case !from.Before(to):
		return wrong(field, "want a time after from")
	case to.Sub(from) > db.LongestReport:
		return wrong(field, "want at most 400 days after from")
	case from.Year() < 2000 || to.Year() > 9000:
		return wrong(field, "want times of this age")
	}
	return nil
}

// ago reads a length of time: 90m, 24h, 30d.
func ago(text string) (time.Duration, error) {
	length, err := desk.ParseAge(text)
	if err != nil || length > db.LongestReport {
		return 0, fmt.Errorf("want a length of time such as 90m, 24h or 30d, at most %dd", int(db.LongestReport.Hours()/24))
	}
	return length, nil
}

// QualityFilter is what a report can be narrowed to. A value of - stands for what is
// not known.
type QualityFilter struct {
	Provider []int64  `query:"provider" maxItems:"200" doc:"Ids"`
	Tier     []string `query:"tier" maxItems:"4" enum:"noncli,cli,premium,-"`
	Gate     []int64  `query:"gate" maxItems:"200" doc:"Ids; 0: without one"`
	Server   []string `query:"server" maxItems:"200" maxLength:"64"`
	Account  []int64  `query:"account" maxItems:"200" doc:"Ids; 0: nobody's"`
	Country  []string `query:"country" maxItems:"300" pattern:"^([A-Z]{2}|001|-)$" patternDescription:"a country of ISO 3166-1 such as RU, 001 for none, or -" doc:"Of the called number"`
	Prefix   []string `query:"prefix" maxItems:"200" pattern:"^([0-9]{1,7}|-)$" patternDescription:"up to 7 digits" doc:"Calling code and up to three digits more, as reports by prefix have them"`
	ACountry []string `query:"a_country" maxItems:"300" pattern:"^([A-Z]{2}|001|-)$" patternDescription:"a country of ISO 3166-1 such as RU, 001 for none, or -" doc:"Of the calling number; goes alone"`
	Network  []string `query:"network,explode" maxItems:"50" maxLength:"64" doc:"Who got the range first; repeat the parameter for several"`
}

func (f *QualityFilter) where() (list []db.QualityWhere, err error) {
	ids := func(of db.QualityDimension, values []int64) {
		texts := make([]string, len(values))
		for i, v := range values {
			if texts[i] = strconv.FormatInt(v, 10); v < 0 {
				err = wrong("query."+string(of), "want ids")
			}
		}
		list = addWhere(list, of, texts)
	}
	ids(db.ByProvider, f.Provider)
	ids(db.ByGate, f.Gate)
	ids(db.ByAccount, f.Account)
	list = addWhere(list, db.ByTier, f.Tier)
	list = addWhere(list, db.ByServer, f.Server)
	list = addWhere(list, db.ByCountry, f.Country)
	list = addWhere(list, db.ByPrefix, f.Prefix)
	list = addWhere(list, db.ByNetwork, f.Network)
	list = addWhere(list, db.ByACountry, f.ACountry)
	return list, err
}

func addWhere(list []db.QualityWhere, of db.QualityDimension, values []string) []db.QualityWhere {
	if len(values) == 0 {
		return list
	}
	w := db.QualityWhere{Dimension: of}
	for _, v := range values {
		if v == view.None {
			v = ""
		}
		w.Values = append(w.Values, v)
	}
	return append(list, w)
}

// QualityShape is what lines a report has.
type QualityShape struct {
	By      []string `query:"by" maxItems:"4" enum:"provider,tier,gate,server,account,country,prefix,network,a_country" doc:"What to tell by; none: one line of all"`
	Grain   string   `query:"grain" enum:"total,5m,hour,day" default:"total" doc:"One line of all the time, or one of each five minutes, hour, day (UTC)"`
	Sort    string   `query:"sort" enum:"at,-at,bids,-bids,seizures,-seizures,effective,-effective,answers,-answers,abr,-abr,asr,-asr,ner,-ner,short,-short,acd,-acd,pdd_p50,-pdd_p50,pdd_p95,-pdd_p95,talk,-talk,cost,-cost,sale,-sale,margin,-margin,margin_share,-margin_share,blame_caller,-blame_caller,blame_called,-blame_called,blame_route,-blame_route,blame_us,-blame_us,loss,-loss,jitter,-jitter,mos,-mos,silent,-silent" doc:"A measure, the largest first with a minus; at: by time and dimensions. Default: -bids, of lines in time at"`
	MinBids int64    `query:"min_bids" minimum:"0" doc:"Lines with fewer go to the rest"`
	Spark   string   `query:"spark" enum:"bids,seizures,effective,answers,abr,asr,ner,short,acd,pdd_p50,pdd_p95,talk,cost,sale,margin,margin_share,blame_caller,blame_called,blame_route,blame_us,loss,jitter,mos,silent" doc:"Also how this measure went, of each line; with grain=total"`
}

// QualityLimit is how many lines a page shows.
type QualityLimit struct {
	Limit int `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

// QualityFileLimit is how many lines a file has.
type QualityFileLimit struct {
	Limit int `query:"limit" minimum:"1" maximum:"5000" default:"5000" doc:"Lines; if there are more, one behind them has the rest"`
}

func (s *QualityShape) shape(q *db.QualityTableQuery) {
	q.By, q.Grain = dimensions(s.By), db.QualityGrain(s.Grain)
	q.MinBids, q.Spark = s.MinBids, quality.Measure(s.Spark)
	sort := s.Sort
	if sort == "" {
		sort = map[bool]string{true: "-bids", false: "at"}[q.Grain == db.GrainTotal]
	}
	name, largest := strings.CutPrefix(sort, "-")
	q.Sort = db.QualitySort{By: quality.Measure(name), Largest: largest}
	if name == "at" {
		q.Sort = db.QualitySort{Latest: largest}
	}
}

func dimensions(by []string) []db.QualityDimension {
	list := make([]db.QualityDimension, len(by))
	for i := range by {
		list[i] = db.QualityDimension(by[i])
	}
	return list
}

// QualityCompare is another time that stands beside.
type QualityCompare struct {
	Compare     string    `query:"compare" enum:"before,day,week" doc:"With the same length of time before, or with the same time a day or a week earlier"`
	CompareFrom time.Time `query:"compare_from" doc:"Or with any other time, from then on"`
	CompareTo   time.Time `query:"compare_to" doc:"Until before then"`
}

func (c *QualityCompare) compare(q *db.QualityTableQuery) error {
	from, to, err := c.other(q.From, q.To)
	q.BeforeFrom, q.BeforeTo = from, to
	return err
}

// other is the other time; zero: none.
func (c *QualityCompare) other(from, to time.Time) (otherFrom, otherTo time.Time, err error) {
	own := !c.CompareFrom.IsZero() || !c.CompareTo.IsZero()
	switch {
	case own && c.Compare != "":
		return otherFrom, otherTo, wrong("query.compare", "send either compare, or compare_from and compare_to")
	case own && c.CompareFrom.IsZero():
		return otherFrom, otherTo, wrong("query.compare_from", "goes with compare_to")
	case own && c.CompareTo.IsZero():
		return otherFrom, otherTo, wrong("query.compare_to", "goes with compare_from")
	case own:
		return c.CompareFrom.UTC(), c.CompareTo.UTC(), checkQualitySpan("query.compare_to", c.CompareFrom, c.CompareTo)
	}
	otherFrom, otherTo = db.QualityEarlier(from, to, c.Compare)
	return otherFrom, otherTo, nil
}
