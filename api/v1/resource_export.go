package v1

import (
	"cmp"
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"tandem/api/access"
)

// mountExport makes the operation that writes all rows which a list would show.
func mountExport[T, F any, P listInput[F]](d *door, r resource[T]) {
	exportLike(d, look(r.area), huma.Operation{
		OperationID: "export-" + r.many, Path: "/" + r.many + "/export", Tags: []string{r.tag},
		Summary: "All " + r.what + " that the same list shows, as CSV or as one JSON object a line",
	}, func(ctx context.Context, in *F, format string) (*huma.StreamResponse, error) {
		l := P(in).listing()
		l.Limit, l.Cursor = tablePage, ""
		query, err := l.query(filtersOf(in))
		if err != nil {
			return nil, err
		}
		next := query.After
		return feed[T]{name: r.many, columns: fieldColumns[T](), size: tablePage, page: func(ctx context.Context, last *T) ([]T, error) {
			if last != nil && next == nil {
				return nil, nil
			}
			query.After = next
			page, err := r.table.List(ctx, d.DB, query)
			next = page.Next
			return page.Items, inQuery(err)
		}}.stream(ctx, d, format)
	})
}

// tablePage is how many rows of a table are read at a time.
const tablePage = 1000

// exportLike makes a download that understands what a list does, but for pages:
// I is the input of the list.
func exportLike[I any](d *door, rule access.Rule, op huma.Operation, open func(ctx context.Context, in *I, format string) (*huma.StreamResponse, error)) {
	op.Method = http.MethodGet
	op.Responses = files("text/csv", "application/x-ndjson")
	op.Parameters, op.Middlewares = []*huma.Param{formatParam()}, huma.Middlewares{d.takeFormat}
	handle(d, rule, op, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		format, _ := ctx.Value(formatKey{}).(string)
		return open(ctx, in, cmp.Or(format, "csv"))
	})
	made := d.api.OpenAPI().Paths[op.Path].Get
	made.Parameters = slices.DeleteFunc(made.Parameters, func(p *huma.Param) bool { return p.Name == "limit" || p.Name == "cursor" })
}

// fieldColumns are the columns of rows that are shown by their fields.
func fieldColumns[T any]() (columns []exportColumn[T]) {
	for _, f := range csvFields(reflect.TypeFor[T]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		columns = append(columns, exportColumn[T]{name, func(row *T) string { return csvCell(reflect.ValueOf(row).Elem().FieldByIndex(f.Index)) }})
	}
	return columns
}

type formatKey struct{}

// formatParam is what exports understand besides the parameters of their list.
func formatParam() *huma.Param {
	return &huma.Param{Name: "format", In: "query", Description: "csv unless told otherwise", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"csv", "ndjson"}, Default: "csv"}}
}

// takeFormat takes the format out of the query before the list's own parameters
// are read.
func (d *door) takeFormat(hc huma.Context, next func(huma.Context)) {
	r, _ := humachi.Unwrap(hc)
	query := r.URL.Query()
	format := query.Get("format")
	if format != "" && format != "csv" && format != "ndjson" {
		_ = huma.WriteErr(d.api, hc, http.StatusUnprocessableEntity, "validation failed", &huma.ErrorDetail{Location: "query.format", Message: "want csv or ndjson"})
		return
	}
	for _, name := range []string{"limit", "cursor"} {
		if query.Has(name) {
			_ = huma.WriteErr(d.api, hc, http.StatusUnprocessableEntity, "validation failed", &huma.ErrorDetail{Location: "query." + name, Message: "an export has no pages: leave it away"})
			return
		}
	}
	query.Del("format")
	r.URL.RawQuery = query.Encode()
	next(huma.WithValue(hc, formatKey{}, format))
}

// files describes answers that are no JSON.
func files(types ...string) map[string]*huma.Response {
	content := map[string]*huma.MediaType{}
	for _, t := range types {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	}
	return map[string]*huma.Response{"200": {Description: "OK", Content: content}}
}
