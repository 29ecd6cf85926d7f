package v1

import (
	"context"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tandem/db"
	"tandem/view"
)

// MyRate is what calls to a prefix cost.
type MyRate struct {
	Prefix      string `json:"prefix"`
	Destination string `json:"destination,omitempty"`
	Blocked     bool   `json:"blocked,omitempty" doc:"Not sold"`
	view.Rate
}

// MyRates is a page of them.
type MyRates struct {
	Tariff   string   `json:"tariff,omitempty" doc:"None: calls are not charged"`
	Currency string   `json:"currency,omitempty"`
	TimeZone string   `json:"time_zone,omitempty" doc:"Of windows"`
	CostPlus bool     `json:"cost_plus" doc:"Each call has a price of its own; there is no list"`
	Items    []MyRate `json:"items" nullable:"false"`
	Next     string   `json:"next,omitempty"`
}

type myRatesInput struct {
	Paging

	Q string `query:"q" maxLength:"96" doc:"A number, the beginning of a prefix, or a part of a destination"`
}

type myRatesOutput struct{ Body MyRates }

func (d *door) myRates(ctx context.Context, in *myRatesInput) (*myRatesOutput, error) {
	v, deck, err := d.myTariff(ctx)
	if err != nil || deck.ID == 0 {
		return &myRatesOutput{v}, err
	}
	var after db.RatePlace
	if err := readCursor(in.Cursor, &after); err != nil {
		return nil, err
	}
	rows, err := d.DB.DeckPage(ctx, deck.ID, strings.TrimSpace(in.Q), after, in.Limit+1)
	if err != nil {
		return nil, tooMuch(err)
	}
	page := pageOf(rows, in.Limit, func(r *db.RateRow) any { return r.Place })
	for i := range page.Items {
		v.Items = append(v.Items, myRate(&page.Items[i]))
	}
	v.Next = page.Next
	return &myRatesOutput{v}, nil
}

func myRate(r *db.RateRow) MyRate {
	v := MyRate{Prefix: r.Prefix, Destination: r.Destination, Blocked: r.Blocked, Rate: view.OfRate(&r.Rate.Rate)}
	v.AttemptFee = 0 // of providers
	return v
}

// myTariff is the tariff of who asks, and its deck in force; the zero deck: none.
func (d *door) myTariff(ctx context.Context) (MyRates, db.Deck, error) {
	v := MyRates{Items: []MyRate{}}
	me, err := d.myself(ctx)
	if err != nil {
		return v, db.Deck{}, err
	}
	a, err := d.DB.AccountByID(ctx, me.AccountID)
	if err != nil || a.TariffID == 0 {
		return v, db.Deck{}, err
	}
	decks, err := d.DB.ListDecks(ctx, db.DeckFilter{TariffID: a.TariffID, Status: db.DeckPublished, Limit: 1})
	v.Tariff, v.CostPlus = a.Tariff, len(decks) == 0
	if err != nil || len(decks) == 0 {
		return v, db.Deck{}, err
	}
	v.Currency, v.TimeZone = decks[0].Owner.Currency, decks[0].Zone
	return v, decks[0], nil
}

type myRatesExport struct {
	Format

	Q string `query:"q" maxLength:"96"`
}

func (d *door) exportMyRates(ctx context.Context, in *myRatesExport) (*huma.StreamResponse, error) {
	v, deck, err := d.myTariff(ctx)
	if err != nil {
		return nil, err
	}
	type row = db.RateRow
	f := feed[row]{name: "rates", columns: myRateColumns(v.Currency), shown: func(r *row) any { return myRate(r) }}
	f.page = func(ctx context.Context, last *row) ([]row, error) {
		if deck.ID == 0 {
			return nil, nil
		}
		var after db.RatePlace
		if last != nil {
			after = last.Place
		}
		return d.DB.DeckPage(ctx, deck.ID, strings.TrimSpace(in.Q), after, feedPage)
	}
	return f.stream(ctx, d, in.Format.Format)
}

func myRateColumns(currency string) []exportColumn[db.RateRow] {
	type r = db.RateRow
	return []exportColumn[r]{
		{"prefix", func(r *r) string { return r.Prefix }},
		{"destination", func(r *r) string { return view.CellText(r.Destination) }},
		{"per_minute", func(r *r) string { return r.PerMinute.String() }},
		{"connection_fee", func(r *r) string { return r.ConnectionFee.String() }},
		{"minimum_charge", func(r *r) string { return r.Minimum.String() }},
		{"currency", func(*r) string { return currency }},
		{"first_s", func(r *r) string { return cellInt(int64(r.First)) }},
		{"next_s", func(r *r) string { return cellInt(int64(r.Next)) }},
		{"from", func(r *r) string { return cellTime(r.From) }},
		{"to", func(r *r) string { return cellTime(r.To) }},
		{"blocked", func(r *r) string {
			if r.Blocked {
				return "yes"
			}
			return ""
		}},
	}
}
