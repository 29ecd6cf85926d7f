package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"

	"tandem/billing"
	"tandem/internal/money"
)

// The one round trip of a hold and of an extension: all checks are in the
// procedures, see sql/procedures.
const (
	callHold   = `CALL p_hold(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	callExtend = `CALL p_extend(?, ?, ?, ?, ?, ?, ?)`
)

// Hold sets money aside for a call: durable when it is granted, never more than
// the bounds leave room for, however many calls ask at once. A call that has a
// hold is granted again with what that holds. A call that is over is refused
// with billing.LimitGone.
//
// It is repeated after a deadlock, and once after the connection was lost; when
// it fails all the same the error is ErrUnavailable, and whether the money is set
// aside is not known until the end of the call gives it back.
func (d *DB) Hold(ctx context.Context, h billing.Hold, b billing.Bounds) (billing.Grant, error) {
	row, err := newHoldRow(&h)
	if err != nil {
		return billing.Grant{}, fmt.Errorf("hold: %w", err)
	}
	g, err := d.grant(ctx, callHold, append(row.args(), limit(b.Credit), limit(b.Daily), day(b))...)
	return g, wrap("hold", err)
}

// Extend makes a hold pay for more talk: granted from the paid talk that the
// caller knows, or when so much is paid already. Room is what could have been
// added to the hold. Repeated as Hold is.
func (d *DB) Extend(ctx context.Context, e billing.Extension) (billing.Grant, error) {
	g, err := d.grant(ctx, callExtend, e.CallID, seconds(e.From), seconds(e.To), e.Amount, limit(e.Bounds.Credit), limit(e.Bounds.Daily), day(e.Bounds))
	return g, wrap("extend", err)
}

// grant asks until there is an answer. Asking again is safe: what was done stays
// done.
func (d *DB) grant(ctx context.Context, call string, args ...any) (billing.Grant, error) {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval = 2 * time.Millisecond
	pause.MaxInterval = 100 * time.Millisecond
	lost := false
	return backoff.Retry(ctx, func() (billing.Grant, error) {
		g, err := d.ask(ctx, call, args)
		switch {
		case err == nil, retryable(err), errors.Is(err, errHoldVanished):
			return g, err
		case !lost && ctx.Err() == nil && cutOff(err):
			lost = true
			return g, err
		}
		return g, backoff.Permanent(err)
	}, backoff.WithBackOff(pause), backoff.WithMaxElapsedTime(queryTimeout))
}

// errHoldVanished: the hold that was there a moment ago is settled now.
var errHoldVanished = errors.New("the hold was settled meanwhile")

func (d *DB) ask(ctx context.Context, call string, args []any) (billing.Grant, error) {
	var outcome string
	var paid int64
	var g billing.Grant
	err := d.calls.QueryRowContext(ctx, call, args...).Scan(&outcome, &g.Amount, &paid, &g.Room)
	if errors.Is(err, sql.ErrNoRows) {
		return billing.Grant{}, errHoldVanished
	}
	if err != nil {
		return billing.Grant{}, err
	}
	g.Paid = time.Duration(paid) * time.Second
	if g.Granted = outcome == "granted"; !g.Granted {
		g.Limit = billing.Limit(outcome)
	}
	return g, nil
}

// holdRow is a hold as the table has it.
type holdRow struct {
	billing.Hold

	account  int64 // who pays; 0: nobody
	currency int64
	terms    string
}

// newHoldRow finds out who pays, and in which currency.
func newHoldRow(h *billing.Hold) (holdRow, error) {
	switch {
	case h.CallID == "":
		return holdRow{}, errors.New("no call id")
	case h.Amount < 0 || h.Paid < 0:
		return holdRow{}, fmt.Errorf("call %s: amount %s for %s of talk: want 0 or more", h.CallID, h.Amount, h.Paid)
	}
	terms, err := h.Terms.MarshalJSON()
	if err != nil {
		return holdRow{}, fmt.Errorf("call %s: terms: %w", h.CallID, err)
	}
	row := holdRow{Hold: *h, terms: string(terms)}
	if h.AccountID != 0 && h.Terms.Sold() {
		row.account = h.AccountID
		row.currency, err = saleCurrency(&h.Terms)
	}
	if err == nil && row.account == 0 && h.Amount != 0 {
		err = fmt.Errorf("amount %s, but nobody pays", h.Amount)
	}
	if err != nil {
		return holdRow{}, fmt.Errorf("call %s: %w", h.CallID, err)
	}
	return row, nil
}

// args are the values of callHold up to the bounds.
func (r *holdRow) args() []any {
	return []any{
		r.CallID, known(r.account), r.Amount, known(r.currency), seconds(r.Paid), r.Limited, r.terms, r.Server, r.Node, moment(r.BeganAt),
	}
}

// saleCurrency is the one that all prices of a sale are charged in.
func saleCurrency(t *billing.Terms) (currency int64, err error) {
	prices := []*billing.Price{t.Sale}
	for i := range t.Routes {
		prices = append(prices, t.Routes[i].Sale)
	}
	for _, p := range prices {
		switch {
		case p == nil:
		case p.CurrencyID == 0 || currency != 0 && p.CurrencyID != currency:
			return 0, fmt.Errorf("%w: sold in currencies %d and %d", billing.ErrTerms, currency, p.CurrencyID)
		default:
			currency = p.CurrencyID
		}
	}
	return currency, nil
}

// limit is a bound as a parameter; NULL: none.
func limit(v *money.Amount) any {
	if v == nil {
		return nil
	}
	return *v
}

func day(b billing.Bounds) any {
	if b.Day.IsZero() {
		return nil
	}
	return b.Day.UTC().Format(time.DateOnly)
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
