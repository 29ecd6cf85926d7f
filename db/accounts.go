package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"tandem/internal/money"
)

const accountColumns = `a.id, a.name, a.enabled <> 0, a.country, a.international_prefix, a.trunk_prefix, COALESCE(a.default_cli, ''), a.min_tier,
	a.channels, a.cps, COALESCE(a.tariff_id, 0), COALESCE(t.name, ''), a.no_loss <> 0, a.max_per_minute, a.max_connection_fee,
	a.payment, a.credit_limit, a.low_balance, a.daily_limit, a.call_limit, a.language, a.time_zone, a.allow_only <> 0,
	COALESCE(b.currency_id, 0), COALESCE(c.iso, ''), COALESCE(b.balance, 0.0), COALESCE(b.held, 0.0), COALESCE(b.calls, 0)`

const accountTables = `accounts a LEFT JOIN tariffs t ON t.id = a.tariff_id LEFT JOIN balances b ON b.account_id = a.id LEFT JOIN currency c ON c.id = b.currency_id`

func scanAccount(a *Account, scan func(dest ...any) error) error {
	var perMinute sql.Null[money.Rate]
	var fee, credit, low, daily, call sql.Null[money.Amount]
	err := scan(&a.ID, &a.Name, &a.Enabled, &a.Country, &a.InternationalPrefix, &a.TrunkPrefix, &a.DefaultCLI, &a.MinTier,
		&a.Channels, &a.CPS, &a.TariffID, &a.Tariff, &a.NoLoss, &perMinute, &fee,
		&a.Payment, &credit, &low, &daily, &call, &a.Language, &a.TimeZone, &a.AllowOnly,
		&a.CurrencyID, &a.Currency, &a.Balance, &a.Held, &a.Calls)
	a.MaxPerMinute, a.MaxConnectionFee = pointer(perMinute), pointer(fee)
	a.Credit, a.LowBalance, a.DailyLimit, a.CallLimit = pointer(credit), pointer(low), pointer(daily), pointer(call)
	return err
}

// Accounts lists all accounts, by name.
func (d *DB) Accounts(ctx context.Context) ([]Account, error) {
	var list []Account
	err := inTx(ctx, d.calls, &sql.TxOptions{ReadOnly: true}, func(tx *sql.Tx) (err error) {
		list, err = readAccounts(ctx, tx, `ORDER BY a.name`)
		return err
	})
	return list, wrap("list accounts", err)
}

// Account finds an account by its name or, in digits, by its id. The error of one
// that is not there lists those that are.
func (d *DB) Account(ctx context.Context, nameOrID string) (Account, error) {
	id, err := d.findAccount(ctx, nameOrID)
	if err != nil {
		return Account{}, err
	}
	var a Account
	err = inTx(ctx, d.calls, &sql.TxOptions{ReadOnly: true}, func(tx *sql.Tx) (err error) {
		a, err = readAccount(ctx, tx, id)
		return err
	})
	return a, wrap("account "+nameOrID, err)
}

func (d *DB) findAccount(ctx context.Context, nameOrID string) (id int64, err error) {
	number, _ := strconv.ParseInt(nameOrID, 10, 64)
	err = d.calls.QueryRowContext(ctx, `SELECT id FROM accounts WHERE name = ? OR id = ? ORDER BY name = ? DESC LIMIT 1`,
		nameOrID, number, nameOrID).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		there, err := names(ctx, d.calls, `SELECT name FROM accounts ORDER BY name LIMIT 21`)
		if err != nil {
			return 0, err
		}
		return 0, fmt.Errorf("account %q: %w; there are %s", nameOrID, ErrNotFound, there)
	}
	return id, wrap("find account", err)
}

// lockAccount reads an account that nobody else edits until the end of the
// transaction. Its balance stays free: calls need that row, and this one never.
func lockAccount(ctx context.Context, tx *sql.Tx, id int64) (Account, error) {
	if err := tx.QueryRowContext(ctx, `SELECT id FROM accounts WHERE id = ? FOR UPDATE`, id).Scan(&id); err != nil {
		return Account{}, fmt.Errorf("account %d: %w", id, notFound(err))
	}
	return readAccount(ctx, tx, id)
}

func readAccount(ctx context.Context, tx *sql.Tx, id int64) (Account, error) {
	list, err := readAccounts(ctx, tx, `WHERE a.id = ?`, id)
	switch {
	case err != nil:
		return Account{}, err
	case len(list) == 0:
		return Account{}, fmt.Errorf("account %d: %w", id, ErrNotFound)
	}
	return list[0], nil
}

// readAccounts reads those that rest, the end of the query, picks.
func readAccounts(ctx context.Context, tx *sql.Tx, rest string, args ...any) ([]Account, error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+accountColumns+` FROM `+accountTables+` `+rest, args...) //nolint:gosec // G202: rest is a constant
	if err != nil {
		return nil, err
	}
	var list []Account
	if err := eachRow(rows, func(rows *sql.Rows) error {
		var a Account
		err := scanAccount(&a, rows.Scan)
		list = append(list, a)
		return err
	}); err != nil {
		return nil, err
	}
	ids := make([]int64, len(list))
	places := map[int64]*Account{}
	for i := range list {
		ids[i] = list[i].ID
		places[list[i].ID] = &list[i]
	}
	for query, add := range map[string]func(a *Account, prefix string){
		queryAllowed: func(a *Account, prefix string) { a.Allowed = append(a.Allowed, prefix) },
		queryBlocked: func(a *Account, prefix string) { a.Blocked = append(a.Blocked, prefix) },
	} {
		if err := eachIn(ctx, tx, query, ids, func(rows *sql.Rows) error {
			var id int64
			var prefix string
			err := rows.Scan(&id, &prefix)
			add(places[id], prefix)
			return err
		}); err != nil {
			return nil, err
		}
	}
	return list, nil
}

const (
	queryAllowed = `SELECT account_id, prefix FROM allow_list WHERE account_id IN (?) ORDER BY account_id, prefix`
	queryBlocked = `SELECT DISTINCT account_id, prefix FROM block_list WHERE account_id IN (?) AND side = 'B' AND types = '' AND countries = '' AND regions = '' ORDER BY account_id, prefix`
)

// CreateAccount makes an account. Tariff and Currency may be named instead of
// numbered. With neither currency nor tariff it has no balance and is not charged;
// with a tariff alone its balance is in the tariff's currency. Balance, Held and
// Calls are 0 at first, whatever is asked for.
func (d *DB) CreateAccount(ctx context.Context, a Account) (Account, error) {
	a.Payment = nonEmpty(a.Payment, Postpaid)
	a.MinTier = nonEmpty(a.MinTier, "noncli")
	tariffCurrency, err := resolveTariff(ctx, d.calls, &a)
	if err != nil {
		return Account{}, err
	}
	if a.CurrencyID == 0 && a.Currency == "" {
		a.CurrencyID = tariffCurrency
	}
	if err := resolveCurrency(ctx, d.calls, &a); err != nil {
		return Account{}, err
	}
	if err := a.validate(); err != nil {
		return Account{}, err
	}
	err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		id, err := insertID(tx.ExecContext(ctx, `INSERT INTO accounts (name) VALUES (?)`, a.Name))
		if err != nil {
			return err
		}
		made := a
		made.ID = id
		if err := writeAccount(ctx, tx, &Account{}, &made); err != nil {
			return err
		}
		if made, err = readAccount(ctx, tx, id); err != nil {
			return err
		}
		a = made
		return audit(ctx, tx, Change{Action: "create", Kind: "account", ID: strconv.FormatInt(id, 10), Name: a.Name, After: a})
	})
	return a, accountError("create account", a.Name, err)
}

// UpdateAccount lets change edit an account and writes what it has edited. It
// tells the account before and after. change may be called more than once. Money
// is not edited here, see Post; a balance that there is not yet is opened by
// setting Currency.
func (d *DB) UpdateAccount(ctx context.Context, id int64, change func(a *Account) error) (before, after Account, err error) {
	wanted := "" // name
	err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		if before, err = lockAccount(ctx, tx, id); err != nil {
			return err
		}
		want := before
		want.Allowed, want.Blocked = slices.Clone(before.Allowed), slices.Clone(before.Blocked)
		if err := change(&want); err != nil {
			return err
		}
		want.ID, wanted = id, want.Name
		if want.Tariff != before.Tariff || want.TariffID != before.TariffID {
			if err := changeTariff(ctx, tx, &before, &want); err != nil {
				return err
			}
		}
		if want.Currency != before.Currency && want.CurrencyID == before.CurrencyID {
			want.CurrencyID = 0
		}
		if err := resolveCurrency(ctx, tx, &want); err != nil {
			return err
		}
		if before.CurrencyID != 0 && want.CurrencyID != before.CurrencyID {
			return balanceStays(before.Currency)
		}
		if err := want.validate(); err != nil {
			return err
		}
		if err := writeAccount(ctx, tx, &before, &want); err != nil {
			return err
		}
		if after, err = readAccount(ctx, tx, id); err != nil {
			return err
		}
		if sameJSON(before, after) {
			return nil
		}
		return audit(ctx, tx, Change{Action: "update", Kind: "account", ID: strconv.FormatInt(id, 10), Name: after.Name, Before: before, After: after})
	})
	return before, after, accountError("change account", wanted, err)
}

// writeAccount writes what differs, and opens the balance.
func writeAccount(ctx context.Context, tx *sql.Tx, before, a *Account) error {
	if _, err := tx.ExecContext(ctx, `UPDATE accounts SET name = ?, enabled = ?, country = ?, international_prefix = ?, trunk_prefix = ?,
			default_cli = ?, min_tier = ?, channels = ?, cps = ?, tariff_id = ?, no_loss = ?, max_per_minute = ?, max_connection_fee = ?,
			payment = ?, credit_limit = ?, low_balance = ?, daily_limit = ?, call_limit = ?, language = ?, time_zone = ?, allow_only = ? WHERE id = ?`,
		a.Name, a.Enabled, a.Country, a.InternationalPrefix, a.TrunkPrefix, known(a.DefaultCLI), a.MinTier, a.Channels, a.CPS, known(a.TariffID),
		a.NoLoss, orNull(a.MaxPerMinute), orNull(a.MaxConnectionFee), a.Payment, orNull(a.Credit), orNull(a.LowBalance), orNull(a.DailyLimit),
		orNull(a.CallLimit), a.Language, a.TimeZone, a.AllowOnly, a.ID); err != nil {
		return err
	}
	if before.CurrencyID == 0 && a.CurrencyID != 0 {
		if _, err := tx.ExecContext(ctx, `INSERT INTO balances (account_id, currency_id, opened_at) VALUES (?, ?, UTC_TIMESTAMP(3))`, a.ID, a.CurrencyID); err != nil {
			return err
		}
	}
	if err := writePrefixes(ctx, tx, a.ID, before.Allowed, a.Allowed,
		`INSERT INTO allow_list (account_id, prefix) VALUES (?, ?)`, `DELETE FROM allow_list WHERE account_id = ? AND prefix = ?`); err != nil {
		return err
	}
	return writePrefixes(ctx, tx, a.ID, before.Blocked, a.Blocked,
		`INSERT INTO block_list (side, account_id, prefix) VALUES ('B', ?, ?)`, `DELETE FROM block_list WHERE side = 'B' AND account_id = ? AND prefix = ? AND types = '' AND countries = '' AND regions = ''`)
}

// writePrefixes adds those that come and removes those that go.
func writePrefixes(ctx context.Context, tx *sql.Tx, account int64, before, after []string, insert, remove string) error {
	after = slices.Clone(after)
	slices.Sort(after)
	after = slices.Compact(after)
	for _, w := range []struct {
		statement  string
		list, with []string
	}{{remove, before, after}, {insert, after, before}} {
		for _, prefix := range w.list {
			if slices.Contains(w.with, prefix) {
				continue
			}
			if _, err := tx.ExecContext(ctx, w.statement, account, prefix); err != nil {
				return err
			}
		}
	}
	return nil
}

// accountError says what a duplicate name is.
func accountError(operation, name string, err error) error {
	if hasNumber(err, errDuplicate) {
		return fmt.Errorf("%s: %w: %w", operation, ErrAccount,
			&settingError{said: fmt.Sprintf("the name %q is taken", name), field: &FieldError{"name", "is taken by another account"}})
	}
	return wrap(operation, err)
}

// insertID is the id that an INSERT has given.
func insertID(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// orNull is a value as a parameter; nil: NULL.
func orNull[T any](v *T) any {
	if v == nil {
		return nil
	}
	return *v
}

func nonEmpty(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
