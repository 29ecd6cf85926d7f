package fx

import (
	"cmp"
	"time"

	"tandem/internal/money"
)

// Rate is what one euro buys from a day on.
type Rate struct {
	From     time.Time // midnight UTC of its day
	Currency string    // ISO 4217
	PerEUR   money.FX
}

// order is by currency, then by time.
func order(a, b Rate) int {
	return cmp.Or(cmp.Compare(a.Currency, b.Currency), a.From.Compare(b.From))
}

// File is what was read.
type File struct {
	Name       string    // of the file; of that inside an archive
	Currencies []string  // its columns, in their order
	Days       int       // lines of rates
	First      time.Time // the earliest day
	Last       time.Time // the latest
	Missing    int       // cells without a rate: N/A
	Rates      []Rate    // by currency, then by time
}
