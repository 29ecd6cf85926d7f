package db

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/internal/money"
)

// AccountQuery says which accounts, in which order.
type AccountQuery struct {
	Limit    int           // rows a page
	Sort     string        // name, id, calls, balance or spent_today, with - before it: the greatest first
	Q        string        // part of the name, or the id; empty: all
	Low      bool          // only those whose balance is low
	Enabled  *bool         // nil: all
	Payment  string        // empty: all
	TariffID int64         // 0: all
	After    *AccountPlace // the last of the page before; nil: from the beginning
}

// AccountPlace is where a page of accounts begins: behind the one that it names.
// Money moves between two pages: one whose balance changed meanwhile may be shown
// twice or not at all, and nothing else is.
type AccountPlace struct {
	Sort  string  `json:"s"`
	Value *string `json:"v"` // nil: it has none, and is among the last
	ID    int64   `json:"i"`
}

// AccountRow is an account with what calls that ended today have cost it.
type AccountRow struct {
	Account

	Spent money.Amount
}

// AccountPage is a page of accounts.
type AccountPage struct {
	Items []AccountRow
	Next  *AccountPlace // nil: this is the last page
	Total *int64        // nil: too many to count
}

// ListAccounts reads one page.
func (d *DB) ListAccounts(ctx context.Context, q AccountQuery) (AccountPage, error) {
	var page AccountPage
	err := inTx(ctx, d.calls, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, func(tx *sql.Tx) error {
		page = AccountPage{Items: []AccountRow{}}
		l := accountList{AccountQuery: q}
		if err := l.days(ctx, tx); err != nil {
			return err
		}
		if err := l.read(ctx, tx, &page); err != nil {
			return err
		}
		return l.count(ctx, tx, &page)
	})
	return page, wrap("list accounts", err)
}

// accountList is one page in the making.
type accountList struct {
	AccountQuery

	spent     string // expression, of spentArgs
	spentArgs []any
}

// days makes the expression of what was spent today: days begin in each account's
// own zone, and MariaDB may know no zones.
func (l *accountList) days(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `SELECT DISTINCT time_zone, UTC_TIMESTAMP(3) FROM accounts`)
	if err != nil {
		return err
	}
	var day strings.Builder
	err = eachRow(rows, func(rows *sql.Rows) error {
		var zone string
		var now time.Time
		err := rows.Scan(&zone, &now)
		day.WriteString(` WHEN ? THEN ?`)
		l.spentArgs = append(l.spentArgs, zone, now.In(zoneOrUTC(zone)).Format(time.DateOnly))
		return err
	})
	if l.spent = `0.0`; len(l.spentArgs) > 0 {
		l.spent = `IF(b.spent_on >= CASE a.time_zone` + day.String() + ` END, b.spent, IF(b.account_id IS NULL, NULL, 0.0))`
	}
	return err
}

// order is the expression that accounts are ordered by, its parameters, and how a
// place is compared with it.
func (l *accountList) order() (expr string, args []any, place string) {
	switch strings.TrimPrefix(l.Sort, "-") {
	case "id":
		return `a.id`, nil, `?`
	case "calls":
		return `COALESCE(b.calls, 0)`, nil, `?`
	case "balance":
		return `b.balance`, nil, `CAST(? AS DECIMAL(30,6))`
	case "spent_today":
		return l.spent, l.spentArgs, `CAST(? AS DECIMAL(30,6))`
	}
	return `a.name`, nil, `?`
}

func (l *accountList) where() where {
	var w where
	if q := strings.TrimSpace(l.Q); q != "" {
		id, _ := strconv.ParseInt(q, 10, 64)
		w.add(`(a.name LIKE ? OR a.id = ?)`, likeText(q), id)
	}
	if l.Low {
		w.add(`b.currency_id IS NOT NULL AND b.balance < a.low_balance`)
	}
	if l.Enabled != nil {
		w.add(`(a.enabled <> 0) = ?`, *l.Enabled)
	}
	given(&w, `a.payment = ?`, l.Payment)
	given(&w, `a.tariff_id = ?`, l.TariffID)
	return w
}

// read finds the ids of a page in their order, then the accounts: what lies beside
// them is read for a page only.
func (l *accountList) read(ctx context.Context, tx *sql.Tx, page *AccountPage) error {
	expr, exprArgs, place := l.order()
	more, direction := ">", ""
	if strings.HasPrefix(l.Sort, "-") {
		more, direction = "<", " DESC"
	}
	w := l.where()
	switch {
	case l.After == nil:
	case l.After.Value == nil: // among those without a value, which come last
		w.add(expr+` IS NULL AND a.id > ?`, append(slices.Clone(exprArgs), l.After.ID)...)
	default:
		w.add(`(`+expr+` IS NULL OR `+expr+` `+more+` `+place+` OR `+expr+` = `+place+` AND a.id > ?)`,
			slices.Concat(exprArgs, exprArgs, []any{*l.After.Value}, exprArgs, []any{*l.After.Value, l.After.ID})...)
	}
	rows, err := tx.QueryContext(ctx, `SELECT a.id, `+expr+` AS ordered, `+l.spent+` FROM accounts a LEFT JOIN balances b ON b.account_id = a.id`+ //nolint:gosec // G202: of constants and placeholders
		w.text()+` ORDER BY ordered IS NULL, ordered`+direction+`, a.id LIMIT ?`, slices.Concat(exprArgs, l.spentArgs, w.args, []any{l.Limit + 1})...)
	if err != nil {
		return err
	}
	var ids []int64
	spent := map[int64]money.Amount{}
	last := AccountPlace{Sort: l.Sort}
	if err := eachRow(rows, func(rows *sql.Rows) error {
		if len(ids) == l.Limit {
			page.Next = &last
			return nil
		}
		var sum sql.Null[money.Amount]
		err := rows.Scan(&last.ID, &last.Value, &sum)
		ids, spent[last.ID] = append(ids, last.ID), sum.V
		return err
	}); err != nil || len(ids) == 0 {
		return err
	}
	return l.fill(ctx, tx, ids, spent, page)
}

// fill reads the accounts of a page into their places.
func (l *accountList) fill(ctx context.Context, tx *sql.Tx, ids []int64, spent map[int64]money.Amount, page *AccountPage) error {
	args := make([]any, len(ids))
	place := make(map[int64]int, len(ids))
	for i, id := range ids {
		args[i], place[id] = id, i
	}
	list, err := readAccounts(ctx, tx, `WHERE a.id IN (?`+strings.Repeat(`, ?`, len(ids)-1)+`)`, args...)
	if err != nil {
		return err
	}
	page.Items = make([]AccountRow, len(list))
	for _, a := range list { // of one view: all are there
		page.Items[place[a.ID]] = AccountRow{a, spent[a.ID]}
	}
	return nil
}

func (l *accountList) count(ctx context.Context, tx *sql.Tx, page *AccountPage) error {
	w := l.where()
	var n int64
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM accounts a LEFT JOIN balances b ON b.account_id = a.id`+
		w.text()+` LIMIT ?) some`, append(w.args, maxCount+1)...).Scan(&n)
	if err == nil && n <= maxCount {
		page.Total = &n
	}
	return err
}
