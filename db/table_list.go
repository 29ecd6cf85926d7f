package db

import (
	"context"
	"database/sql"
	"slices"
	"strings"
)

// ListQuery says which rows of a table, in which order.
type ListQuery struct {
	Limit  int            // rows a page; 0: 50
	Sort   string         // name of a field, with - before it: the greatest first; empty: the table's own order
	Q      string         // looked for in the table's texts; empty: everything
	Filter map[string]any // by the names that the table knows
	After  *Place         // the last row of the page before; nil: from the beginning
	Count  bool           // count the rows of all pages, too
}

// Place is where a row is in an ordered list.
type Place struct {
	Sort  string `json:"s"`
	Value string `json:"v"`
	ID    int64  `json:"i"`
}

// Listed is one page.
type Listed[T any] struct {
	Items []T
	Next  *Place // nil: this is the last page
	Total *int64 // nil: not counted, or too many to count
}

const (
	defaultPage = 50
	mostRows    = 1000
	// maxCount is how far rows are counted; beyond it nobody looks at the number.
	maxCount = 100_000
)

// List reads one page. The error of a field that cannot be ordered by, or of a
// filter that there is not, is a FieldError.
func (t Table[T]) List(ctx context.Context, d *DB, q ListQuery) (Listed[T], error) {
	var page Listed[T]
	plan, err := t.plan(q)
	if err != nil {
		return page, err
	}
	err = inTx(ctx, d.calls, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, func(tx *sql.Tx) error {
		page = Listed[T]{Items: []T{}}
		if err := t.page(ctx, tx, plan, &page); err != nil {
			return err
		}
		if t.load != nil {
			if err := t.load(ctx, tx, pointers(page.Items)); err != nil {
				return err
			}
		}
		if q.Count {
			return t.count(ctx, tx, plan, &page)
		}
		return nil
	})
	return page, wrap("list "+t.kind, err)
}

// Each calls one for every row, page by page: it holds no connection meanwhile.
func (t Table[T]) Each(ctx context.Context, d *DB, q ListQuery, one func(*T) error) error {
	q.Limit, q.Count = mostRows, false
	for {
		page, err := t.List(ctx, d, q)
		if err != nil {
			return err
		}
		for i := range page.Items {
			if err := one(&page.Items[i]); err != nil {
				return err
			}
		}
		if page.Next == nil {
			return nil
		}
		q.After = page.Next
	}
}

// listPlan is a ListQuery in SQL.
type listPlan struct {
	limit int
	sort  string // as asked for
	order string // expression
	place string // the value of a place in SQL, with one ?
	down  bool
	where where // without the place
	after *Place
}

func (t Table[T]) plan(q ListQuery) (listPlan, error) {
	p := listPlan{limit: q.Limit, sort: q.Sort, after: q.After}
	if p.limit <= 0 || p.limit > mostRows {
		p.limit = defaultPage
	}
	if p.sort == "" {
		p.sort = t.order
	}
	name, down := strings.CutPrefix(p.sort, "-")
	p.down = down
	var v T
	for _, f := range t.fields(&v) {
		if f.json == name && f.expr != unread {
			p.order, p.place = ordered(f), f.placed()
		}
	}
	if p.order == "" {
		return p, &FieldError{Field: "sort", Text: "want the name of a field, such as " + t.order + ", or -" + t.order + " for the greatest first"}
	}
	if p.after != nil && p.after.Sort != p.sort {
		return p, &FieldError{Field: "cursor", Text: "it belongs to another order: begin again without it"}
	}
	for _, name := range sortedKeys(q.Filter) {
		condition, ok := t.filters[name]
		if !ok {
			return p, &FieldError{Field: name, Text: "there is no such filter"}
		}
		p.where.add("("+condition+")", slices.Repeat([]any{q.Filter[name]}, strings.Count(condition, "?"))...)
	}
	if q.Q != "" {
		p.where.add("("+strings.Join(t.search, " LIKE ? OR ")+" LIKE ?)", slices.Repeat([]any{likeText(q.Q)}, len(t.search))...)
	}
	return p, nil
}

// ordered is a field as rows are ordered by it: never NULL, and where it can be
// the bare column, so that an index serves.
func ordered(f field) string {
	switch f.value.(type) {
	case *int64, *int, *bool, *string:
		if f.expr == "" {
			return f.read()
		}
	}
	if f.kind() == textKind {
		return "COALESCE(" + f.read() + ", '')"
	}
	return "COALESCE(" + f.read() + ", 0)"
}

// fieldKind is how the values of a field are compared.
type fieldKind int

const (
	textKind    fieldKind = iota // by the collation of the column
	intKind                      // a place's text is as good as the number
	decimalKind                  // a text would be compared as a float
)

// kind of a field; what is not known here is text.
func (f field) kind() fieldKind {
	switch f.value.(type) {
	case *int64, *int, *bool, **int64, **int, **bool, minuteOfDay, dayBits:
		return intKind
	case markup:
		return decimalKind
	}
	return textKind
}

// placed is the value of a place as rows are compared with it.
func (f field) placed() string {
	if f.kind() == decimalKind {
		return "CAST(? AS DECIMAL(30,10))"
	}
	return "?"
}

// page reads one row more than asked for, to know whether there is a next page.
func (t Table[T]) page(ctx context.Context, tx *sql.Tx, p listPlan, page *Listed[T]) error {
	w := p.where
	more, direction := ">", ""
	if p.down {
		more, direction = "<", " DESC"
	}
	if p.after != nil {
		// The first condition is for the index.
		w = w.and(whose(p.order+" "+more+"= "+p.place+" AND ("+p.order+" "+more+" "+p.place+" OR t.id "+more+" ?)",
			p.after.Value, p.after.Value, p.after.ID))
	}
	var v T
	columns, _ := t.shown(&v)
	rows, err := tx.QueryContext(ctx, "SELECT "+columns+", "+p.order+t.source(w)+ //nolint:gosec // G202: names are the program's own, values are parameters
		" ORDER BY "+p.order+direction+", t.id"+direction+" LIMIT ?", append(w.args, p.limit+1)...)
	if err != nil {
		return err
	}
	last := Place{Sort: p.sort}
	return eachRow(rows, func(rows *sql.Rows) error {
		if len(page.Items) == p.limit {
			page.Next = &last
			return nil
		}
		var v T
		_, into := t.shown(&v)
		if err := rows.Scan(append(into, &last.Value)...); err != nil {
			return err
		}
		last.ID = *t.id(&v)
		page.Items = append(page.Items, v)
		return nil
	})
}

func (t Table[T]) count(ctx context.Context, tx *sql.Tx, p listPlan, page *Listed[T]) error {
	var n int64
	err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM (SELECT 1"+t.source(p.where)+" LIMIT ?) x", append(p.where.args, maxCount+1)...).Scan(&n)
	if err == nil && n <= maxCount {
		page.Total = &n
	}
	return err
}

func pointers[T any](list []T) []*T {
	out := make([]*T, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}
