package billing_test

import (
	"testing"

	"tandem/billing"
	"tandem/internal/money"
)

func TestBoundsAreLimitedByEither(t *testing.T) {
	t.Parallel()
	zero := money.Amount(0)
	for name, c := range map[string]struct {
		bounds  billing.Bounds
		limited bool
	}{
		"none":              {billing.Bounds{Day: noon}, false},
		"credit of zero":    {billing.Bounds{Credit: &zero}, true},
		"nothing for today": {billing.Bounds{Daily: &zero}, true},
	} {
		if got := c.bounds.Limited(); got != c.limited {
			t.Errorf("%s: limited %t", name, got)
		}
	}
}

// Every source beats none, none beats itself, and a better one beats a worse.
func TestSourcesBeatWorseOnes(t *testing.T) {
	t.Parallel()
	order := []billing.Source{"", billing.ByEstimate, billing.ByCDR, billing.ByReport}
	for i, a := range order {
		for j, b := range order {
			if got := a.Beats(b); got != (i > j) {
				t.Errorf("%q beats %q: %t", a, b, got)
			}
		}
	}
}
