package db

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"unicode"
)

// Find is what the search box looks for.
type Find struct {
	Text    string // as typed
	Digits  string // of it, if it may be a telephone number; else empty
	Limit   int    // of each kind
	Account int64  // 0: all; else the calls of this account only
	Kinds   []string
}

// Found is one thing that the search box has found.
type Found struct {
	Kind  string `json:"kind" enum:"account,provider,number,gate,server,subscriber,call"`
	ID    string `json:"id"`
	Title string `json:"title"`
	Note  string `json:"note,omitempty" doc:"What tells it from others of the same name"`
}

// Search finds by names, numbers and ids.
func (d *DB) Search(ctx context.Context, f Find) ([]Found, error) {
	found := []Found{}
	for _, kind := range f.Kinds {
		query, args := f.query(kind)
		if query == "" {
			continue
		}
		rows, err := d.calls.QueryContext(ctx, query, append(args, f.Limit)...)
		if err != nil {
			return nil, wrap("search "+kind, err)
		}
		err = eachRow(rows, func(rows *sql.Rows) error {
			v := Found{Kind: kind}
			err := rows.Scan(&v.ID, &v.Title, &v.Note)
			found = append(found, v)
			return err
		})
		if err != nil {
			return nil, wrap("search "+kind, err)
		}
	}
	return found, nil
}

// query is how a kind is found; empty: it cannot be, by that text.
func (f Find) query(kind string) (query string, args []any) {
	like, begins := likeText(f.Text), strings.TrimPrefix(likeText(f.Text), "%")
	switch kind {
	case "account":
		return `SELECT id, name, IF(enabled, '', 'disabled') FROM accounts WHERE name LIKE ? ORDER BY name LIMIT ?`, []any{like}
	case "provider":
		return `SELECT id, providername, IF(enabled, '', 'disabled') FROM providers WHERE providername LIKE ? ORDER BY providername LIMIT ?`, []any{like}
	case "server":
		return `SELECT id, servername, COALESCE(ipaddress, '') FROM servers WHERE servername LIKE ? OR ipaddress LIKE ? ORDER BY servername LIMIT ?`, []any{like, begins}
	case "subscriber":
		return `SELECT s.id, s.login, CONCAT(a.name, IF(s.extension IS NULL, '', CONCAT(', ', s.extension))) FROM subscribers s JOIN accounts a ON a.id = s.account_id
			WHERE s.login LIKE ? OR s.extension = ? ORDER BY s.login LIMIT ?`, []any{like, f.Text}
	case "gate":
		return `SELECT g.id, g.gatename, CONCAT(s.servername, ', ', g.gatenumber) FROM gates g JOIN servers s ON s.id = g.serverid
			WHERE g.gatename LIKE ? OR (? <> '' AND g.gatenumber LIKE CONCAT(?, '%')) ORDER BY g.gatename, g.id LIMIT ?`, []any{like, f.Digits, f.Digits}
	case "number":
		if f.Digits != "" {
			return `SELECT n.id, n.number, p.providername FROM numbers_pool n JOIN providers p ON p.id = n.provider_id
				WHERE n.number LIKE CONCAT(?, '%') ORDER BY n.number LIMIT ?`, []any{f.Digits}
		}
	case "call":
		return f.calls()
	}
	return "", nil
}

// leastDigits of a number by which calls are found.
const leastDigits = 7

// calls finds by id, and by whole numbers: every other way would read the table.
func (f Find) calls() (query string, args []any) {
	const columns = `SELECT call_id, CONCAT(COALESCE(a_number, ''), ' → ', COALESCE(b_number, dialled, '')) AS title,
		CONCAT(DATE_FORMAT(started_at, '%Y-%m-%dT%H:%i:%sZ'), ' ', disposition) AS note FROM calls`
	mine, own := ``, []any(nil)
	if f.Account != 0 {
		mine, own = ` AND account_id = ?`, []any{f.Account}
	}
	if len(f.Digits) >= leastDigits {
		one := `(` + columns + ` WHERE b_number = ?` + mine + ` ORDER BY started_at DESC LIMIT 20) UNION (` + columns + ` WHERE a_number = ?` + mine + ` ORDER BY started_at DESC LIMIT 20)`
		args = slices.Concat([]any{f.Digits}, own, []any{f.Digits}, own)
		return `SELECT * FROM (` + one + `) AS c ORDER BY note DESC LIMIT ?`, args
	}
	if strings.ContainsFunc(f.Text, func(r rune) bool { return r > unicode.MaxASCII }) {
		return "", nil // no id, and MariaDB would not compare
	}
	return columns + ` WHERE call_id = ?` + mine + ` LIMIT ?`, append([]any{f.Text}, own...)
}
