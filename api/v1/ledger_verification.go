package v1

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tandem/db"
)

type verificationOutput struct{ Body db.Verified }

func (d *door) lastVerification(ctx context.Context, _ *struct{}) (*verificationOutput, error) {
	v, err := d.DB.LastVerification(ctx)
	if errors.Is(err, db.ErrNotFound) {
		return nil, huma.NewError(http.StatusNotFound, "the books were not verified yet; POST /ledger/verification does it")
	}
	return &verificationOutput{v}, err
}

func (d *door) verifyLedger(ctx context.Context, _ *struct{}) (*verificationOutput, error) {
	v, err := d.DB.VerifyAndKeep(ctx, d.Node)
	if errors.Is(err, db.ErrBusy) {
		return nil, huma.NewError(http.StatusConflict, "the books are being verified just now; read what it has found in a while")
	}
	return &verificationOutput{v}, err
}
