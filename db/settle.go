package db

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tandem/billing"
	"tandem/internal/money"
)

// settlement closes the calls of one batch, in the batch's transaction:
//
//	lock holds --> lock calls --> charge (billing.ChargeOf, billing.Settle)
//	   --> calls, attempts --> ledger --> delete holds --> quality_dirty --> one update an account
//
// A call is closed by the best source that has told its end: who has closed it is
// kept with it, so a report that comes twice, late, or after another node wrote
// it finds itself no better and posts nothing; one that is better posts the
// difference. A call that could not be charged is charged when the same source
// tells its end again: by then somebody may have mended what was wrong. Rows are locked in the order holds, calls, balances, each by key;
// the balances, which all calls of an account want, come last.
type settlement struct {
	ctx     context.Context // of the transaction
	tx      *sql.Tx
	now     time.Time // by MariaDB's clock: a node's may be wrong by days
	careful bool      // look for postings that are there already

	places   placed
	holds    map[string]*lockedHold
	priors   map[string]*prior
	accounts map[int64]payer

	closing  []*settled
	postings []billing.Posting
	days     map[string]spentDay // of calls that are sold
	terms    map[string]*readTerms
	changes  changes
}

// lockedHold is a hold as the table has it, or as it would be written.
type lockedHold struct {
	account int64 // who pays; 0: nobody
	amount  money.Amount
	terms   string
	stored  bool
}

// prior is what is known of a call before this batch.
type prior struct {
	account   int64
	by        billing.Source // who closed it; empty: nobody
	sale      sql.Null[money.Amount]
	currency  sql.NullInt64
	saleBase  sql.Null[money.Amount]
	costBase  sql.Null[money.Amount]
	held      sql.Null[money.Amount]
	terms     sql.NullString
	costs     []billing.Cost
	costRows  []int // attempts that have a cost
	chargeErr sql.NullString
	begun     bool // its start was told
}

// payer is what of an account a charge needs.
type payer struct {
	zone     *time.Location
	currency int64     // of its balance; 0: it has none
	sold     time.Time // its calls are sold that began since then; zero: none is
}

// settled is a call that an end closes.
type settled struct {
	end     *billing.End
	before  *prior
	account int64
	terms   *billing.Terms
	read    *readTerms // where terms are from; nil: the end
	held    sql.Null[money.Amount]
	charge  billing.Charge
	err     error // it cannot be charged, or not all of it
	whole   bool  // nothing of it: all stays as it was before
}

// write writes the batch and tells which calls it has closed.
func (b *batch) write(ctx context.Context, tx *sql.Tx, careful bool) ([]settled, error) {
	s := &settlement{
		ctx: ctx, tx: tx, careful: careful, places: b.places,
		holds: map[string]*lockedHold{}, priors: map[string]*prior{}, days: map[string]spentDay{}, terms: map[string]*readTerms{}, changes: changes{},
	}
	ends := bestEnds(b.ends)
	if err := s.readClock(ends); err != nil {
		return nil, err
	}
	if err := s.lockHolds(b, ends); err != nil {
		return nil, err
	}
	if err := s.begin(b.holds, ends); err != nil {
		return nil, err
	}
	dirty, err := b.dirty(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := startUpsert().exec(ctx, tx, b.starts); err != nil {
		return nil, err
	}
	if err := s.lockCalls(ends); err != nil {
		return nil, err
	}
	if err := s.price(ends); err != nil {
		return nil, err
	}
	if err := s.writeCalls(b); err != nil {
		return nil, err
	}
	if err := s.writePostings(); err != nil {
		return nil, err
	}
	if err := s.dropHolds(ends); err != nil {
		return nil, err
	}
	if err := markDirty(ctx, tx, dirty); err != nil {
		return nil, err
	}
	if err := writeBalances(ctx, tx, s.changes); err != nil {
		return nil, err
	}
	told := make([]settled, len(s.closing))
	for i, c := range s.closing {
		told[i] = *c
	}
	return told, nil
}

// readClock reads the time that postings are made at, when there may be any.
func (s *settlement) readClock(ends map[string]*billing.End) error {
	if len(ends) == 0 {
		return nil
	}
	return s.tx.QueryRowContext(s.ctx, `SELECT UTC_TIMESTAMP(3)`).Scan(&s.now)
}

// bestEnds picks of each call the end of the best source, the first of equals.
func bestEnds(all []*billing.End) map[string]*billing.End {
	best := map[string]*billing.End{}
	for _, e := range all {
		if there := best[e.Start.CallID]; there == nil || source(e).Beats(source(there)) {
			best[e.Start.CallID] = e
		}
	}
	return best
}

// source is who tells an end. Records of a program that knew no other source
// name none.
func source(e *billing.End) billing.Source { return cmp.Or(e.Source, billing.ByReport) }

// lockHolds reads the holds of calls that end, or begin with one.
func (s *settlement) lockHolds(b *batch, ends map[string]*billing.End) error {
	ids := slices.Collect(maps.Keys(ends))
	for _, h := range b.holds {
		ids = append(ids, h.CallID)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return s.each(`SELECT call_id, COALESCE(account_id, 0), amount, terms FROM holds WHERE call_id IN (?) ORDER BY call_id FOR UPDATE`, ids,
		func(rows *sql.Rows) error {
			var id string
			h := lockedHold{stored: true}
			err := rows.Scan(&id, &h.account, &h.amount, &h.terms)
			s.holds[id] = &h
			return err
		})
}

// begin writes the holds that calls begin with, unless they have one or are over.
// Of a call that ends in the same batch the hold is only thought of.
func (s *settlement) begin(rows []holdRow, ends map[string]*billing.End) error {
	var fresh []*holdRow
	var ids []string
	for i := range rows {
		if r := &rows[i]; s.holds[r.CallID] == nil {
			fresh = append(fresh, r)
			ids = append(ids, r.CallID)
			s.holds[r.CallID] = &lockedHold{account: r.account, amount: r.Amount, terms: r.terms}
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := s.eachCall(`SELECT call_id FROM calls WHERE call_id IN (?) AND ended_at IS NOT NULL`, ids, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		delete(s.holds, id)
		return err
	}); err != nil {
		return err
	}
	fresh = slices.DeleteFunc(fresh, func(r *holdRow) bool { return s.holds[r.CallID] == nil || ends[r.CallID] != nil })
	return s.insertHolds(fresh)
}

func (s *settlement) insertHolds(fresh []*holdRow) error {
	var accounts []int64
	for _, r := range fresh {
		if r.account != 0 {
			accounts = append(accounts, r.account)
		}
	}
	if err := s.readAccounts(accounts); err != nil {
		return err
	}
	rows := make([][]any, 0, len(fresh))
	for _, r := range fresh {
		if r.account != 0 && s.accounts[r.account].currency != r.currency {
			r.account = 0 // nothing to set aside from; its end says so
		}
		rows = append(rows, r.args())
		if r.account != 0 {
			c := s.changes.of(r.account, r.currency)
			c.held += r.Amount
			c.calls++
		}
	}
	return insertInto("holds", "call_id", "account_id", "amount", "currency_id", "paid_s", "limited", "terms", "server", "node", "began_at").
		exec(s.ctx, s.tx, rows)
}

// lockCalls reads what is known of the calls that end. A call without a row gets
// one first, so that two nodes that close it meet there.
func (s *settlement) lockCalls(ends map[string]*billing.End) error {
	if err := s.readCalls(slices.Sorted(maps.Keys(ends))); err != nil {
		return err
	}
	var missing []string
	for id := range ends {
		if s.priors[id] == nil {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	rows := make([][]any, len(missing))
	for i, id := range missing {
		rows[i] = endIdentityRow(ends[id], s.places)
	}
	if err := identityUpsert().exec(s.ctx, s.tx, rows); err != nil {
		return err
	}
	return s.readCalls(missing)
}

func (s *settlement) readCalls(ids []string) error {
	var closed []string
	if err := s.eachCall(`SELECT call_id, COALESCE(account_id, 0), IF(ended_at IS NULL, '', COALESCE(closed_by, 'report')),
			sale, sale_currency_id, sale_base, cost_base, held, terms, charge_error, reasons IS NOT NULL
		FROM calls WHERE call_id IN (?) ORDER BY call_id FOR UPDATE`, ids, func(rows *sql.Rows) error {
		var id string
		var p prior
		err := rows.Scan(&id, &p.account, &p.by, &p.sale, &p.currency, &p.saleBase, &p.costBase, &p.held, &p.terms, &p.chargeErr, &p.begun)
		s.priors[id] = &p
		if p.by != "" {
			closed = append(closed, id)
		}
		return err
	}); err != nil {
		return err
	}
	return s.eachCall(`SELECT call_id, n, COALESCE(provider_id, 0), cost, COALESCE(cost_currency_id, 0) FROM attempts
		WHERE call_id IN (?) AND cost IS NOT NULL ORDER BY call_id, n`, closed, func(rows *sql.Rows) error {
		var id string
		var c billing.Cost
		err := rows.Scan(&id, &c.N, &c.ProviderID, &c.Amount, &c.CurrencyID)
		p := s.priors[id]
		p.costRows = append(p.costRows, c.N)
		if c.Amount != 0 {
			p.costs = append(p.costs, c)
		}
		return err
	})
}

// price works out the charges of the calls that are closed here.
func (s *settlement) price(ends map[string]*billing.End) error {
	var accounts []int64
	for _, id := range slices.Sorted(maps.Keys(ends)) {
		if h := s.holds[id]; h != nil && h.stored && h.account != 0 {
			accounts = append(accounts, h.account)
		}
		e, before := ends[id], s.priors[id]
		if !source(e).Beats(before.by) && !before.again(source(e)) {
			continue
		}
		c := &settled{end: e, before: before}
		s.charge(c, s.holds[id])
		s.closing = append(s.closing, c)
		if c.charge.Sold || c.uncertain() {
			accounts = append(accounts, c.account)
		}
	}
	if err := s.readAccounts(accounts); err != nil {
		return err
	}
	for _, c := range s.closing {
		payer := s.accounts[c.account]
		if c.charge.Sold && payer.currency != c.charge.CurrencyID {
			c.unsold(fmt.Errorf("account %d is to pay in currency %d: its balance is in %d (0: it has none)", c.account, c.charge.CurrencyID, payer.currency))
		}
		if c.uncertain() && payer.sells(c.end.Start.StartedAt) {
			c.unsold(fmt.Errorf("answered, and account %d has a tariff, but its start is lost, and with it what it is charged by", c.account))
		}
		if err := s.book(c); err != nil {
			return err
		}
	}
	return nil
}

// sells says whether a call of that time would have been sold: the account has a
// tariff, and had a balance by then.
func (p payer) sells(at time.Time) bool { return !p.sold.IsZero() && !at.Before(p.sold) }

// again says whether a source that has closed the call before is heard once more.
func (p *prior) again(by billing.Source) bool { return p.chargeErr.Valid && by == p.by }

// uncertain says that the call may have been sold, and nobody knows at what price.
// What has no route was, as its report says, carried by none.
func (c *settled) uncertain() bool {
	return c.err == nil && c.terms == nil && c.account != 0 && !c.before.begun &&
		c.end.Disposition == billing.Answered && c.end.Start.Direction == billing.Outgoing && (source(c.end) != billing.ByReport || c.end.Route != "")
}

// charge goes by the terms of an earlier closing, else those of the hold, else
// those that the end brings, and never above what was held.
func (s *settlement) charge(c *settled, hold *lockedHold) {
	c.account = cmp.Or(c.before.account, c.end.Start.AccountID)
	c.held = c.before.held
	text := ""
	if c.before.by != "" {
		text = c.before.terms.String
	}
	if hold != nil {
		text = cmp.Or(text, hold.terms)
		if !c.held.Valid {
			c.held = sql.Null[money.Amount]{V: hold.amount, Valid: true}
		}
		if hold.account != 0 && c.before.by == "" {
			c.account = hold.account
		}
	}
	c.terms = c.end.Terms
	if text != "" {
		c.read = s.readTerms(text)
		if c.terms = c.read.terms; c.terms == nil {
			c.fail(c.read.err)
			return
		}
	}
	if c.terms == nil {
		return // nobody is charged
	}
	var most *money.Amount
	if c.held.Valid {
		most = &c.held.V
	}
	// What can be priced is charged, beside an error, too.
	if c.charge, c.err = billing.ChargeOf(c.end, c.terms, most); c.account == 0 {
		c.charge.Sold, c.charge.Sale, c.charge.SaleBase = false, 0, 0
	}
}

// readTerms are terms as they were written. Calls to one destination share them,
// so a batch has few.
type readTerms struct {
	text  string
	terms *billing.Terms // nil: they cannot be read
	err   error
	used  map[string]string // texts of a part of them, by the keys of routes
}

func (s *settlement) readTerms(text string) *readTerms {
	r := s.terms[text]
	if r == nil {
		r = &readTerms{text: text, terms: &billing.Terms{}, used: map[string]string{}}
		if err := r.terms.UnmarshalJSON([]byte(text)); err != nil {
			r.terms, r.err = nil, fmt.Errorf("terms: %w", err)
		}
		s.terms[text] = r
	}
	return r
}

// fail leaves the charge as it was before: the call is over all the same.
func (c *settled) fail(err error) {
	c.err, c.whole = err, true
	c.charge = billing.Charge{}
}

// unsold leaves the sale as it was before. Providers are owed their costs whether
// or not the account can be charged.
func (c *settled) unsold(err error) {
	c.err = err
	c.charge.Sold, c.charge.Sale, c.charge.SaleBase = false, 0, 0
}

// saleFailed says that the account cannot be charged.
func (c *settled) saleFailed() bool { return c.err != nil && !c.charge.Sold }

// book makes the postings of a call.
func (s *settlement) book(c *settled) error {
	if c.whole {
		return nil
	}
	e := *c.end
	e.Source = source(c.end)
	before := billing.Billed{By: c.before.by, Sale: c.before.sale.V, CurrencyID: c.before.currency.Int64, Costs: c.before.costs}
	again := c.before.again(e.Source)
	if again {
		before.By = "" // a source does not beat itself
	}
	if c.saleFailed() {
		before.Sale = 0 // what was charged so far stays charged
	}
	list := billing.Settle(&e, c.account, before, c.charge, s.now)
	if again {
		if err := s.renameKeys(list); err != nil {
			return err
		}
	}
	s.postings = append(s.postings, list...)
	if c.charge.Sold {
		s.days[c.end.Start.CallID] = s.day(c)
	}
	return nil
}

// renameKeys numbers the keys of postings that a source makes once more, where
// what it posted before has them. The row of the call, which is locked, says what
// that was.
func (s *settlement) renameKeys(list []billing.Posting) error {
	for i := range list {
		p := &list[i]
		key := p.Key
		for n := 2; ; n++ {
			there, err := readPostingKeys(s.ctx, s.tx, []string{p.Key})
			if err != nil {
				return err
			}
			if len(there) == 0 {
				break
			}
			p.Key = fmt.Sprintf("%s:%d", key, n)
		}
	}
	return nil
}

// spentDay is the day of the account's zone on which a call is spent.
type spentDay struct {
	date  string
	today bool
}

// day is when the call ended, but never in the future, whatever a clock said.
func (s *settlement) day(c *settled) spentDay {
	at := c.end.EndedAt
	if at.After(s.now) {
		at = s.now
	}
	zone := s.accounts[c.account].zone
	date := at.In(zone).Format(time.DateOnly)
	return spentDay{date, date == s.now.In(zone).Format(time.DateOnly)}
}

// each runs a query whose one (?) is a list of keys, in pieces.
func (s *settlement) each(query string, keys []string, one func(rows *sql.Rows) error) error {
	return eachIn(s.ctx, s.tx, query, keys, one)
}

// eachCall is each for a query of calls or attempts by call id.
func (s *settlement) eachCall(query string, callIDs []string, one func(rows *sql.Rows) error) error {
	return eachOfCalls(s.ctx, s.tx, query, callIDs, one)
}

// querier is a pool, a connection or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// maxKeys is how many keys one query asks for.
const maxKeys = 1000

// eachIn runs a query whose one (?) is a list of keys, in pieces, and calls one
// for every row. Without keys it asks nothing.
func eachIn[K any](ctx context.Context, q querier, query string, keys []K, one func(rows *sql.Rows) error) error {
	for some := range slices.Chunk(keys, maxKeys) {
		args := make([]any, len(some))
		for i, k := range some {
			args[i] = k
		}
		rows, err := q.QueryContext(ctx, strings.Replace(query, "(?)", "(?"+strings.Repeat(", ?", len(some)-1)+")", 1), args...)
		if err != nil {
			return err
		}
		if err := eachRow(rows, one); err != nil {
			return err
		}
	}
	return nil
}
