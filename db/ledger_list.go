package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"tandem/billing"
)

// PostingFilter picks postings. Zero fields match any.
type PostingFilter struct {
	From, To time.Time // made from then until before then
	Kind     billing.PostingKind
	Party    billing.Party // on either side; without an ID: any of its kind
	CallID   string
	Key      string
}

// PostingPlace is where a page of postings begins: behind the one that it names.
type PostingPlace struct {
	At time.Time `json:"at"`
	ID int64     `json:"id"`
}

// ListPostings lists postings that a filter picks, the newest first or the oldest,
// a page of them.
func (d *DB) ListPostings(ctx context.Context, f PostingFilter, after PostingPlace, oldestFirst bool, limit int) ([]billing.Posting, error) {
	query, args := f.query(after, oldestFirst, limit)
	rows, err := d.calls.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, listing("list postings", err)
	}
	list := make([]billing.Posting, 0, min(limit, maxPageRows))
	err = eachRow(rows, func(rows *sql.Rows) error {
		var p billing.Posting
		err := scanPosting(&p, rows.Scan)
		list = append(list, p)
		return err
	})
	return list, listing("list postings", err)
}

// query looks at each side of a party by itself: each has its index.
func (f PostingFilter) query(after PostingPlace, oldestFirst bool, limit int) (query string, args []any) {
	common := f.common(after, oldestFirst)
	order := ` ORDER BY at DESC, id DESC LIMIT ?`
	if oldestFirst {
		order = ` ORDER BY at, id LIMIT ?`
	}
	ways := []where{{}}
	switch named := f.Party.Kind == billing.Customer || f.Party.Kind == billing.Provider; {
	case f.Party.Kind == "":
	case named && f.Party.ID == 0:
		ways = []where{whose("debit = ?", string(f.Party.Kind)), whose("credit = ?", string(f.Party.Kind))}
	default:
		ways = []where{
			whose("debit = ? AND debit_id = ?", string(f.Party.Kind), f.Party.ID),
			whose("credit = ? AND credit_id = ?", string(f.Party.Kind), f.Party.ID),
		}
	}
	var parts []string
	for _, way := range ways {
		w := way.and(common)
		parts = append(parts, `(SELECT `+postingColumns+` FROM ledger`+w.text()+order+`)`)
		args = append(append(args, w.args...), limit)
	}
	query = fmt.Sprintf(`SET STATEMENT max_statement_time=%d FOR `, listSeconds) + strings.Join(parts, " UNION ")
	if len(parts) > 1 {
		query += order
		args = append(args, limit)
	}
	return query, args
}

func (f PostingFilter) common(after PostingPlace, oldestFirst bool) where {
	var w where
	w.during("at", f.From, f.To)
	given(&w, "kind = ?", string(f.Kind))
	given(&w, "call_id = ?", f.CallID)
	given(&w, "posting_key = ?", f.Key)
	if after != (PostingPlace{}) {
		at := moment(after.At)
		if oldestFirst {
			w.add("at >= ? AND (at > ? OR id > ?)", at, at, after.ID)
		} else {
			w.add("at <= ? AND (at < ? OR id < ?)", at, at, after.ID)
		}
	}
	return w
}
