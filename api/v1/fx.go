package v1

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/billing/fx"
	"tandem/db"
	"tandem/internal/money"
	"tandem/view"
)

// exchange is exchange rates, units per euro.
func exchange(d *door) {
	tags := []string{"Exchange rates"}
	handle(d, look(access.Money), huma.Operation{
		OperationID: "list-exchange-rates", Method: http.MethodGet, Path: "/fx", Summary: "Exchange rates in force", Tags: tags,
	}, d.listFX)
	handle(d, look(access.Money), huma.Operation{
		OperationID: "list-exchange-rate-history", Method: http.MethodGet, Path: "/fx/{currency}", Summary: "All rates of a currency, the newest first", Tags: tags,
	}, d.fxHistory)
	handle(d, govern(access.Money, true), huma.Operation{
		OperationID: "set-exchange-rate", Method: http.MethodPut, Path: "/fx/{currency}", Summary: "Set one exchange rate", Tags: tags,
	}, d.setFX)
	handle(d, govern(access.Money, true), huma.Operation{
		OperationID: "import-exchange-rates", Method: http.MethodPost, Path: "/fx/import", Tags: tags, MaxBodyBytes: maxFXFile,
		Summary: "Read exchange rates from a file of the European Central Bank: CSV, or the .zip of one",
	}, d.importFX)
}

// maxFXFile bounds an upload: the whole history since 1999 has 1.5 MB.
const maxFXFile = 32 << 20

type fxInput struct {
	At time.Time `query:"at" doc:"In force at that moment; default: now"`
}

type fxOutput struct{ Body Page[view.FXLine] }

func (d *door) listFX(ctx context.Context, in *fxInput) (*fxOutput, error) {
	at := in.At
	if at.IsZero() {
		var err error
		if at, err = d.DB.Now(ctx); err != nil {
			return nil, err
		}
	}
	rates, err := d.DB.FXRates(ctx)
	if err != nil {
		return nil, err
	}
	currencies, err := d.DB.Currencies(ctx)
	return &fxOutput{Page[view.FXLine]{Items: view.FXInForce(currencies, rates, at)}}, err
}

// CurrencyCode names a currency.
type CurrencyCode struct {
	Currency string `path:"currency" pattern:"^[A-Za-z]{3}$" doc:"ISO 4217"`
}

// FXRate is one exchange rate.
type FXRate struct {
	Currency string    `json:"currency"`
	From     time.Time `json:"from" doc:"In force from then on"`
	PerEUR   money.FX  `json:"per_eur"`
}

type fxHistoryOutput struct {
	ETag string `header:"ETag"`
	Body Page[FXRate]
}

func (d *door) fxHistory(ctx context.Context, in *CurrencyCode) (*fxHistoryOutput, error) {
	code := strings.ToUpper(in.Currency)
	if _, err := d.currencyID(ctx, code); err != nil {
		return nil, huma.NewError(http.StatusNotFound, "there is no such currency")
	}
	rates, err := d.DB.FXRates(ctx)
	list := ratesOf(code, rates)
	return &fxHistoryOutput{etagOf(list), Page[FXRate]{Items: list}}, err
}

// ratesOf are those of one currency, the newest first.
func ratesOf(code string, rates []fx.Rate) []FXRate {
	list := []FXRate{}
	for _, r := range slices.Backward(rates) {
		if r.Currency == code {
			list = append(list, FXRate{code, r.From, r.PerEUR})
		}
	}
	return list
}

type fxSetInput struct {
	CurrencyCode

	IfMatch string `header:"If-Match" doc:"ETag of list-exchange-rate-history: when a rate of the currency was set meanwhile, 412 and nothing is changed; none: whatever is there"`
	Body    struct {
		PerEUR money.FX  `json:"per_eur" pattern:"^[0-9]{1,9}([.][0-9]{1,8})?$" patternDescription:"units per euro such as 1.0834, at most 8 digits after the point" doc:"How many units of it one euro buys" example:"1.0834"`
		From   time.Time `json:"from,omitzero" doc:"In force from then on; default: now"`
		Force  bool      `json:"force,omitempty" doc:"Also a rate that moves by more than 20 percent"`
	}
}

type fxSetOutput struct{ Body view.FXChange }

func (d *door) setFX(ctx context.Context, in *fxSetInput) (*fxSetOutput, error) {
	r, err := d.rateSent(ctx, in)
	if err != nil {
		return nil, err
	}
	out := &fxSetOutput{}
	return out, d.DB.ChangeFX(ctx, func(was []fx.Rate) ([]fx.Rate, []db.Currency, error) {
		if in.IfMatch != "" {
			if err := (IfMatch{in.IfMatch}).check(ratesOf(r.Currency, was)); err != nil {
				return nil, nil, err
			}
		}
		changes := fx.Compare(was, []fx.Rate{r})
		if len(changes) == 0 {
			out.Body = view.FXChange{Currency: r.Currency, From: r.From, PerEUR: r.PerEUR, Before: &r.PerEUR}
			return nil, nil, nil
		}
		if changes[0].Far(view.FarPercent) && !in.Body.Force {
			return nil, nil, wrong("body.per_eur", "moves by more than 20 percent against the last; if it is right, send force; nothing was changed")
		}
		out.Body = view.OfFXChange(changes[0])
		return []fx.Rate{r}, nil, nil
	})
}

// rateSent is the rate that is to be set.
func (d *door) rateSent(ctx context.Context, in *fxSetInput) (fx.Rate, error) {
	r := fx.Rate{From: in.Body.From.UTC(), Currency: strings.ToUpper(in.Currency), PerEUR: in.Body.PerEUR}
	switch {
	case r.Currency == "EUR":
		return r, wrong("path.currency", "one euro is one euro; all rates are against it")
	case r.PerEUR <= 0:
		return r, wrong("body.per_eur", "want units per euro, above zero, with at most 8 digits after the point")
	}
	if _, err := d.currencyID(ctx, r.Currency); err != nil {
		return r, huma.NewError(http.StatusNotFound, "there is no such currency; an import with add=true adds those of a file")
	}
	if !in.Body.From.IsZero() {
		return r, nil
	}
	now, err := d.DB.Now(ctx)
	r.From = now.Truncate(time.Second)
	return r, err
}

// currencyID is the id of a currency that accounts may be in.
func (d *door) currencyID(ctx context.Context, code string) (int64, error) {
	list, err := d.DB.Currencies(ctx)
	if err != nil {
		return 0, err
	}
	var known []string
	for _, c := range list {
		if strings.EqualFold(c.ISO, code) {
			return c.ID, nil
		}
		known = append(known, c.ISO)
	}
	return 0, wrong("body.currency", "not known; there are "+strings.Join(known, ", "))
}
