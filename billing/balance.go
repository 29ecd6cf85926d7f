package billing

import "tandem/internal/money"

// Balance is the money of an account, in its currency.
type Balance struct {
	AccountID  int64
	CurrencyID int64
	Balance    money.Amount // the sum of its entries in the ledger
	Held       money.Amount // of it, set aside for calls in progress
	Calls      int64        // in progress, with money set aside
}
