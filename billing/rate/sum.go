package rate

import "tandem/internal/money"

// ExactOf is a sum as an exact price.
func ExactOf(a money.Amount) Exact { return exactOf(uint64(a), exactUnit) }

// Plus adds two prices of one currency.
func (e Exact) Plus(o Exact) Exact { return e.plus(o) }
