package v1

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/billing/fx"
	"tandem/view"
)

type fxImportInput struct {
	Add     bool   `query:"add" doc:"Also currencies that are not there yet"`
	Force   bool   `query:"force" doc:"Also rates that move by more than 20 percent"`
	DryRun  bool   `query:"dry_run" doc:"Only say what it would change; faults of the file are in the answer then"`
	File    string `query:"file" maxLength:"255" doc:"Name of the file, for messages"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type fxImportOutput struct{ Body view.FXImport }

// importFX takes a file wholly or not at all: what is not taken is a 422 that says
// why, unless only a look was asked for.
func (d *door) importFX(ctx context.Context, in *fxImportInput) (*fxImportOutput, error) {
	now, err := d.DB.Now(ctx)
	if err != nil {
		return nil, err
	}
	out := &fxImportOutput{view.NewFXImport(in.File)}
	file, err := fx.Read(bytes.NewReader(in.RawBody), fx.Options{Name: in.File, Last: now.Truncate(24 * time.Hour)})
	if faults, ok := errors.AsType[*fx.FileError](err); ok {
		if out.Body.Errors = faults; in.DryRun {
			return out, nil
		}
		return nil, fxFaults(faults)
	}
	if err != nil {
		return nil, wrong("body", err.Error())
	}
	far, err := out.Body.Take(ctx, d.DB, file, view.FXOptions{Add: in.Add, Force: in.Force, DryRun: in.DryRun})
	if unknown, ok := errors.AsType[*view.FXCurrencyError](err); ok {
		return nil, wrong("body", unknown.Error())
	}
	if err == nil && far && !in.DryRun {
		return nil, fxFar(out.Body.Far)
	}
	return out, err
}

// fxFaults names every wrong cell.
func fxFaults(faults *fx.FileError) error {
	details := make([]error, 0, len(faults.Faults))
	for i := range faults.Faults {
		f := &faults.Faults[i]
		details = append(details, &huma.ErrorDetail{Location: fmt.Sprintf("body.line %d", f.Line), Message: f.Error()})
	}
	return huma.NewError(http.StatusUnprocessableEntity, fmt.Sprintf("the file has errors: %d; nothing was changed", faults.Total), details...)
}

// fxFar names the rates that move further than is taken unasked.
func fxFar(far []view.FXChange) error {
	details := make([]error, 0, len(far))
	for _, c := range far[:min(len(far), maxFar)] {
		moves := "a move without measure"
		if c.Percent != nil {
			moves = "a move of " + c.Percent.String() + " percent"
		}
		text := fmt.Sprintf("%s from %s: %s", c.PerEUR, c.From.Format(time.DateOnly), moves)
		if c.Last != nil {
			text += fmt.Sprintf(" against %s of %s", *c.Last, c.LastFrom.Format(time.DateOnly))
		}
		details = append(details, &huma.ErrorDetail{Location: "body." + c.Currency, Message: text})
	}
	return huma.NewError(http.StatusUnprocessableEntity,
		fmt.Sprintf("rates that move by more than %d percent: %d; if they are right, send force; nothing was changed", view.FarPercent, len(far)), details...)
}

// maxFar is how many of them are named.
const maxFar = 50
