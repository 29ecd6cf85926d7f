package billing

import (
	"time"

	"tandem/internal/money"
)

// Balance is the money of an account, in its currency.
type Balance struct {
	AccountID  int64
	CurrencyID int64
	Balance    money.Amount // the sum of its entries in the ledger
	Held       money.Amount // of it, set aside for calls in progress
	Calls      int64        // in progress, with money set aside
	SpentOn    time.Time    // the last day on which something was spent, as midnight UTC; zero: none
	Spent      money.Amount // on that day, by calls that ended
}
