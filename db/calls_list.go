package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tandem/billing"
	"tandem/geo"
	"tandem/internal/money"
	"tandem/routing"
)

// CallLine is a call in a list: what there was, and what it came to.
type CallLine struct {
	CallID        string              `json:"call_id"`
	Direction     billing.Direction   `json:"direction" enum:"out,in,redirect"`
	Disposition   billing.Disposition `json:"disposition" enum:"in_progress,answered,busy,no_answer,cancelled,failed,rejected"`
	Server        string              `json:"server"`
	Node          string              `json:"node,omitempty"`
	AccountID     int64               `json:"account_id,omitempty"`
	Account       string              `json:"account,omitempty"`
	SubscriberID  int64               `json:"subscriber_id,omitempty"`
	Subscriber    string              `json:"subscriber,omitempty"`
	ProviderID    int64               `json:"provider_id,omitempty" doc:"Who carried it, or brought it"`
	Provider      string              `json:"provider,omitempty"`
	Dialled       string              `json:"dialled,omitempty"`
	ANumber       string              `json:"a_number,omitempty"`
	BNumber       string              `json:"b_number,omitempty"`
	APlace        geo.Brief           `json:"a_place,omitzero" doc:"Where the A-number is from"`
	BPlace        geo.Brief           `json:"b_place,omitzero" doc:"Where the B-number is from"`
	RoutingNumber string              `json:"routing_number,omitempty"`
	CLI           string              `json:"cli,omitempty"`
	StartedAt     time.Time           `json:"started_at"`
	AnsweredAt    time.Time           `json:"answered_at,omitzero"`
	EndedAt       time.Time           `json:"ended_at,omitzero"`
	TalkMS        int64               `json:"talk_ms"`
	PDDMS         int64               `json:"pdd_ms"`
	Cause         int                 `json:"cause,omitempty" doc:"Q.850"`
	SIPStatus     int                 `json:"sip_status,omitempty"`
	HangupBy      billing.Side        `json:"hangup_by,omitempty" enum:"caller,called,us"`
	Route         string              `json:"route,omitempty"`
	Reason        string              `json:"reason,omitempty"`
	Cut           bool                `json:"cut,omitempty" doc:"Ended by its talk limit"`
	Sale          *money.Amount       `json:"sale,omitempty" doc:"Charged to the account"`
	Currency      string              `json:"currency,omitempty" doc:"Of the sale"`
	SaleBase      *money.Amount       `json:"sale_base,omitempty" doc:"In the base currency"`
	CostBase      *money.Amount       `json:"cost_base,omitempty" doc:"Owed to providers, in the base currency"`
	Margin        *money.Amount       `json:"margin,omitempty" doc:"In the base currency"`
	ClosedBy      billing.Source      `json:"closed_by,omitempty" enum:"report,cdr,estimate"`
	Problem       string              `json:"problem,omitempty" doc:"Why it could not be charged"`

	currencyID         int64
	aPlaceID, bPlaceID sql.Null[int64]
}

// Place is where a page begins that goes on behind this call.
func (c *CallLine) Place() CallPlace { return CallPlace{c.StartedAt, c.CallID} }

// ErrTooMuch says that finding a page would take longer than anybody should wait.
var ErrTooMuch = errors.New("too many rows to look through; name a shorter time, or another filter")

// listSeconds bounds one page of a list.
const listSeconds = 15

// errStatementTimeout is ER_STATEMENT_TIMEOUT, of max_statement_time.
const errStatementTimeout = 1969

// listing names what a list could not do.
func listing(operation string, err error) error {
	if hasNumber(err, errStatementTimeout) {
		return fmt.Errorf("%s: %w", operation, ErrTooMuch)
	}
	return wrap(operation, err)
}

const lineColumns = `c.call_id, c.direction, c.disposition, c.server, COALESCE(c.node, ''), COALESCE(c.account_id, 0), COALESCE(c.subscriber_id, 0),
	COALESCE(c.provider_id, 0), COALESCE(c.dialled, ''), COALESCE(c.a_number, ''), COALESCE(c.b_number, ''), COALESCE(c.routing_number, ''), COALESCE(c.cli, ''),
	c.started_at, c.answered_at, c.ended_at, c.talk_ms, COALESCE(c.pdd_ms, 0), COALESCE(c.cause, 0), COALESCE(c.sip_status, 0), COALESCE(c.hangup_by, ''),
	COALESCE(c.route, ''), COALESCE(c.reason, ''), c.cut <> 0, c.sale, COALESCE(c.sale_currency_id, 0), c.sale_base, c.cost_base, COALESCE(c.closed_by, ''),
	COALESCE(c.charge_error, ''), c.a_place_id, c.b_place_id`

// ListCalls lists calls that a filter picks, the newest first or the oldest, a
// page of them. names are filled with what they name.
func (d *DB) ListCalls(ctx context.Context, f CallFilter, after CallPlace, oldestFirst bool, limit int, names *Names) ([]CallLine, error) {
	busy, err := d.busy(ctx, f, after, oldestFirst)
	if err != nil {
		return nil, listing("list calls", err)
	}
	query, args := f.query(after, oldestFirst, limit, busy)
	rows, err := d.calls.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, listing("list calls", err)
	}
	list := make([]CallLine, 0, min(limit, maxPageRows))
	if err := eachRow(rows, func(rows *sql.Rows) error {
		var c CallLine
		err := scanLine(&c, rows.Scan)
		list = append(list, c)
		return err
	}); err != nil {
		return nil, listing("list calls", err)
	}
	return list, errors.Join(nameLines(ctx, list, names), d.placeLines(ctx, list))
}

// maxPageRows is what a page has room for from the start.
const maxPageRows = 1000

func scanLine(c *CallLine, scan func(dest ...any) error) error {
	var answered, ended sql.NullTime
	var sums [3]sql.Null[money.Amount]
	if err := scan(&c.CallID, &c.Direction, &c.Disposition, &c.Server, &c.Node, &c.AccountID, &c.SubscriberID,
		&c.ProviderID, &c.Dialled, &c.ANumber, &c.BNumber, &c.RoutingNumber, &c.CLI,
		&c.StartedAt, &answered, &ended, &c.TalkMS, &c.PDDMS, &c.Cause, &c.SIPStatus, &c.HangupBy,
		&c.Route, &c.Reason, &c.Cut, &sums[0], &c.currencyID, &sums[1], &sums[2], &c.ClosedBy, &c.Problem, &c.aPlaceID, &c.bPlaceID); err != nil {
		return err
	}
	c.AnsweredAt, c.EndedAt = answered.Time, ended.Time
	c.Sale, c.SaleBase, c.CostBase = pointer(sums[0]), pointer(sums[1]), pointer(sums[2])
	if c.SaleBase != nil {
		c.Margin = new(*c.SaleBase - sums[2].V)
	}
	if key, err := routing.ParseKey(c.Route); err == nil && c.ProviderID == 0 {
		c.ProviderID = key.ProviderID
	}
	return nil
}

func nameLines(ctx context.Context, list []CallLine, names *Names) error {
	var want NameIDs
	for i := range list {
		c := &list[i]
		want.Accounts, want.Subscribers = append(want.Accounts, c.AccountID), append(want.Subscribers, c.SubscriberID)
		want.Providers, want.Currencies = append(want.Providers, c.ProviderID), append(want.Currencies, c.currencyID)
	}
	if err := names.Load(ctx, want); err != nil {
		return err
	}
	for i := range list {
		c := &list[i]
		c.Account, c.Subscriber = names.Account(c.AccountID), names.Subscriber(c.SubscriberID)
		c.Provider, c.Currency = names.Provider(c.ProviderID), names.Currency(c.currencyID)
	}
	return nil
}
