package bench

import (
	"context"
	"fmt"

	"tandem/internal/e164"
	"tandem/routing"
)

// SQLCheck says on how many numbers both sides gave the same routes at the same
// costs in the same order. A bench whose sides differ fails.
type SQLCheck struct {
	Numbers int `json:"numbers"`
	Routed  int `json:"routed"` // with one route at least
}

const checkNumbers = 2000

func (b *decideBench) check(ctx context.Context) (SQLCheck, error) {
	c := SQLCheck{Numbers: min(checkNumbers, len(b.numbers))}
	for _, number := range b.numbers[:c.Numbers] {
		b.engine.decide(number)
		theirs, err := b.sql.decide(ctx, number)
		if err != nil {
			return c, err
		}
		if err := sameRoutes(number, b.engine.plan.Routes, theirs); err != nil {
			return c, err
		}
		if len(theirs) > 0 {
			c.Routed++
		}
	}
	return c, nil
}

// sameRoutes compares costs place by place, and who is behind them: among equal
// costs the order is open, and at the end so is who is still in the list.
func sameRoutes(number e164.Number, ours []routing.Route, theirs []sqlRoute) error {
	if len(ours) != len(theirs) {
		return fmt.Errorf("number %s: %d routes, by SQL %d", number, len(ours), len(theirs))
	}
	costs := map[int64]int64{} // by provider
	for _, r := range theirs {
		costs[r.provider] = r.cost
	}
	for i := range ours {
		r, cost := &ours[i], int64(ours[i].Cost)
		if cost != theirs[i].cost {
			return fmt.Errorf("number %s, place %d: provider %d costs %d, by SQL provider %d costs %d",
				number, i+1, r.Key.ProviderID, cost, theirs[i].provider, theirs[i].cost)
		}
		last := len(ours) == routing.MaxRoutes && cost == theirs[len(theirs)-1].cost
		if own, found := costs[r.Key.ProviderID]; own != cost && (found || !last) {
			return fmt.Errorf("number %s, place %d: provider %d costs %d, by SQL %d", number, i+1, r.Key.ProviderID, cost, own)
		}
	}
	return nil
}
