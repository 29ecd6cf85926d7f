package v1

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
)

// resource is a table that the API shows: six operations, all made here.
//
//	GET    /gates         list-gates      a page
//	GET    /gates/export  export-gates    all of them, as a file
//	POST   /gates         create-gate
//	GET    /gates/{id}    get-gate
//	PUT    /gates/{id}    update-gate     wants If-Match
//	DELETE /gates/{id}    delete-gate     wants If-Match
type resource[T any] struct {
	table db.Table[T]
	id    func(T) int64
	one   string // stop-rule
	many  string // stop-rules, also the path
	what  string // "stop rules", for summaries
	a     string // "a stop rule"
	tag   string
	area  access.Area
}

// Listing is what every list of a resource understands. Exported, or huma would
// not see what embeds it.
type Listing struct {
	Paging

	Sort string `query:"sort" maxLength:"64" doc:"Name of a field; with - before it the greatest come first"`
	Q    string `query:"q" maxLength:"100" doc:"Only rows whose names, numbers or comments contain this"`
}

func (l *Listing) listing() *Listing { return l }

// listInput is the input of a list, with its filters.
type listInput[F any] interface {
	*F
	listing() *Listing
}

// oneRow is one row with its version.
type oneRow[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

// newRow is a row that is new.
type newRow[T any] struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     T
}

type newRowIn[T any] struct{ Body T }

type changedRow[T any] struct {
	IfMatch

	ID   int64 `path:"id" minimum:"1"`
	Body T
}

type goneRow struct {
	IfMatch

	ID int64 `path:"id" minimum:"1"`
}

// mount makes the operations of a resource. F is the input of its list.
func mount[T, F any, P listInput[F]](d *door, r resource[T]) {
	mountRead[T, F, P](d, r)
	write := change(r.area)
	path, byID := "/"+r.many, "/"+r.many+"/{id}"
	handle(d, write, huma.Operation{
		OperationID: "create-" + r.one, Method: http.MethodPost, Path: path, Tags: []string{r.tag},
		Summary: "Make " + r.a, DefaultStatus: http.StatusCreated,
	}, func(ctx context.Context, in *newRowIn[T]) (*newRow[T], error) {
		v, err := r.table.Create(ctx, d.DB, in.Body)
		if err != nil {
			return nil, err
		}
		return &newRow[T]{ETag: rowVersion(v), Location: Prefix + path + "/" + strconv.FormatInt(r.id(v), 10), Body: v}, nil
	})
	handle(d, write, huma.Operation{
		OperationID: "update-" + r.one, Method: http.MethodPut, Path: byID, Tags: []string{r.tag},
		Summary: "Change " + r.a, Description: "The whole of it: what is left out takes its default.",
	}, func(ctx context.Context, in *changedRow[T]) (*oneRow[T], error) {
		v, err := r.table.Update(ctx, d.DB, in.ID, in.Body, func(now T) error { return in.check(now) })
		if err != nil {
			return nil, err
		}
		return &oneRow[T]{ETag: rowVersion(v), Body: v}, nil
	})
	handle(d, write, huma.Operation{
		OperationID: "delete-" + r.one, Method: http.MethodDelete, Path: byID, Tags: []string{r.tag},
		Summary: "Delete " + r.a, DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *goneRow) (*struct{}, error) {
		return nil, r.table.Delete(ctx, d.DB, in.ID, func(now T) error { return in.check(now) })
	})
}

// rowVersion is that of what was just written. A secret that is shown once is not
// part of it.
func rowVersion[T any](v T) string {
	if once, ok := any(v).(interface{ WithoutOnce() T }); ok {
		v = once.WithoutOnce()
	}
	return etagOf(v)
}

// mountRead makes the operations that only look.
func mountRead[T, F any, P listInput[F]](d *door, r resource[T]) {
	path := "/" + r.many
	handle(d, look(r.area), huma.Operation{
		OperationID: "list-" + r.many, Method: http.MethodGet, Path: path, Summary: "List " + r.what, Tags: []string{r.tag},
	}, func(ctx context.Context, in *F) (*struct{ Body Page[T] }, error) {
		page, err := listRows(ctx, d, r.table, P(in).listing(), filtersOf(in))
		if err != nil {
			return nil, err
		}
		return &struct{ Body Page[T] }{page}, nil
	})
	handle(d, look(r.area), huma.Operation{
		OperationID: "get-" + r.one, Method: http.MethodGet, Path: path + "/{id}", Summary: "Read " + r.a, Tags: []string{r.tag},
	}, func(ctx context.Context, in *ByID) (*oneRow[T], error) {
		v, err := r.table.Get(ctx, d.DB, in.ID)
		if err != nil {
			return nil, err
		}
		return &oneRow[T]{ETag: etagOf(v), Body: v}, nil
	})
	mountExport[T, F, P](d, r)
}

// listRows reads a page.
func listRows[T any](ctx context.Context, d *door, table db.Table[T], l *Listing, filters map[string]any) (Page[T], error) {
	query, err := l.query(filters)
	if err != nil {
		return Page[T]{}, err
	}
	query.Count = l.Cursor == ""
	found, err := table.List(ctx, d.DB, query)
	if err != nil {
		return Page[T]{}, inQuery(err)
	}
	page := Page[T]{Items: found.Items, Total: found.Total}
	if found.Next != nil {
		page.Next = cursorOf(found.Next)
	}
	return page, nil
}

func (l *Listing) query(filters map[string]any) (db.ListQuery, error) {
	q := db.ListQuery{Limit: l.Limit, Sort: l.Sort, Q: l.Q, Filter: filters}
	if l.Cursor == "" {
		return q, nil
	}
	q.After = &db.Place{}
	return q, readCursor(l.Cursor, q.After)
}
