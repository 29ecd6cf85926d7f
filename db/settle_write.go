package db

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"tandem/billing"
	"tandem/internal/money"
)

// writeCalls writes the ends that close a call with their attempts, and of the
// others who and whom they tell.
func (s *settlement) writeCalls(b *batch) error {
	closed := map[string]*settled{}
	for _, c := range s.closing {
		closed[c.end.Start.CallID] = c
	}
	var who, over [][]any
	plain := slices.Clone(b.attempts)
	for _, e := range b.ends {
		if c := closed[e.Start.CallID]; c != nil && c.end == e {
			continue
		}
		who = append(who, endIdentityRow(e, s.places))
	}
	var costs, corrections [][]any
	for _, c := range s.closing {
		row, err := c.row(s.places)
		if err != nil {
			return err
		}
		over = append(over, row)
		switch {
		case c.whole:
			plain = append(plain, attemptRows(c.end)...)
		case c.before.by != "":
			corrections = append(corrections, c.costRows()...)
		default:
			costs = append(costs, c.costRows()...)
		}
	}
	for _, w := range []struct {
		statement upsert
		rows      [][]any
	}{
		{identityUpsert(), who},
		{closeUpsert(), over},
		{attemptUpsert(), plain},
		{costUpsert(), costs},
		{correctionUpsert(), corrections},
	} {
		sortRows(w.rows)
		if err := w.statement.exec(s.ctx, s.tx, w.rows); err != nil {
			return err
		}
	}
	return s.forgetCosts()
}

// forgetCosts takes the cost from attempts that, as a better source says, there
// were not.
func (s *settlement) forgetCosts() error {
	for _, c := range s.closing {
		for _, n := range c.before.costRows {
			if c.whole || slices.ContainsFunc(c.end.Attempts, func(a billing.Attempt) bool { return a.N == n }) {
				continue
			}
			if _, err := s.tx.ExecContext(s.ctx, `UPDATE attempts SET cost = NULL, cost_currency_id = NULL, cost_base = NULL WHERE call_id = ? AND month = ? AND n = ?`,
				c.end.Start.CallID, callMonth(c.end.Start.CallID), n); err != nil {
				return fmt.Errorf("attempts: %w", err)
			}
		}
	}
	return nil
}

func attemptRows(e *billing.End) [][]any {
	rows := make([][]any, len(e.Attempts))
	for i := range e.Attempts {
		// The end names the call; its attempts need not repeat it.
		rows[i] = attemptRow(e.Start.CallID, &e.Attempts[i])
	}
	return rows
}

// costRows are the attempts with what they cost: 0 when that is known to be
// nothing, NULL when it is not known.
func (c *settled) costRows() [][]any {
	rows := attemptRows(c.end)
	for i := range rows {
		cost, currency, base := c.costOf(&c.end.Attempts[i])
		rows[i] = append(rows[i], cost, currency, base)
	}
	return rows
}

// costOf is what an attempt costs, in the currency of its route and in the base
// currency.
func (c *settled) costOf(a *billing.Attempt) (cost, currency, base any) {
	if c.terms == nil || a.ProviderID == 0 {
		return nil, nil, nil
	}
	r := c.terms.Route(a.Key)
	if r == nil || r.Cost == nil {
		return nil, nil, nil
	}
	sum := money.Amount(0)
	for _, v := range c.charge.Costs {
		if v.N == a.N && v.ProviderID == a.ProviderID {
			sum += v.Amount
		}
	}
	if c.terms.Base != 0 {
		if v, err := money.Convert(sum, r.Cost.To, c.terms.Base); err == nil { // else the charge has told
			base = v
		}
	}
	return sum, r.Cost.CurrencyID, base
}

// row is the row of closeUpsert.
func (c *settled) row(places placed) ([]any, error) {
	e := *c.end
	if c.charge.Sold {
		e.Start.AccountID = c.account
	}
	row := append(endIdentityRow(&e, places), endRow(&e)...)
	row = append(row, string(source(&e)))
	terms, err := c.used()
	if err != nil {
		return nil, err
	}
	held := optional(c.held.V, c.held.Valid)
	var problem any
	if c.err != nil {
		problem = clip(c.err.Error(), maxError)
	}
	based := c.terms != nil && c.terms.Base != 0
	sold := c.charge.Sold
	p := c.before
	costBase := optional(c.charge.CostBase, based)
	if c.whole {
		costBase = optional(p.costBase.V, p.costBase.Valid)
	}
	if c.saleFailed() { // what was charged so far stays charged
		return append(row, optional(p.sale.V, p.sale.Valid), optional(p.currency.Int64, p.currency.Valid), optional(p.saleBase.V, p.saleBase.Valid),
			costBase, held, terms, problem), nil
	}
	return append(row, optional(c.charge.Sale, sold), optional(c.charge.CurrencyID, sold), optional(c.charge.SaleBase, sold && based),
		costBase, held, terms, problem), nil
}

// used are the terms that are kept with the call: of a report those of the routes
// that were tried. A guess keeps all, for the report that may come.
func (c *settled) used() (any, error) {
	if c.terms == nil {
		if c.read != nil {
			return c.read.text, nil // for a person to look at
		}
		return nil, nil //nolint:nilnil // NULL: there were none
	}
	if source(c.end) != billing.ByReport {
		return c.text(*c.terms, "*")
	}
	keys := make([]string, 0, len(c.end.Attempts)+1)
	for i := range c.end.Attempts {
		keys = append(keys, c.end.Attempts[i].Key)
	}
	if c.end.Route != "" && !slices.Contains(keys, c.end.Route) {
		keys = append(keys, c.end.Route)
	}
	used := c.terms.Used(keys)
	if used.Sale == nil && len(used.Routes) == 0 {
		return nil, nil //nolint:nilnil // NULL: nothing was used
	}
	return c.text(used, strings.Join(keys, " "))
}

// text writes terms, or finds what was written before of the same part.
func (c *settled) text(terms billing.Terms, part string) (any, error) {
	if c.read != nil {
		if len(terms.Routes) == len(c.read.terms.Routes) {
			return c.read.text, nil
		}
		if text, is := c.read.used[part]; is {
			return text, nil
		}
	}
	text, err := terms.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("terms of call %s: %w", c.end.Start.CallID, err)
	}
	if c.read != nil {
		c.read.used[part] = string(text)
	}
	return string(text), nil
}

// maxError is what the column takes, in characters.
const maxError = 255

// clip cuts text for a column of so many characters.
func clip(text string, most int) string {
	text = strings.ToValidUTF8(text, "?")
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most])
}

// optional is a value, or NULL.
func optional[T any](v T, valid bool) any {
	if !valid {
		return nil
	}
	return v
}

// writePostings adds to the ledger and notes what that does to balances.
func (s *settlement) writePostings() error {
	if s.careful {
		if err := s.dropPosted(); err != nil {
			return err
		}
	}
	rows := make([][]any, len(s.postings))
	for i := range s.postings {
		p := &s.postings[i]
		rows[i] = postingRow(p)
		s.changes.post(p, s.days[p.CallID])
	}
	return insertPostings().exec(s.ctx, s.tx, rows)
}

// dropPosted leaves out what is in the ledger already although the call's row
// knows nothing of it: rows of calls may be removed, the ledger stays.
func (s *settlement) dropPosted() error {
	keys := make([]string, len(s.postings))
	for i := range s.postings {
		keys[i] = s.postings[i].Key
	}
	there := map[string]bool{}
	rows, err := readPostingKeys(s.ctx, s.tx, keys)
	if err != nil {
		return err
	}
	for _, k := range rows {
		there[k] = true
	}
	s.postings = slices.DeleteFunc(s.postings, func(p billing.Posting) bool { return there[p.Key] })
	return nil
}

// dropHolds removes the holds of calls that are over and gives back what they
// held.
func (s *settlement) dropHolds(ends map[string]*billing.End) error {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(ends)) {
		h := s.holds[id]
		if h == nil || !h.stored {
			continue
		}
		ids = append(ids, id)
		if currency := s.accounts[h.account].currency; currency != 0 {
			c := s.changes.of(h.account, currency)
			c.held -= h.amount
			c.calls--
		}
	}
	return execIn(s.ctx, s.tx, `DELETE FROM holds WHERE call_id IN (?)`, ids)
}
