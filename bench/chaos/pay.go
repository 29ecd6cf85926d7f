package chaos

import (
	"context"
	"fmt"

	"tandem/billing"
)

// payIn posts a payment, as `tandem account topup` does.
func (h *house) payIn(ctx context.Context, t topUp) error {
	_, err := h.store.Post(ctx, []billing.Posting{t.posting()})
	return err
}

// verify asks the books themselves, as `tandem ledger verify` does. What it finds
// the audit has mostly found, too, and counted.
func (h *house) verify(ctx context.Context) ([]finding, error) {
	v, err := h.store.Verify(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("verify the ledger: %w", err)
	}
	var list []finding
	for _, f := range v.Findings {
		list = append(list, finding{
			Fault: wrong, CallID: f.CallID, Subject: fmt.Sprintf("the ledger, account %d", f.AccountID),
			Text: fmt.Sprintf("does not verify: %s: %s", f.Kind, f.Detail),
		})
	}
	return list, nil
}
