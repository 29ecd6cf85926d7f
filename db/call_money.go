package db

import (
	"context"
	"database/sql"

	"tandem/internal/money"
)

// CallMoney is what a call came to. A sum that is nil is not known, or there is
// none.
type CallMoney struct {
	Sale     *money.Amount `json:"sale,omitempty"` // charged to the account
	Currency string        `json:"currency,omitempty"`
	Held     *money.Amount `json:"held,omitempty"`      // set aside for it
	SaleBase *money.Amount `json:"sale_base,omitempty"` // in the base currency
	CostBase *money.Amount `json:"cost_base,omitempty"` // owed to providers, in the base currency
	Margin   *money.Amount `json:"margin,omitempty"`    // the difference
	ClosedBy string        `json:"closed_by,omitempty"` // report, cdr, estimate
	Problem  string        `json:"problem,omitempty"`   // why it could not be charged
	Costs    []AttemptCost `json:"costs,omitempty"`
}

// AttemptCost is what a provider is owed for one attempt.
type AttemptCost struct {
	N        int          `json:"n"`
	Cost     money.Amount `json:"cost"`
	Currency string       `json:"currency"`
}

// CallMoney reads what a call came to; the zero value for a call that is not
// known or not over.
func (d *DB) CallMoney(ctx context.Context, callID string) (CallMoney, error) {
	rows, err := d.calls.QueryContext(ctx, `SELECT c.sale, COALESCE(s.iso, ''), c.held, c.sale_base, c.cost_base, COALESCE(c.closed_by, ''),
			COALESCE(c.charge_error, ''), COALESCE(a.n, 0), a.cost, COALESCE(p.iso, '')
		FROM calls c
		LEFT JOIN currency s ON s.id = c.sale_currency_id
		LEFT JOIN attempts a ON a.call_id = c.call_id AND a.month = c.month AND a.cost IS NOT NULL
		LEFT JOIN currency p ON p.id = a.cost_currency_id
		WHERE c.call_id = ? AND c.month = ? ORDER BY a.n`, callID, callMonth(callID))
	if err != nil {
		return CallMoney{}, wrap("read money of call", err)
	}
	var m CallMoney
	err = eachRow(rows, func(rows *sql.Rows) error {
		var sums [5]sql.Null[money.Amount]
		var cost AttemptCost
		if err := rows.Scan(&sums[0], &m.Currency, &sums[1], &sums[2], &sums[3], &m.ClosedBy, &m.Problem, &cost.N, &sums[4], &cost.Currency); err != nil {
			return err
		}
		m.Sale, m.Held, m.SaleBase, m.CostBase = optionalAmount(sums[0]), optionalAmount(sums[1]), optionalAmount(sums[2]), optionalAmount(sums[3])
		if sums[4].Valid {
			cost.Cost = sums[4].V
			m.Costs = append(m.Costs, cost)
		}
		return nil
	})
	if m.SaleBase != nil {
		margin := *m.SaleBase
		if m.CostBase != nil {
			margin -= *m.CostBase
		}
		m.Margin = &margin
	}
	return m, wrap("read money of call", err)
}

func optionalAmount(v sql.Null[money.Amount]) *money.Amount {
	if !v.Valid {
		return nil
	}
	return &v.V
}
