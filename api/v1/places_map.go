package v1

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"tandem/api/live"
	"tandem/db"
	"tandem/geo"
	"tandem/internal/money"
	"tandem/quality"
	"tandem/view"
)

type mapInput struct {
	Span

	Side       string `query:"side" enum:"b,a" default:"b" doc:"By the country of the called or of the calling number"`
	ProviderID int64  `query:"provider_id" minimum:"1"`
	AccountID  int64  `query:"account_id" minimum:"1"`
}

// CallsMap is calls by country.
type CallsMap struct {
	From      time.Time    `json:"from"`
	To        time.Time    `json:"to"`
	Side      string       `json:"side" enum:"b,a"`
	Currency  string       `json:"currency" doc:"Base currency, ISO 4217"`
	Live      MapLive      `json:"live"`
	Countries []MapCountry `json:"countries" nullable:"false" doc:"Those with most attempts first"`
	Problems  []string     `json:"problems" nullable:"false" doc:"Why something is not shown, or old"`
}

// MapLive counts calls in progress.
type MapLive struct {
	Calls   int `json:"calls"`
	Talking int `json:"talking"`
}

// MapCountry is the calls of a country.
type MapCountry struct {
	Country  string             `json:"country" doc:"ISO 3166-1 alpha-2; 001: global services; empty: not known"`
	Numeric  int                `json:"numeric" doc:"ISO 3166-1 numeric, which maps of the world go by; 0: none"`
	Bids     int64              `json:"bids" doc:"Attempts to carry a call"`
	Seizures int64              `json:"seizures"`
	Answers  int64              `json:"answers"`
	ASR      *view.QualityShare `json:"asr,omitempty"`
	TalkMS   int64              `json:"talk_ms"`
	Cost     money.Amount       `json:"cost"`
	Sale     money.Amount       `json:"sale"`
	Margin   money.Amount       `json:"margin"`
	Now      MapLive            `json:"live" doc:"In progress"`
}

type mapOutput struct{ Body CallsMap }

func (d *door) callsMap(ctx context.Context, in *mapInput) (*mapOutput, error) {
	q, err := in.query(time.Now())
	if err != nil {
		return nil, err
	}
	r, err := d.DB.QualityReport(ctx, q)
	if err != nil {
		return nil, inQuery(tooMuch(err))
	}
	m := CallsMap{From: r.From, To: r.To, Side: in.Side, Currency: d.Currency, Problems: []string{}}
	countries := map[string]*MapCountry{}
	for i := range r.Rows {
		of(countries, r.Rows[i].Values[0]).add(&r.Rows[i].Measures)
	}
	d.addLive(ctx, &m, countries, in)
	m.Countries = make([]MapCountry, 0, len(countries))
	for _, c := range countries {
		m.Countries = append(m.Countries, *c)
	}
	slices.SortFunc(m.Countries, func(a, b MapCountry) int {
		return cmp.Or(cmp.Compare(b.Bids, a.Bids), cmp.Compare(b.Now.Calls, a.Now.Calls), cmp.Compare(a.Country, b.Country))
	})
	return &mapOutput{m}, nil
}

// query is the report of past calls; without a time it is of the last day.
func (in *mapInput) query(now time.Time) (db.QualityQuery, error) {
	q := db.QualityQuery{By: []db.QualityDimension{db.ByCountry}, From: in.From, To: in.To}
	if in.Side == "a" {
		q.By[0] = db.ByACountry
	}
	if err := in.check(); err != nil {
		return q, err
	}
	if q.To.IsZero() {
		q.To = now
	}
	if q.From.IsZero() {
		q.From = q.To.Add(-24 * time.Hour)
	}
	if q.To.Sub(q.From) > db.LongestReport {
		return q, wrong("query.from", "want at most 400 days until query.to")
	}
	switch {
	case in.ProviderID != 0 && in.AccountID != 0:
		return q, wrong("query.account_id", "goes without provider_id: what accounts send over single providers is not added up")
	case in.ProviderID != 0:
		q.Where = append(q.Where, db.QualityWhere{Dimension: db.ByProvider, Values: []string{strconv.FormatInt(in.ProviderID, 10)}})
	case in.AccountID != 0:
		q.Where = append(q.Where, db.QualityWhere{Dimension: db.ByAccount, Values: []string{strconv.FormatInt(in.AccountID, 10)}})
	}
	if in.Side == "a" && len(q.Where) > 0 {
		return q, wrong("query.side", "the countries of callers are told of all calls together: leave out provider_id and account_id")
	}
	return q, nil
}

// addLive counts the calls in progress.
func (d *door) addLive(ctx context.Context, m *CallsMap, countries map[string]*MapCountry, in *mapInput) {
	board, err := d.board()
	if err != nil {
		m.Problems = append(m.Problems, "this node shows no calls in progress")
		return
	}
	p := board.Picture(ctx)
	m.Problems = append(m.Problems, p.Problems...)
	for i := range p.Calls {
		c := &p.Calls[i]
		if in.ProviderID != 0 && c.ProviderID != in.ProviderID || in.AccountID != 0 && c.AccountID != in.AccountID {
			continue
		}
		place := &c.BPlace
		if in.Side == "a" {
			place = &c.APlace
		}
		m.Live.add(c)
		of(countries, place.Country).Now.add(c)
	}
}

func of(countries map[string]*MapCountry, country string) *MapCountry {
	c := countries[country]
	if c == nil {
		c = &MapCountry{Country: country, Numeric: geo.Numeric(country)}
		countries[country] = c
	}
	return c
}

func (c *MapCountry) add(m *quality.Measures) {
	c.Bids, c.Seizures, c.Answers, c.TalkMS = m.Bids, m.Seizures, m.Answers, m.Talk.Milliseconds()
	c.Cost, c.Sale, c.Margin, c.ASR = m.Cost, m.Sale, m.Margin(), view.ShareOf(m.ASR())
}

func (l *MapLive) add(c *live.Call) {
	l.Calls++
	if c.State == live.Talking {
		l.Talking++
	}
}
