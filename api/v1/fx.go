package v1

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/billing/fx"
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

type fxHistoryOutput struct{ Body Page[FXRate] }

func (d *door) fxHistory(ctx context.Context, in *CurrencyCode) (*fxHistoryOutput, error) {
	code := strings.ToUpper(in.Currency)
	if _, err := d.currencyID(ctx, code); err != nil {
		return nil, huma.NewError(http.StatusNotFound, "there is no such currency")
	}
	rates, err := d.DB.FXRates(ctx)
	if err != nil {
		return nil, err
	}
	list := []FXRate{}
	for _, r := range rates {
		if r.Currency == code {
			list = append([]FXRate{{code, r.From, r.PerEUR}}, list...)
		}
	}
	return &fxHistoryOutput{Page[FXRate]{Items: list}}, nil
}

type fxSetInput struct {
	CurrencyCode

	Body struct {
		PerEUR money.FX  `json:"per_eur" pattern:"^[0-9]{1,9}([.][0-9]{1,8})?$" patternDescription:"units per euro such as 1.0834, at most 8 digits after the point" doc:"How many units of it one euro buys" example:"1.0834"`
		From   time.Time `json:"from,omitzero" doc:"In force from then on; default: now"`
		Force  bool      `json:"force,omitempty" doc:"Also a rate that moves by more than 20 percent"`
	}
}

type fxSetOutput struct{ Body view.FXChange }

func (d *door) setFX(ctx context.Context, in *fxSetInput) (*fxSetOutput, error) {
	code := strings.ToUpper(in.Currency)
	switch {
	case code == "EUR":
		return nil, wrong("path.currency", "one euro is one euro; all rates are against it")
	case in.Body.PerEUR <= 0:
		return nil, wrong("body.per_eur", "want units per euro, above zero, with at most 8 digits after the point")
	}
	if _, err := d.currencyID(ctx, code); err != nil {
		return nil, huma.NewError(http.StatusNotFound, "there is no such currency; an import with add=true adds those of a file")
	}
	r := fx.Rate{From: in.Body.From.UTC(), Currency: code, PerEUR: in.Body.PerEUR}
	if in.Body.From.IsZero() {
		now, err := d.DB.Now(ctx)
		if err != nil {
			return nil, err
		}
		r.From = now.Truncate(time.Second)
	}
	was, err := d.DB.FXRates(ctx)
	if err != nil {
		return nil, err
	}
	changes := fx.Compare(was, []fx.Rate{r})
	if len(changes) == 0 {
		return &fxSetOutput{view.FXChange{Currency: r.Currency, From: r.From, PerEUR: r.PerEUR, Before: &r.PerEUR}}, nil
	}
	if changes[0].Far(view.FarPercent) && !in.Body.Force {
		return nil, wrong("body.per_eur", "moves by more than 20 percent against the last; if it is right, send force; nothing was changed")
	}
	return &fxSetOutput{view.OfFXChange(changes[0])}, d.DB.PutFX(ctx, []fx.Rate{r})
}

type fxImportInput struct {
	Add     bool   `query:"add" doc:"Also currencies that are not there yet"`
	Force   bool   `query:"force" doc:"Also rates that move by more than 20 percent"`
	DryRun  bool   `query:"dry_run" doc:"Only say what it would change"`
	File    string `query:"file" maxLength:"255" doc:"Name of the file, for messages"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type fxImportOutput struct {
	Status int
	Body   view.FXImport
}

func (d *door) importFX(ctx context.Context, in *fxImportInput) (*fxImportOutput, error) {
	now, err := d.DB.Now(ctx)
	if err != nil {
		return nil, err
	}
	out := &fxImportOutput{http.StatusOK, view.NewFXImport(in.File)}
	file, err := fx.Read(bytes.NewReader(in.RawBody), fx.Options{Name: in.File, Last: now.Truncate(24 * time.Hour)})
	if faults, ok := errors.AsType[*fx.FileError](err); ok {
		out.Body.Errors = faults
		return out, nil
	}
	if err != nil {
		return nil, wrong("body", err.Error())
	}
	_, err = out.Body.Take(ctx, d.DB, file, view.FXOptions{Add: in.Add, Force: in.Force, DryRun: in.DryRun})
	if unknown, ok := errors.AsType[*view.FXCurrencyError](err); ok {
		return nil, wrong("body", unknown.Error())
	}
	return out, err
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
